// SPDX-License-Identifier: Apache-2.0
//
// arrows.js: the flows that reach into sight, as arrows over the picture.
"use strict";

const arrows = (() => {
  const MOST = 300; // more would hide the picture

  function ends(flow, { picture, layout }) {
    const from = { x: picture.toX(flow.from.time), y: picture.toY(layout.yOf(flow.from.track, flow.from.depth)) + picture.height };
    const to = { x: picture.toX(flow.to.time), y: picture.toY(layout.yOf(flow.to.track, 0)) + picture.height / 2 };
    return { from, to };
  }

  function isInSight({ from, to }, { width, height }) {
    const apart = (one, other, most) => Math.max(one, other) < 0 || Math.min(one, other) > most;
    return !apart(from.x, to.x, width) && !apart(from.y, to.y, height);
  }

  function drawOne(context, { from, to }, ratio) {
    const bend = Math.min(40 * ratio, Math.abs(to.y - from.y) / 2 + 8 * ratio);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.bezierCurveTo(from.x, from.y + bend, to.x - bend, to.y, to.x, to.y);
    context.stroke();
    context.beginPath();
    context.moveTo(to.x, to.y);
    context.lineTo(to.x - 6 * ratio, to.y - 3.5 * ratio);
    context.lineTo(to.x - 6 * ratio, to.y + 3.5 * ratio);
    context.fill();
    context.beginPath();
    context.arc(from.x, from.y, 2.2 * ratio, 0, 7);
    context.fill();
  }

  function draw(viewer, list) {
    const { canvas, context, ratio } = viewer.picture;
    const seen = list.map((flow) => ends(flow, viewer)).filter((one) => isInSight(one, canvas));
    context.strokeStyle = context.fillStyle = viewer.theme.colour.mark;
    context.globalAlpha = 0.7;
    context.lineWidth = 1.3 * ratio;
    for (const one of seen.slice(0, MOST)) drawOne(context, one, ratio);
    context.globalAlpha = 1;
  }

  return { draw };
})();
