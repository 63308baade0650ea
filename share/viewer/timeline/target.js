// SPDX-License-Identifier: Apache-2.0
//
// target.js: what lies in the picture where a pointer event was.
"use strict";

class Target {
  static SIGN = 16; // CSS pixels

  // at: the time below the pointer.
  constructor({ picture, layout, view, state }, event, at) {
    const box = picture.canvas.getBoundingClientRect();
    this.event = event;
    this.layout = layout;
    this.view = view;
    this.shown = state.shown;
    this.at = at;
    this.isInPicture = event.target === picture.canvas && event.clientY - box.top >= layout.covered(view.top);
    this.y = event.clientY - box.top + view.top;
    this.drawn = view.from + ((event.clientX - box.left) / box.width) * view.width;
    this.pixel = view.width / box.width; // its time
  }

  // All of it, null for what is not there.
  get found() {
    const { event, item, at: time } = this;
    const span = this.isInPicture ? this.span : null;
    return {
      isOnSign: span !== null && this.isOnSign(span),
      time,
      span,
      instant: span ? null : this.instant,
      wait: span || !this.isInPicture ? null : this.wait,
      task: this.task,
      counterItem: item?.kind === "counter" ? item : null,
      aggregate: span || !this.isInPicture ? null : this.aggregate,
      x: event.clientX,
      y: event.clientY,
      isTouch: event.pointerType === "touch",
    };
  }

  // {track, row} below the pointer, or null.
  get row() {
    const hit = this.layout.rowAt(this.y);
    const track = hit && lanes.at(hit.item.tracks, this.drawn, 2 * this.pixel);
    return track && { track, row: hit.row };
  }

  // Or the one that starts or ends within two pixels.
  get span() {
    const { track, row } = this.row || {};
    const level = track && this.shown.of(track).levels[row];
    if (!level) return null;
    const slack = 2 * this.pixel;
    const i = level.firstEndingAfter(this.drawn - slack);
    if (i >= level.count || level.start[i] > this.drawn + slack) return null;
    const exact = level.at(this.drawn);
    return Span.of(track, level, exact < 0 ? i : exact);
  }

  // Whether the sign of a box, folded or not, is there, at its left edge as far as it
  // is in sight.
  isOnSign(span) {
    const left = Math.max(span.start, this.view.from);
    return (this.shown.isBox(span) || this.shown.isOpenedBox(span)) && this.drawn - left < Target.SIGN * this.pixel && (span.end - left) / this.pixel >= Picture.LABEL_ROOM;
  }

  // [aggregates of a track, which one], or null.
  get aggregate() {
    const { track, row } = this.row || {};
    const level = track && this.shown.of(track).aggregates.levels[row];
    const i = level ? level.at(this.at) : -1;
    return i < 0 ? null : [track.aggregates, level.aggregate[i]];
  }

  get item() {
    return this.isInPicture ? this.layout.itemAt(this.y) : null;
  }

  // {track, time} where the strip of waits is, or null.
  get wait() {
    const { item, y } = this;
    if (!item?.waitsY || y < item.waitsY || y >= item.waitsY + Layout.WAITS) return null;
    const track = lanes.at(item.tracks, this.drawn, 2 * this.pixel);
    return track && track.waits.isKnown && this.drawn >= track.from && this.drawn <= track.to ? { track, time: this.drawn } : null;
  }

  get task() {
    const { item } = this;
    if (item?.kind !== "tasks" || this.y < item.rowsY) return null;
    const row = Math.floor((this.y - item.rowsY) / TaskRows.ROW);
    return row < item.rows ? item.tasks.at(row, this.drawn, 2 * this.pixel) : null;
  }

  get instant() {
    const { item, y } = this;
    if (!item || item.kind !== "track") return null;
    if (y < item.markersY || y >= item.markersY + Layout.MARKERS) return null;
    const slack = (markers.SIZE + 2) * this.pixel;
    const track = lanes.at(item.tracks, this.at, slack);
    const index = track ? markers.nearest(track.instants, this.at, slack) : -1;
    return index < 0 ? null : new Instant(track, index);
  }
}
