// SPDX-License-Identifier: Apache-2.0
//
// overlay.js: what lies over the picture and changes with the pointer: the call
// under it, the selected one, the selected area, the line of the time pointed
// at.  Its own canvas, so that the picture need not be drawn again.
"use strict";

class Overlay {
  constructor(canvas, { state, layout, theme, picture }) {
    Object.assign(this, { canvas, state, layout, theme, picture });
    this.context = canvas.getContext("2d");
    this.isClear = true;
  }

  // There is nothing to draw.
  get isEmpty() {
    const { area, bookmarks, hover, selection, instant } = this.state;
    return !(area || bookmarks.length || hover || selection || instant);
  }

  // Where nothing changes it is not touched: the browser copies a canvas that was.
  draw() {
    const { canvas, context, picture, isEmpty } = this;
    if (isEmpty && this.isClear) return;
    this.isClear = isEmpty;
    const { hover, selection, instant, flows } = this.state;
    if (!dom.fitCanvas(canvas)) context.clearRect(0, 0, canvas.width, canvas.height);
    this.ratio = window.devicePixelRatio || 1;
    this.drawArea();
    for (const { time: ns } of this.state.bookmarks) this.drawLine(ns);
    if (hover) this.drawLine(hover.time);
    for (const span of [hover?.span, selection]) if (span) arrows.drawOf(picture, context, flows, span);
    if (hover?.span && !hover.span.is(selection)) this.outline(hover.span, 1, 0.75);
    if (hover?.counterItem) graph.mark(context, picture, hover.counterItem, hover.time);
    if (instant) this.ring(instant);
    if (selection) this.outline(selection, 2, 1);
  }

  drawArea() {
    const { picture, theme } = this;
    const { area } = this.state;
    if (!area) return;
    const left = picture.toX(area[0]);
    const right = picture.toX(area[1]);
    this.context.fillStyle = theme.colour.area;
    this.context.fillRect(left, 0, right - left, this.canvas.height);
    this.context.fillStyle = theme.colour.accent;
    for (const x of [left, right]) this.context.fillRect(Math.round(x), 0, Math.round(this.ratio), this.canvas.height);
  }

  drawLine(ns) {
    this.context.globalAlpha = 0.35;
    this.context.fillStyle = this.theme.colour.dim;
    this.context.fillRect(Math.round(this.picture.toX(ns)), 0, Math.round(this.ratio), this.canvas.height);
    this.context.globalAlpha = 1;
  }

  // Around the mark of an instant, and a line down through the calls below it.
  ring({ track, time }) {
    const { picture, layout, theme } = this;
    const item = layout.itemOf(track);
    if (!item) return;
    const [x, y] = [Math.round(picture.toX(time)), picture.toY(item.markersY + Layout.MARKERS / 2)];
    const size = (markers.SIZE + 2.5) * this.ratio;
    this.context.strokeStyle = this.context.fillStyle = theme.colour.mark;
    this.context.lineWidth = 2 * this.ratio;
    this.context.beginPath();
    for (const [right, down] of [[0, -size], [size, 0], [0, size], [-size, 0]]) this.context.lineTo(x + right, y + down);
    this.context.closePath();
    this.context.stroke();
    this.context.globalAlpha = 0.5;
    this.context.fillRect(x, y + size, Math.round(this.ratio), picture.toY(item.y + item.height) - y - size);
    this.context.globalAlpha = 1;
  }

  // The box as the picture has it; a narrow one gets a mark wide enough to see.
  outline(span, width, alpha) {
    const { picture, layout, theme } = this;
    const line = width * this.ratio;
    const left = Math.max(-10, Math.round(picture.toX(span.start)));
    const right = Math.min(this.canvas.width + 10, Math.max(left + 2 * line, Math.round(picture.toX(span.end)) - 1));
    const y = picture.toY(layout.yOf(span));
    this.context.globalAlpha = alpha;
    this.context.strokeStyle = theme.colour.mark;
    this.context.lineWidth = line;
    this.context.strokeRect(left + line / 2, y + line / 2, right - left - line, picture.height - line);
    this.context.globalAlpha = 1;
  }
}
