// SPDX-License-Identifier: Apache-2.0
//
// lane.js: the spans of one track at one depth, in columns, in order of time.
// They never overlap, so both start and end ascend.  Over them lies a pyramid:
// a node of level n covers 4^(n + 1) spans and knows how long they were busy
// and which of them is the longest; its begin and end are those of its spans.
"use strict";

class Lane {
  // A span's word: function << 6 | flags.
  static HOW = 3; // opened by: 0 call, 1 resume, 2 throw, 3 before the recording
  static CLOSED_SHIFT = 2; // closed by: 0 return, 1 exception, 2 yield, 3 unknown, 4 unfinished
  static CLOSED = 7 << 2;
  static NESTED = 32; // an open call further out is of the same function
  static FUNCTION_SHIFT = 6;
  static FUNCTIONS_MAX = 1 << 26;

  constructor(depth) {
    this.depth = depth;
    this.count = 0;
    this.open = false; // the last span is not closed yet
    this.start = new Float64Array(16);
    this.end = new Float64Array(16);
    this.word = new Uint32Array(16);
    this.parent = new Uint32Array(16); // index in the lane above
    this.levels = []; // [{count, busy, longest}]
  }

  grow() {
    for (const column of ["start", "end", "word", "parent"]) {
      const bigger = new this[column].constructor(this.count * 2);
      bigger.set(this[column]);
      this[column] = bigger;
    }
  }

  push(start, word, parent) {
    const i = this.count;
    if (i === this.start.length) this.grow();
    this.start[i] = start;
    this.end[i] = Infinity;
    this.word[i] = word;
    this.parent[i] = parent;
    this.count = i + 1;
    this.open = true;
    return i;
  }

  close(end, how) {
    const i = this.count - 1;
    this.end[i] = end;
    this.word[i] |= how << Lane.CLOSED_SHIFT;
    this.open = false;
  }

  functionOf(i) {
    return this.word[i] >>> Lane.FUNCTION_SHIFT;
  }

  // The first span that ends after time; count if there is none.
  firstEndingAfter(time) {
    return Lane.bound(this.end, this.count, (end) => end > time);
  }

  // The first span that starts at time or later.
  firstStartingAt(time) {
    return Lane.bound(this.start, this.count, (start) => start >= time);
  }

  static bound(column, count, holds) {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(column[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // The span at time, or -1.
  at(time) {
    const i = this.firstEndingAfter(time);
    return i < this.count && this.start[i] <= time ? i : -1;
  }

  // Add the nodes whose spans are all there and closed.
  raise() {
    let below = this.count - (this.open ? 1 : 0);
    for (let n = 0; below >= 4; n++) {
      if (n === this.levels.length) this.levels.push({ count: 0, busy: new Float64Array(4), longest: new Uint32Array(4) });
      below >>>= 2;
      this.raiseLevel(n, below);
    }
  }

  raiseLevel(n, count) {
    const level = this.levels[n];
    if (level.busy.length < count) {
      level.busy = Lane.enlarged(level.busy, count);
      level.longest = Lane.enlarged(level.longest, count);
    }
    if (n === 0) this.sumSpans(level, count);
    else this.sumNodes(level, count, this.levels[n - 1]);
    level.count = count;
  }

  static enlarged(column, count) {
    const bigger = new column.constructor(Math.max(count, column.length * 2));
    bigger.set(column);
    return bigger;
  }

  sumSpans(level, count) {
    const { start, end } = this;
    for (let node = level.count; node < count; node++) {
      let busy = 0;
      let longest = node * 4;
      let most = -1;
      for (let i = node * 4; i < node * 4 + 4; i++) {
        const duration = end[i] - start[i];
        busy += duration;
        if (duration > most) {
          most = duration;
          longest = i;
        }
      }
      level.busy[node] = busy;
      level.longest[node] = longest;
    }
  }

  sumNodes(level, count, below) {
    const { start, end } = this;
    for (let node = level.count; node < count; node++) {
      let busy = 0;
      let longest = 0;
      let most = -1;
      for (let i = node * 4; i < node * 4 + 4; i++) {
        const span = below.longest[i];
        busy += below.busy[i];
        if (end[span] - start[span] > most) {
          most = end[span] - start[span];
          longest = span;
        }
      }
      level.busy[node] = busy;
      level.longest[node] = longest;
    }
  }

  // The time that the closed spans of [from, to) took.
  busyBetween(from, to) {
    let busy = 0;
    for (let i = from; i < to;) {
      let n = 0;
      while (this.hasNode(n, i, to)) n++;
      busy += n === 0 ? this.end[i] - this.start[i] : this.levels[n - 1].busy[i / 4 ** n];
      i += 4 ** n;
    }
    return busy;
  }

  // Level n has a node that begins with span i and ends before span to.
  hasNode(n, i, to) {
    const size = 4 ** (n + 1);
    return n < this.levels.length && i % size === 0 && i + size <= to && i / size < this.levels[n].count;
  }
}
