// SPDX-License-Identifier: Apache-2.0
//
// view.js: which stretch of time and which rows are shown, and how the stretch
// moves.  No DOM: the owner calls step with the time of each frame while isMoving.
"use strict";

class View {
  static LEAST = 20; // ns across the whole width
  static MOVE_MS = 140;

  constructor() {
    this.setBounds(0, 1);
    this.from = this.low;
    this.to = this.high;
    this.move = null;
    this.top = 0; // of the rows, in CSS pixels
  }

  // What there is to see; the view may go a little beyond it.
  setBounds(from, to) {
    const margin = Math.max((to - from) * 0.01, 1);
    this.low = from - margin;
    this.high = to + margin;
  }

  // A stretch with something to see on both sides of it.
  static around(from, to) {
    const margin = (to - from) * 0.06;
    return [from - margin, to + margin];
  }

  get width() {
    return this.to - this.from;
  }

  get isFitted() {
    return this.from <= this.low && this.to >= this.high;
  }

  get isMoving() {
    return this.move !== null;
  }

  // Held inside the bounds, without changing the width where that is possible.
  held(from, to) {
    const width = Math.max(to - from, View.LEAST);
    if (width >= (this.high - this.low) * (1 - 1e-9)) return [this.low, this.high];
    const middle = (from + to) / 2;
    const start = Math.min(Math.max(middle - width / 2, this.low), this.high - width);
    return [start, start + width];
  }

  set(from, to) {
    [this.from, this.to] = this.held(from, to);
    this.move = null;
  }

  fit() {
    this.set(this.low, this.high);
  }

  // Where it is, or is on its way to.
  get goal() {
    return this.move ? this.move.goal : [this.from, this.to];
  }

  glide(from, to, now) {
    this.move = { start: [this.from, this.to], goal: this.held(from, to), since: now };
  }

  pan(share) {
    const by = share * this.width;
    this.set(this.from + by, this.to + by);
  }

  // factor < 1 goes closer; anchor is where in the view (0..1) time stands still.
  zoomed(factor, anchor, [from, to] = [this.from, this.to]) {
    const most = this.high - this.low;
    const width = Math.min(Math.max((to - from) * factor, View.LEAST), most);
    const still = from + (to - from) * anchor;
    return [still - width * anchor, still + width * (1 - anchor)];
  }

  zoom(factor, anchor) {
    this.set(...this.zoomed(factor, anchor));
  }

  // One frame of a glide: the width changes by a factor, so that zooming looks
  // even; the point that stands still does so all the way.
  step(now) {
    if (!this.move) return;
    const { start, goal, since } = this.move;
    const share = Math.min(1, (now - since) / View.MOVE_MS);
    const eased = 1 - (1 - share) ** 3;
    if (share === 1) return this.set(...goal);
    const widths = [start[1] - start[0], goal[1] - goal[0]];
    const width = widths[0] * (widths[1] / widths[0]) ** eased;
    const change = widths[1] - widths[0];
    const done = Math.abs(change) < 1e-9 * widths[0] ? eased : (width - widths[0]) / change;
    this.from = start[0] + (goal[0] - start[0]) * done;
    this.to = this.from + width;
  }
}
