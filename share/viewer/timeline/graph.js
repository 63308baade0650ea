// SPDX-License-Identifier: Apache-2.0
//
// graph.js: the counters in sight, as lines of steps, and what one says at a
// point in time.  All geometry in device pixels.
"use strict";

const graph = (() => {
  // Of a line: a colour that is seen on the ground.
  function stroke({ colours }, number) {
    return colours.strong(number, 0.62);
  }

  // value -> y, for the counter whose item lies at y.
  function scale(picture, { counter, y, height }) {
    const top = picture.toY(y + 7);
    const bottom = picture.toY(y + height - 5);
    const range = counter.most - counter.least || 1;
    return (value) => bottom - ((value - counter.least) / range) * (bottom - top);
  }

  // (x, least, most, last) for each column of pixels that has a value;
  // a value that is not a number breaks the line.
  function columns(picture, series, each) {
    const { from, to } = picture.view;
    const { width } = picture.canvas;
    const last = series.at(to);
    for (let i = Math.max(0, series.at(from)); i <= last;) {
      const x = Math.floor(picture.toX(series.time[i]));
      const behind = Math.min(last + 1, Math.max(i, series.at(from + ((x + 1) / width) * (to - from))) + 1);
      const [least, most] = series.range(i, behind);
      each(Math.max(x, -4), least, most, series.value[behind - 1]);
      i = behind;
    }
  }

  function trace(path, picture, series, toY, end) {
    let before = NaN;
    columns(picture, series, (x, least, most, value) => {
      if (Number.isFinite(before)) path.lineTo(x, toY(before));
      if (Number.isFinite(least)) {
        if (!Number.isFinite(before)) path.moveTo(x, toY(most));
        path.lineTo(x, toY(least));
        path.lineTo(x, toY(most));
      }
      if (Number.isFinite(value)) path.lineTo(x, toY(value));
      before = value;
    });
    if (Number.isFinite(before)) path.lineTo(end, toY(before));
  }

  function fill(context, picture, series, toY, zero, end) {
    let [since, before] = [0, NaN];
    const close = (x) => Number.isFinite(before) && context.fillRect(since, Math.min(toY(before), zero), x - since, Math.abs(zero - toY(before)));
    columns(picture, series, (x, least, most, value) => {
      close(x);
      [since, before] = [x, value];
    });
    close(end);
  }

  function drawSeries(picture, item, series, isAlone) {
    const { context, colours, state, ratio } = picture;
    const toY = scale(picture, item);
    const end = Math.min(picture.canvas.width, picture.toX(state.trace.to));
    context.globalAlpha = isAlone ? 0.5 : 0.22;
    context.fillStyle = colours.shownCss(series.number);
    fill(context, picture, series, toY, toY(Math.max(0, item.counter.least)), end);
    context.globalAlpha = state.isHit(series.number) ? 1 : 0.3;
    context.strokeStyle = stroke(picture, series.number);
    context.lineWidth = 1.4 * ratio;
    context.lineJoin = "round";
    context.beginPath();
    trace(context, picture, series, toY, end);
    context.stroke();
    context.globalAlpha = 1;
  }

  function draw(picture, items) {
    for (const item of items) {
      if (item.kind !== "counter") continue;
      const { context, theme } = picture;
      context.fillStyle = theme.colour["faint-line"];
      context.fillRect(0, picture.toY(item.y), picture.canvas.width, 1);
      for (const series of item.counter.series) drawSeries(picture, item, series, item.counter.series.length === 1);
    }
  }

  // A dot on each line at time, on another canvas.
  function mark(context, picture, item, time) {
    const toY = scale(picture, item);
    for (const series of item.counter.series) {
      const value = series.value[series.at(time)];
      if (!Number.isFinite(value)) continue;
      context.fillStyle = stroke(picture, series.number);
      context.beginPath();
      context.arc(picture.toX(time), toY(value), 3.2 * picture.ratio, 0, 7);
      context.fill();
    }
  }

  return { draw, mark };
})();
