// SPDX-License-Identifier: Apache-2.0
//
// ruler.js: the scale of time above the picture.  Dragging on it selects an
// area (pointer.js).
"use strict";

class Ruler {
  static APART = 112; // CSS pixels between two numbers, at least

  constructor(canvas, { state, view, theme }) {
    Object.assign(this, { canvas, state, view, theme });
    this.context = canvas.getContext("2d");
  }

  get step() {
    const { view } = this;
    return time.step((view.width / Math.max(1, this.canvas.clientWidth)) * Ruler.APART);
  }

  // The times that have a number.
  ticks() {
    const { view } = this;
    const step = this.step;
    const ticks = [];
    for (let n = Math.ceil(view.from / step); n * step <= view.to; n++) ticks.push(n * step);
    return ticks;
  }

  draw() {
    const { canvas, context } = this;
    if (!dom.fitCanvas(canvas)) context.clearRect(0, 0, canvas.width, canvas.height);
    this.ratio = window.devicePixelRatio || 1;
    this.drawTicks();
    this.drawArea();
    this.drawBookmarks();
    if (this.state.hover) this.drawHover(this.state.hover.time);
  }

  toX(ns) {
    const { from, to } = this.view;
    return Math.round(((ns - from) / (to - from)) * this.canvas.width);
  }

  drawTicks() {
    const { canvas, context, ratio, step } = this;
    const { colour, font } = this.theme;
    context.font = `${Math.round(11 * ratio)}px ${font}`;
    context.textBaseline = "middle";
    for (const ns of this.ticks()) {
      context.fillStyle = colour.dim;
      context.fillText(time.timestamp(ns, step), this.toX(ns) + 5 * ratio, canvas.height / 2);
      context.fillStyle = colour.line;
      context.fillRect(this.toX(ns), 0, Math.round(ratio), canvas.height);
      for (let i = 1; i < 5; i++) context.fillRect(this.toX(ns + (i * step) / 5), canvas.height * 0.75, Math.round(ratio), canvas.height);
    }
  }

  drawArea() {
    const { area, hover } = this.state;
    if (!area) return;
    const [left, right] = [this.toX(area[0]), this.toX(area[1])];
    this.context.fillStyle = this.theme.colour.area;
    this.context.fillRect(left, 0, right - left, this.canvas.height);
    if (!hover) this.drawTag((left + right) / 2, time.duration(area[1] - area[0]));
  }

  // A flag at each, with its name.
  drawBookmarks() {
    const { canvas, context, ratio } = this;
    const { colour } = this.theme;
    for (const { time: ns, name } of this.state.bookmarks) {
      const x = this.toX(ns);
      if (x < 0 || x > canvas.width) continue;
      const text = name.slice(0, 40);
      const width = context.measureText(text).width + 10 * ratio;
      context.fillStyle = colour.mark;
      context.fillRect(x, 0, Math.round(2 * ratio), canvas.height);
      context.fillRect(x, 2 * ratio, width, canvas.height - 4 * ratio);
      context.fillStyle = colour.ground;
      context.fillText(text, x + 5 * ratio, canvas.height / 2);
    }
  }

  // The time that is pointed at, and while an area is dragged how long it is.
  drawHover(ns) {
    const { area, trace, hover } = this.state;
    const more = area && hover.isMeasuring ? "⟷ " + time.duration(area[1] - area[0]) : time.clock(trace.facts.realtime_ns, ns).slice(0, 12);
    this.drawTag(this.toX(ns), `${time.timestamp(ns, this.step / 100)}  ·  ${more}`);
  }

  // A text around x, which hides the numbers below it.
  drawTag(x, text) {
    const { canvas, context, ratio } = this;
    const { colour } = this.theme;
    const width = context.measureText(text).width + 12 * ratio;
    const left = Math.min(Math.max(0, x - width / 2), canvas.width - width);
    context.fillStyle = colour.accent;
    context.fillRect(left, 2 * ratio, width, canvas.height - 4 * ratio);
    context.fillStyle = colour.ground;
    context.fillText(text, left + 6 * ratio, canvas.height / 2);
  }
}
