// SPDX-License-Identifier: Apache-2.0
//
// comparestrip.js: a stretch of one track of one recording: the calls around one
// that stands at a given place, drawn on a canvas.
"use strict";

class CompareStrip {
  static ROW = 18;
  static LEAST = 0.6; // CSS pixels: what is narrower only covers this much

  // colourOf(function) -> 0xBBGGRR
  constructor(theme, colourOf) {
    Object.assign(this, { theme, colourOf });
    this.canvas = dom.make("canvas", { "aria-hidden": "true" });
    this.title = dom.make("div.caption");
    this.element = dom.make("div.aligned", {}, this.title, this.canvas);
  }

  // from and to: nanoseconds from the start of the call.
  draw(span, from, to) {
    Object.assign(this, { span, from, to });
    dom.fitCanvas(this.canvas);
    const context = this.canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!span) return;
    context.font = `11.5px ${this.theme.font}`;
    context.textBaseline = "middle";
    this.labels = new Labels(span.track.names, (text) => context.measureText(text).width);
    this.scale = width / (to - from);
    this.top = Math.max(0, span.depth - 1); // its caller is the first row
    const last = Math.min(span.track.levels.length, this.top + Math.ceil(height / CompareStrip.ROW));
    for (let depth = this.top; depth < last; depth++) this.drawLevel(context, span.track.levels[depth], width);
    this.mark(context, span);
  }

  x(at) {
    return (at - this.span.start - this.from) * this.scale;
  }

  // At most one box for each pixel: the next one is looked for behind it.
  drawLevel(context, level, width) {
    const { start } = this.span;
    const step = CompareStrip.LEAST / this.scale;
    let i = level.firstEndingAfter(start + this.from);
    while (i < level.count && level.start[i] < start + this.to) {
      const left = Math.max(-1, this.x(level.start[i]));
      const right = Math.min(width + 1, this.x(Math.min(level.end[i], this.span.track.to)));
      this.drawBox(context, level, i, left, Math.max(CompareStrip.LEAST, right - left));
      const behind = level.start[i] + step;
      i = level.end[i] < behind ? Math.max(i + 1, level.firstEndingAfter(behind)) : i + 1;
    }
  }

  drawBox(context, level, i, left, width) {
    const number = level.functionOf(i);
    const fill = this.colourOf(number);
    const y = (level.depth - this.top) * CompareStrip.ROW;
    context.fillStyle = palette.css(fill);
    context.fillRect(left, y, width > 3 ? width - 1 : width, CompareStrip.ROW - 1);
    if (width < 30) return;
    context.fillStyle = palette.css(palette.text(fill, this.theme.word("span-text")));
    const from = Math.max(0, left);
    const text = this.labels.fit(number, left + width - from - 10);
    context.fillText(text, from + 5, y + CompareStrip.ROW / 2);
  }

  // A frame around the call, and a line down from its start.
  mark(context, { depth, start, end }) {
    const y = (depth - this.top) * CompareStrip.ROW;
    const [left, right] = [this.x(start), this.x(end)];
    context.strokeStyle = this.theme.colour.mark;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, y + 0.75, Math.max(2, right - left - 2.5), CompareStrip.ROW - 2.5);
    context.globalAlpha = 0.35;
    context.fillStyle = this.theme.colour.mark;
    context.fillRect(left, 0, 1, this.canvas.clientHeight);
    context.globalAlpha = 1;
  }

  // The call at a place of the canvas, or null.
  at(x, y) {
    if (!this.span) return null;
    return Span.at(this.span.track, this.top + Math.floor(y / CompareStrip.ROW), this.span.start + this.from + x / this.scale);
  }
}
