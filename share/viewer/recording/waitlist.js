// SPDX-License-Identifier: Apache-2.0
//
// waitlist.js: when a thread did not go on: off the processor, waiting for the GIL, in
// a call that blocked.  Those off the processor lie inside of the others or alone.
// No DOM.
"use strict";

class WaitList {
  static BLOCKED = 1; // as formats/spool/records.def has them
  static PREEMPTED = 2;
  static GIL = 3;
  static CALL = 4;
  static STOPPED = 5;
  static UNSEEN = 6;
  static KINDS = 7;
  static TITLES = ["", "blocked", "preempted", "waiting for the GIL", "in a blocking call", "stopped by another thread", "not known"];

  static COLOURS = ["cpu", "blocked", "preempted", "gil", "call", "stopped", "blocked"]; // of theme.css, behind wait-

  constructor() {
    this.isKnown = false; // when the thread was on the processor
    this.pieces = [];
    this.described = new Map(); // index -> {name, holder, inside, bytes, on}
    this.longest = []; // of each kind
    this.clear();
  }

  clear() {
    this.count = 0;
    this.kind = new Uint8Array(0);
    this.start = new Float64Array(0);
    this.end = new Float64Array(0);
  }

  take(piece) {
    for (const [i, what] of piece.described) this.described.set(this.count + i, what);
    this.pieces.push(piece);
    this.count += piece.count;
    this.isKnown = true;
  }

  finish() {
    const { pieces } = this;
    this.pieces = [];
    if (!pieces.length) return;
    const joined = (name, make) => pieces.reduce(([column, at], piece) => (column.set(piece[name].subarray(0, piece.count), at), [column, at + piece.count]), [make(this.count), 0])[0];
    this.kind = joined("kind", (count) => new Uint8Array(count));
    this.start = joined("start", (count) => new Float64Array(count));
    this.end = joined("end", (count) => new Float64Array(count));
    this.sort();
    this.longest = new Array(WaitList.KINDS).fill(0);
    for (let i = 0; i < this.count; i++) this.longest[this.kind[i]] = Math.max(this.longest[this.kind[i]], this.end[i] - this.start[i]);
  }

  // What is not known comes last; all else is in order.
  sort() {
    const { start, end, kind } = this;
    if (start.every((ns, i) => !i || start[i - 1] <= ns)) return;
    const order = Uint32Array.from(start.keys()).sort((a, b) => start[a] - start[b] || end[b] - end[a]);
    const described = new Map([...order].map((old, i) => [i, this.described.get(old)]).filter(([, what]) => what));
    Object.assign(this, { start: Float64Array.from(order, (i) => start[i]), end: Float64Array.from(order, (i) => end[i]), kind: Uint8Array.from(order, (i) => kind[i]), described });
  }

  // The first that may reach behind time.
  first(time) {
    const back = time - Math.max(0, ...this.longest);
    return Column.bound(this.start, this.count, (start) => start >= back);
  }

  // (index) of each that lies in [from, to] in part.
  each(from, to, use) {
    for (let i = this.first(from); i < this.count && this.start[i] < to; i++) if (this.end[i] > from) use(i);
  }

  // Nanoseconds of each kind in [from, to].
  sums(from, to) {
    const sums = new Float64Array(WaitList.KINDS);
    this.each(from, to, (i) => (sums[this.kind[i]] += Math.min(this.end[i], to) - Math.max(this.start[i], from)));
    return sums;
  }

  // The innermost at time of those off the processor, and of the others; -1: none.
  at(time) {
    const found = { off: -1, why: -1 };
    this.each(time, time + 1e-9, (i) => (found[WaitList.isOff(this.kind[i]) ? "off" : "why"] = i));
    return found;
  }

  static isOff(kind) {
    return kind === WaitList.BLOCKED || kind === WaitList.PREEMPTED || kind === WaitList.UNSEEN;
  }
}
