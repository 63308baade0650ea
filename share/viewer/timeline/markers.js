// SPDX-License-Identifier: Apache-2.0
//
// markers.js: the instants and exceptions of the threads in sight: a mark each, with its name
// where there is room for it up to the next one.  In device pixels.
"use strict";

const markers = (() => {
  const SIZE = 4.5; // CSS pixels from the middle of a mark to its point
  const LEAST = 24; // narrower room has no name

  function bound(list, time) {
    return Column.bound(list, list.length, (instant) => instant.time >= time);
  }

  // (instant, x, where the next one lies): one for each column of pixels.
  function each(picture, list, use) {
    const { from, to } = picture.view;
    const { width } = picture.canvas;
    const slack = ((to - from) / width) * SIZE * picture.ratio;
    const timeAt = (x) => from + (x / width) * (to - from);
    const behind = bound(list, to + slack);
    for (let i = bound(list, from - slack); i < behind;) {
      const x = Math.round(picture.toX(list[i].time));
      const next = Math.max(i + 1, bound(list, timeAt(x + 1)));
      use(list[i], x, next < list.length ? picture.toX(list[next].time) : Infinity);
      i = next;
    }
  }

  function diamond(context, x, y, size) {
    context.beginPath();
    context.moveTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.lineTo(x - size, y);
    context.fill();
  }

  // An exception: a small cross.
  function cross(context, x, y, size) {
    context.beginPath();
    for (const down of [-size, size]) {
      context.moveTo(x - size, y - down);
      context.lineTo(x + size, y + down);
    }
    context.stroke();
  }

  // Raised and caught in libraries.
  function isPale(names, entry) {
    entry.isPale ??= Raised.is(names, entry.number) && !Raised.isOwn(names, entry.value);
    return entry.isPale;
  }

  function drawOne(picture, entry, x, next, y) {
    const { number } = entry;
    const { context, colours, state, theme, ratio, labels } = picture;
    const size = SIZE * ratio;
    context.globalAlpha = state.isHit(number) && !isPale(state.trace.names, entry) ? 1 : 0.3;
    if (Raised.is(state.trace.names, number)) {
      context.strokeStyle = theme.colour.bad;
      context.lineWidth = 1.6 * ratio;
      cross(context, x, y, size * 0.66);
    } else {
      context.fillStyle = colours.strong(number, 0.7);
      diamond(context, x, y, size);
    }
    const room = Math.min(next, picture.canvas.width) - x - 3 * size;
    const text = room > LEAST * ratio ? labels.fit(number, room) : "";
    context.globalAlpha = 1;
    context.fillStyle = state.isHit(number) && !entry.isPale ? theme.colour.text : theme.colour.dim;
    if (text) context.fillText(text, x + size + 3 * ratio, y + 0.5);
  }

  function draw(picture, items) {
    for (const item of items) {
      if (item.kind !== "track" || !item.instants.length) continue;
      const y = picture.toY(item.markersY + Layout.MARKERS / 2);
      each(picture, item.instants, (instant, x, next) => drawOne(picture, instant, x, next, y));
    }
  }

  // The instant of list that lies nearest to time, within slack; -1 without.
  function nearest(list, time, slack) {
    const i = bound(list, time);
    const apart = (n) => (n < 0 || n >= list.length ? Infinity : Math.abs(list[n].time - time));
    const best = apart(i - 1) <= apart(i) ? i - 1 : i;
    return apart(best) <= slack ? best : -1;
  }

  return { draw, nearest, SIZE };
})();
