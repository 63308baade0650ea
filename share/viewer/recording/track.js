// SPDX-License-Identifier: Apache-2.0
//
// track.js: one thread: its levels and its gaps, built from its decoded chunks as
// they come in, in order.
"use strict";

class Track {
  constructor(number, facts, names, paths) {
    this.number = number;
    this.facts = facts; // its row in the tables
    this.names = names;
    this.paths = paths;
    this.levels = [];
    this.digests = []; // of its pieces: {number, paths, from, to, node, values, durations, sums} (digest.js, sums.js)
    this.overhead = new Overhead(); // the tracer's own
    this.aggregates = new Aggregates(this); // of calls too short to be kept one by one
    this.instants = []; // {number, time, value: its text}, by time
    this.controls = []; // exceptions that are no errors, the same
    this.samples = new Map(); // of counters: series -> [{number, time, value}]
    this.arguments = new Arguments(this);
    this.waits = new WaitList();
    this.gaps = []; // [start, end], end Infinity while it is open
    this.depth = 0; // how many calls are open
    this.from = Infinity;
    this.to = -Infinity;
    this.pieces = []; // that were not joined yet
    this.arrived = -Infinity; // up to here
    this.events = 0;
    this.calls = 0;
    this.isWhole = false; // no more comes
  }

  see(time) {
    if (time < this.from) this.from = time;
    if (time > this.to) this.to = time;
  }

  levelAt(depth) {
    return this.levels[depth] || (this.levels[depth] = new Level(depth));
  }

  open(functionNumber, flags, time) {
    const depth = this.depth++;
    const outer = depth ? this.levels[depth - 1] : null;
    const node = !outer || outer.node[outer.count - 1] ? this.paths.child(outer ? outer.node[outer.count - 1] : 0, functionNumber) : 0;
    this.levelAt(depth).push(time, functionNumber * 64 + flags, node);
  }

  close(how, time) {
    const level = this.levels[--this.depth];
    level.close(time, how);
    if (this.names.kind[level.functionOf(level.count - 1)] === Names.TRACER) this.overhead.add(level.start[level.count - 1], time);
  }

  setGap(time, begins) {
    const gap = this.gaps[this.gaps.length - 1];
    if (begins) this.gaps.push([time, Infinity]);
    else if (gap && gap[1] === Infinity) gap[1] = time;
  }

  // Take a piece (chunk.js), the next of this track in order; it is seen once it
  // was joined, with as many others as possible: each time costs a copy.
  take(piece) {
    this.pieces.push(piece);
    this.arrived = piece.to;
    this.events += piece.events;
    this.calls += piece.calls;
  }

  takeAnnotations({ instants, controls = [], samples, arguments: told = [] }) {
    for (const one of told) this.arguments.add(one);
    for (const instant of instants) this.instants.push(instant);
    for (const control of controls) this.controls.push(control);
    for (const sample of samples) {
      if (!this.samples.has(sample.number)) this.samples.set(sample.number, []);
      this.samples.get(sample.number).push(sample);
    }
    for (const list of [instants, samples]) for (const { time } of list.length ? [list[0], list[list.length - 1]] : []) this.see(time);
  }

  // Events that were not joined yet.
  get waiting() {
    return this.pieces.reduce((sum, piece) => sum + piece.events, 0);
  }

  join() {
    if (!this.pieces.length) return;
    this.reserve();
    for (const piece of this.pieces) this.joinPiece(piece);
    this.pieces = [];
    for (const level of this.levels) level.raise();
  }

  reserve() {
    const more = [];
    for (const { count } of this.pieces) count.forEach((spans, depth) => (more[depth] = (more[depth] || 0) + spans));
    more.forEach((spans, depth) => this.levelAt(depth).reserve(spans));
  }

  joinPiece(piece) {
    this.resume(piece.stack, piece.depth, piece.begin);
    if (piece.depth > piece.stack.length) this.markNested(piece);
    this.see(piece.begin);
    this.see(piece.to);
    this.joinLevels(piece);
    this.depth = piece.open;
    for (const [start, end] of piece.overhead) this.overhead.add(start, end);
    for (const [time, begins] of piece.gaps) this.setGap(time, begins);
  }

  // It says which calls are open; they differ from ours only where a chunk
  // before it is missing.
  resume(stack, depth, time) {
    if (this.depth === depth && this.agrees(stack)) return;
    while (this.depth) this.close(3, Math.max(this.to, this.from));
    const since = Math.max(this.to, stack.length ? stack[0].start : time);
    for (let omitted = depth - stack.length; omitted > 0; omitted--) this.open(this.names.omitted, 3, since);
    for (const call of stack) this.open(call.function, call.how + call.nested, Math.max(call.start, this.to));
  }

  agrees(stack) {
    for (let i = 1; i <= stack.length; i++) {
      const level = this.levels[this.depth - i];
      if (level.functionOf(level.count - 1) !== stack[stack.length - i].function) return false;
    }
    return true;
  }

  // The piece does not know the outermost calls that are open; we do.
  markNested(piece) {
    const outer = new Set();
    for (const level of this.levels.slice(0, piece.depth - piece.stack.length)) outer.add(level.functionOf(level.count - 1));
    for (let i = 0; i < piece.word.length; i++) {
      if (outer.has(piece.word[i] >>> Level.FUNCTION_SHIFT)) piece.word[i] |= Level.NESTED;
    }
  }

  // Depth by depth; what was open is the last span of its level and the first
  // one of the piece.
  joinLevels(piece) {
    const open = this.levels.slice(0, piece.depth).map((level) => level.node[level.count - 1]);
    const nodes = this.paths.adopt(piece.paths, open, piece.depth === piece.stack.length);
    const digest = this.digestOf(piece, nodes);
    for (let depth = 0; depth < piece.count.length; depth++) {
      const level = this.levelAt(depth);
      const carried = depth < piece.depth ? 1 : 0;
      const base = level.count - carried;
      level.take(piece, piece.offset[depth], piece.count[depth], carried, nodes);
      if (digest) Track.addBlocks(level, base, depth, piece.blocks, digest);
    }
  }

  // What the piece knows of its calls, or null: without the outermost calls that
  // are open it does not know which of them are nested.
  digestOf({ number, begin, to, depth, stack, blocks, durations, sums }, nodes) {
    if (depth > stack.length) return null;
    const digest = { number, paths: this.paths, from: begin, to, node: blocks.node.map((node) => nodes[node]), values: blocks.values, durations, sums };
    this.digests.push(digest);
    return digest;
  }

  // A block with calls on merged paths has no sums.
  static addBlocks(level, base, depth, { offset, at, behind, first, last }, digest) {
    for (let b = offset[depth]; b < offset[depth + 1]; b++) {
      const isCut = digest.node.subarray(first[b], last[b]).includes(0);
      level.blocks.push({ at: base + at[b], behind: base + behind[b], digest, first: first[b], last: isCut ? first[b] : last[b] });
    }
  }

  // The pieces did not know all of the tracer's overhead.
  forgetDigests() {
    this.digests = [];
    for (const level of this.levels) level.blocks = [];
  }

  // No more chunks: what is still open stays unfinished.
  finish() {
    if (this.isWhole) return;
    this.isWhole = true;
    this.join();
    while (this.depth) this.close(4, this.to);
    this.setGap(this.to, false);
    for (const level of this.levels) level.raise();
    this.aggregates.finish();
    this.calls += this.aggregates.callCount;
  }

  // What it is made of (FoldedTrack has another).
  get source() {
    return this;
  }

  get rows() {
    return Math.max(this.levels.length, this.aggregates.levels.length);
  }

  get isEmpty() {
    return this.rows === 0 && !this.pieces.length && !this.aggregates.pieces.length && !this.instants.length;
  }
}
