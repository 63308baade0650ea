// SPDX-License-Identifier: Apache-2.0
//
// distribution.js: many durations, as several columns of them, each ascending.
// Questions about them are answered by binary search, without joining them.
// No DOM.
"use strict";

class Distribution {
  static FEW = 256; // that are as soon sorted

  constructor(lists) {
    this.lists = lists.filter((list) => list.length);
    this.count = this.lists.reduce((sum, list) => sum + list.length, 0);
    if (this.count <= Distribution.FEW && this.lists.length > 1) this.lists = [this.sorted()];
  }

  get least() {
    return this.lists.reduce((least, list) => Math.min(least, list[0]), Infinity);
  }

  get most() {
    return this.lists.reduce((most, list) => Math.max(most, list[list.length - 1]), -Infinity);
  }

  // All of them, ascending.
  sorted() {
    const all = new Float64Array(this.count);
    let at = 0;
    for (const list of this.lists) {
      all.set(list, at);
      at += list.length;
    }
    return all.sort();
  }

  // The one that rank others stand before: it lies in [low, high) of one of the
  // columns, which the middle of the widest of them cuts down for all.
  at(rank) {
    if (this.lists.length === 1) return this.lists[0][rank];
    let low = this.lists.map(() => 0);
    let high = this.lists.map((list) => list.length);
    for (;;) {
      const widest = Distribution.widest(low, high);
      const middle = this.lists[widest][(low[widest] + high[widest]) >> 1];
      const below = this.lists.map((list, n) => Distribution.bound(list, low[n], high[n], (one) => one >= middle));
      if (rank < Distribution.sum(below)) {
        high = below;
        continue;
      }
      low = this.lists.map((list, n) => Distribution.bound(list, below[n], high[n], (one) => one > middle));
      if (rank < Distribution.sum(low)) return middle;
    }
  }

  static widest(low, high) {
    let widest = 0;
    for (let n = 1; n < low.length; n++) if (high[n] - low[n] > high[widest] - low[widest]) widest = n;
    return widest;
  }

  static sum(numbers) {
    return numbers.reduce((sum, one) => sum + one, 0);
  }

  // The first place in [low, high) that holds, or high.
  static bound(list, low, high, holds) {
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(list[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // {count, sum} of those longer than limit.
  above(limit) {
    let [count, sum] = [0, 0];
    for (const list of this.lists) {
      for (let i = list.length - 1; i >= 0 && list[i] > limit; i--) {
        sum += list[i];
        count++;
      }
    }
    return { count, sum };
  }

  each(use) {
    for (const list of this.lists) for (let i = 0; i < list.length; i++) use(list[i]);
  }
}
