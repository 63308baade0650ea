// SPDX-License-Identifier: Apache-2.0
//
// unfolded.js: single boxes that are unfolded, or folded again, other than all
// their path has it: what is inside such a one is shown as by a fold (fold.js) of
// its own.  No DOM.
"use strict";

class Unfolded {
  constructor() {
    this.boxes = new Map(); // of each track, outer ones first: {span, node, depth, start, end, fold}
  }

  get size() {
    return this.all.length;
  }

  get all() {
    return [...this.boxes.values()].flat();
  }

  of(track) {
    return this.boxes.get(track) || Unfolded.NONE;
  }

  static NONE = [];

  has(span) {
    return this.of(span.track).some((box) => box.span.is(span));
  }

  // A box that is unfolded is folded, and the other way round.
  toggle(span, node) {
    const { track, depth, index, level } = span;
    const isThere = this.has(span);
    const rest = this.of(track).filter((box) => !box.span.is(span));
    const box = { span, node, depth, start: level.start[index], end: level.end[index] };
    const list = isThere ? rest : [...rest, box].sort((one, other) => one.depth - other.depth);
    if (list.length) this.boxes.set(track, list);
    else this.boxes.delete(track);
  }

  // Those on a path do as all on it.
  forget(node) {
    for (const [track, list] of this.boxes) {
      const rest = list.filter((box) => box.node !== node);
      if (rest.length) this.boxes.set(track, rest);
      else this.boxes.delete(track);
    }
  }

  // Give each its fold: make(opened) has the boxes unfolded that are so by opened.
  // Those around it count.
  refold(opened, make) {
    for (const [track, list] of this.boxes) {
      for (const box of list) {
        const own = new Map(this.around(track, box.depth - 1, box.start)?.fold.opened || opened);
        if (!own.delete(box.node)) own.set(box.node, box.span);
        box.fold = make(own);
      }
    }
  }

  // The innermost one that a call is, or is in; or null.
  around(track, depth, start) {
    return this.of(track).findLast((box) => Unfolded.holds(box, depth, start)) || null;
  }

  static holds(box, depth, start) {
    return box.depth <= depth && box.start <= start && start < box.end;
  }
}
