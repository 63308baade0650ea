// SPDX-License-Identifier: Apache-2.0
//
// replay.js: the events of a chunk (chunk.js), one after another, as calls in the
// columns of a piece.  Runs in workers, for each event of a recording.  What
// changes lies in typed arrays, and it goes on in steps: a browser compiles anew a
// loop whose objects change, and one that does not come back.  No DOM.
"use strict";

class Replay {
  static STEP = 1024; // events
  static GAP_BEGIN = 8;
  static GAP_END = 9;
  // What is in at:
  static TOKEN = 0; // where the next one lies
  static STEPS = 1; // and how long after the last one it was
  static DEPTH = 2; // open calls
  static PATH = 3; // the node of the innermost of them that has one
  static WITHOUT = 4; // open calls inside it
  static CALLS = 5;
  static DONE = 6; // events

  // kind: that of each function; running: how many calls of each are open; paths:
  // those that are open at the start are nodes 1, 2, ...; sums: begun; net: room for
  // how long each call took without the tracer's work, NaN for those that start or
  // end elsewhere.
  constructor(bytes, head, piece, { kind, running, paths, sums, net }) {
    const { offset, count, start, end, word, node } = piece;
    Object.assign(this, { bytes, head, piece, kind, running, paths, sums, net, offset, count, start, end, word, node });
    this.long = new Cursor(bytes);
    this.at = Uint32Array.of(head.tokens, head.times, head.depth, head.depth, 0, 0, 0);
    this.clock = Float64Array.of(head.begin, 0); // now, and the tracer's overhead so far
    this.overheadBefore = new Float64Array(count.length); // of each open call
  }

  // Put all of it into the piece; what comes before an error is kept.
  run() {
    const { at, piece, head, end, offset, count } = this;
    try {
      while (at[6] < head.events) this.step(Math.min(at[6] + Replay.STEP, head.events)); // DONE
    } finally {
      const open = at[Replay.DEPTH];
      for (let d = 0; d < open; d++) end[offset[d] + count[d] - 1] = Infinity;
      Object.assign(piece, { open, to: this.clock[0], events: at[Replay.DONE], calls: at[Replay.CALLS] });
    }
  }

  // The reading of a varint is written out for its common lengths.
  step(stop) {
    const { bytes, at, head } = this;
    for (; at[6] < stop; at[6]++) { // DONE
      let token = bytes[at[0]++]; // TOKEN
      if (token >= 128) {
        const next = bytes[at[0]++];
        token = next < 128 ? token + (next << 7) - 128 : this.longNumber(0);
        if (token < 16) throw new RangeError("a token longer than it needs to be");
      }
      let step = bytes[at[1]++]; // STEPS
      if (step >= 128) {
        const next = bytes[at[1]++];
        step = next < 128 ? step + (next << 7) - 128 : this.longNumber(1);
      }
      if (!(step >= 0) || at[0] > head.times) throw new RangeError("a chunk ends early");
      if (token >= 16) this.enter(token, step);
      else if (token <= 5) this.leave(token, step);
      else this.pass(token, step);
    }
  }

  // Of three bytes or more; which: TOKEN or STEPS.
  longNumber(which) {
    const { at, long } = this;
    long.at = at[which] - 2;
    const number = long.varint();
    at[which] = long.at;
    return number;
  }

  // A call starts.
  enter(token, step) {
    const { at, kind, clock, offset, count, start, word, running, overheadBefore } = this;
    const number = (token < 2 ** 31 ? token >> 2 : Math.floor(token / 4)) - 4;
    if (number >= kind.length) throw new RangeError("a call of a function without a name");
    clock[0] += step;
    const depth = at[2]++; // DEPTH
    const i = offset[depth] + count[depth]++;
    start[i] = clock[0];
    const nested = running[number]++ > 0 ? 1 : 0;
    word[i] = number * 64 + (token & 3) + nested * 32; // Level.NESTED
    if ((token & 3) === 0 && kind[number] !== 3 && kind[number] !== 5) at[5]++; // Names.TRACER, SPAN; CALLS
    overheadBefore[depth] = clock[1];
    const path = at[4] ? 0 : this.paths.child(at[3], number, nested); // WITHOUT, PATH
    if (path) this.node[i] = at[3] = path;
    else at[4]++;
  }

  // The innermost one ends.
  leave(token, step) {
    const { at, clock, offset, count, start, word, overheadBefore } = this;
    clock[0] += step;
    if (at[2] === 0) return; // DEPTH
    const depth = --at[2];
    const i = offset[depth] + count[depth] - 1;
    this.end[i] = clock[0];
    word[i] |= token << 2;
    if (at[4]) at[4]--; // WITHOUT
    else at[3] = this.paths.parent[at[3]]; // PATH
    const number = word[i] >>> 6;
    const part = clock[0] - start[i];
    this.running[number]--;
    if (this.kind[number] === 3) this.takeOverhead(depth, start[i]); // Names.TRACER
    if (count[depth] <= (depth < this.head.depth ? 1 : 0)) return; // it was open at the start
    const outer = depth ? word[offset[depth - 1] + count[depth - 1] - 1] >>> 6 : -1;
    this.net[i] = part - clock[1] + overheadBefore[depth];
    this.sums.add(word[i], part, this.net[i], outer);
  }

  // None of the tracer's work is overhead within itself.
  takeOverhead(depth, start) {
    const { clock, overheadBefore } = this;
    this.piece.overhead.push([start, clock[0]]);
    clock[1] = overheadBefore[depth] = overheadBefore[depth] + clock[0] - start;
  }

  // Something else: a gap, or what nobody knows yet.
  pass(token, step) {
    this.clock[0] += step;
    if (token === Replay.GAP_BEGIN || token === Replay.GAP_END) this.piece.gaps.push([this.clock[0], token === Replay.GAP_BEGIN]);
  }
}
