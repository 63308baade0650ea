// SPDX-License-Identifier: Apache-2.0
//
// level.js: the spans of one track at one depth, in columns, in order of time.
// They never overlap, so start and end both ascend, and the parent of a span is
// the last one of the level above that starts no later.  A pyramid lies over
// them: a node of tier n covers 16 * 4^n spans and knows how long they were busy
// and which function the longest of them is of.
"use strict";

class Level {
  // A span's word: function << 6 | flags.
  static HOW = 3; // opened by: 0 call, 1 resume, 2 throw, 3 before the recording
  static CLOSED_SHIFT = 2; // closed by: 0 return, 1 error, 2 yield, 3 unknown, 4 unfinished, 5 an exception that is no error
  static CLOSED = 7 << 2;
  static NESTED = 32; // an open call further out is of the same function
  static FUNCTION_SHIFT = 6;
  static FUNCTIONS_MAX = 1 << 26;
  static FAN_SHIFT = 4; // a node of tier 0 covers so many spans:
  static FAN = 1 << 4;

  constructor(depth, room = 16) {
    this.depth = depth;
    this.count = 0;
    this.open = false; // the last span is not closed yet
    this.start = new Float64Array(room);
    this.end = new Float64Array(room);
    this.word = new Uint32Array(room);
    this.node = new Uint32Array(room); // of Trace.paths, 0 for none
    this.blocks = []; // [{at, behind, digest, first, last}] (digest.js), ascending
    this.pyramid = []; // [{count, busy, most, who}]
  }

  // Room for so many more, exactly, unless there are few.
  reserve(more) {
    const wanted = this.count + more;
    if (wanted <= this.start.length) return;
    const room = Math.max(wanted, more < 16 ? this.count * 2 : 0);
    for (const column of ["start", "end", "word", "node"]) this[column] = Column.enlarged(this[column], room, this.count);
  }

  push(start, word, node = 0) {
    const i = this.count;
    this.reserve(1);
    this.start[i] = start;
    this.end[i] = Infinity;
    this.word[i] = word;
    this.node[i] = node;
    this.count = i + 1;
    this.open = true;
    return i;
  }

  close(end, how) {
    const i = this.count - 1;
    this.end[i] = end;
    this.word[i] |= how << Level.CLOSED_SHIFT;
    this.open = false;
  }

  // The spans [at, at + count) of columns behind ours.  The first carried ones
  // (0 or 1) are the last of ours, which may have ended since; their nodes are
  // looked up in nodes.
  take(columns, at, count, carried, nodes) {
    if (carried) {
      this.end[this.count - 1] = columns.end[at];
      this.word[this.count - 1] |= columns.word[at] & Level.CLOSED;
    }
    const from = at + carried;
    const to = at + count;
    this.reserve(to - from);
    for (const column of ["start", "end", "word"]) this[column].set(columns[column].subarray(from, to), this.count);
    const { node } = this;
    for (let i = from, own = this.count; i < to; i++, own++) node[own] = nodes[columns.node[i]];
    this.count += to - from;
    this.open = this.end[this.count - 1] === Infinity;
  }

  // The spans [first, behind) as whole blocks, those of them that takes(block) is
  // true of, and the stretches (from, behind) between these.
  split(first, behind, takes, stretch) {
    const { blocks } = this;
    let at = first;
    for (let b = Column.bound(blocks, blocks.length, (one) => one.at >= first); b < blocks.length && blocks[b].behind <= behind; b++) {
      if (!takes(blocks[b])) continue;
      if (at < blocks[b].at) stretch(at, blocks[b].at);
      at = blocks[b].behind;
    }
    if (at < behind) stretch(at, behind);
  }

  functionOf(i) {
    return this.word[i] >>> Level.FUNCTION_SHIFT;
  }

  // The first span that ends after time; count if there is none.
  firstEndingAfter(time) {
    return Column.bound(this.end, this.count, (end) => end > time);
  }

  // The first span that starts at time or later.
  firstStartingAt(time) {
    return Column.bound(this.start, this.count, (start) => start >= time);
  }

  // The last span that starts at time or sooner, -1 if there is none: of the
  // level above, the parent of one that starts then.
  lastStartingBy(time) {
    return Column.bound(this.start, this.count, (start) => start > time) - 1;
  }

  // The span at time, or -1.
  at(time) {
    const i = this.firstEndingAfter(time);
    return i < this.count && this.start[i] <= time ? i : -1;
  }

  // Add the nodes whose spans are all there and closed.
  raise() {
    let below = (this.count - (this.open ? 1 : 0)) >>> (Level.FAN_SHIFT - 2);
    for (let n = 0; below >= 4; n++) {
      if (n === this.pyramid.length) this.pyramid.push(Level.emptyTier());
      below >>>= 2;
      this.raiseTier(n, below);
    }
  }

  static emptyTier() {
    return { count: 0, busy: new Float64Array(0), most: new Float64Array(0), who: new Uint32Array(0) };
  }

  raiseTier(n, count) {
    const tier = this.pyramid[n];
    if (tier.busy.length < count) {
      for (const column of ["busy", "most", "who"]) tier[column] = Column.enlarged(tier[column], count, tier.count);
    }
    if (n === 0) this.sumSpans(tier, count);
    else Level.sumNodes(tier, count, this.pyramid[n - 1]);
    tier.count = count;
  }

  sumSpans(tier, count) {
    const { start, end, word } = this;
    const own = this.busy || null; // AggregateLevel
    for (let node = tier.count; node < count; node++) {
      let busy = 0;
      let longest = 0;
      let most = -1;
      for (let i = node * Level.FAN; i < (node + 1) * Level.FAN; i++) {
        const duration = own ? own[i] : end[i] - start[i];
        busy += duration;
        if (duration > most) {
          most = duration;
          longest = i;
        }
      }
      tier.busy[node] = busy;
      tier.most[node] = most;
      tier.who[node] = word[longest] >>> Level.FUNCTION_SHIFT;
    }
  }

  static sumNodes(tier, count, below) {
    for (let node = tier.count; node < count; node++) {
      let busy = 0;
      let longest = node * 4;
      for (let i = node * 4; i < node * 4 + 4; i++) {
        busy += below.busy[i];
        if (below.most[i] > below.most[longest]) longest = i;
      }
      tier.busy[node] = busy;
      tier.most[node] = below.most[longest];
      tier.who[node] = below.who[longest];
    }
  }

  // The time that the closed spans of [from, to) took.
  busyBetween(from, to) {
    let busy = 0;
    for (let i = from; i < to;) {
      let n = 0;
      while (this.hasNode(n, i, to)) n++;
      busy += n === 0 ? this.end[i] - this.start[i] : this.pyramid[n - 1].busy[i / Level.span(n - 1)];
      i += n === 0 ? 1 : Level.span(n - 1);
    }
    return busy;
  }

  // How many spans a node of tier n covers.
  static span(n) {
    return Level.FAN << (2 * n);
  }

  // Level n has a node that starts with span i and ends before span to.
  hasNode(n, i, to) {
    const size = Level.span(n);
    return n < this.pyramid.length && i % size === 0 && i + size <= to && i / size < this.pyramid[n].count;
  }
}
