// SPDX-License-Identifier: Apache-2.0
//
// overhead.js: when the tracer itself was at work on one track, so that its time
// can be taken out of the calls around it.  The stretches come in order of time
// and do not overlap.
"use strict";

class Overhead {
  constructor() {
    this.start = [];
    this.end = [];
    this.sum = [0]; // of the stretches before each, and of all
    this.at = 0; // where the last question was answered: the next is near
  }

  add(start, end) {
    this.start.push(start);
    this.end.push(end);
    this.sum.push(this.sum[this.sum.length - 1] + end - start);
  }

  // After adding stretches out of order.
  arrange() {
    const order = this.start.map((start, i) => [start, this.end[i]]).sort((one, other) => one[0] - other[0]);
    Object.assign(this, new Overhead());
    for (const [start, end] of order) this.add(start, end);
  }

  // The start of the first stretch that ends after time; Infinity without one.
  next(time) {
    const i = Column.bound(this.end, this.end.length, (end) => end > time);
    return i < this.start.length ? this.start[i] : Infinity;
  }

  // How much of [from, to] it was.
  within(from, to) {
    const { start, end, sum } = this;
    const count = start.length;
    let first = this.at;
    while (first > 0 && end[first - 1] > from) first--;
    while (first < count && end[first] <= from) first++;
    this.at = first;
    if (first === count || start[first] >= to) return 0;
    const behind = Column.bound(start, count, (one) => one >= to);
    const before = Math.max(0, from - start[first]);
    const after = Math.max(0, end[behind - 1] - to);
    return sum[behind] - sum[first] - before - after;
  }
}
