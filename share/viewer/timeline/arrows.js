// SPDX-License-Identifier: Apache-2.0
//
// arrows.js: the flows that start or end in sight, as arrows over the picture.
// Where there are many, they are faint, those that lie on each other are drawn
// once, and of those that lead out of sight only the end that is there.  Those of
// the call that is pointed at or selected are drawn in full, over the others.
// Those of threads that are filtered out are not drawn.
"use strict";

const arrows = (() => {
  const FEW = 24; // are drawn in full strength
  const MOST = 1000; // that are drawn at once
  const LEAST_ALPHA = 0.12;
  const STUB = 16; // CSS pixels of one that leads out of sight
  const NEAR = 4; // CSS pixels

  function ends(flow, picture) {
    const { layout } = picture;
    const from = { x: picture.toX(flow.from.time), y: picture.toY(layout.yOfRow(flow.from.track, layout.shown.rowAt(flow.from.track, flow.from.depth, flow.from.time))) + picture.height };
    const to = { x: picture.toX(flow.to.time), y: picture.toY(layout.yOfRow(flow.to.track, 0)) + picture.height / 2 };
    return { from, to };
  }

  function isThere({ from, to }, { layout }) {
    return layout.has(from.track) && layout.has(to.track);
  }

  function isInside({ x, y }, { width, height }) {
    return x >= 0 && x <= width && y >= 0 && y <= height;
  }

  // {from, to, starts, ends: which of them is in sight} each.
  function inSight(picture, list) {
    const { canvas } = picture;
    const placed = list.filter((flow) => isThere(flow, picture)).map((flow) => ends(flow, picture));
    return placed.map((one) => ({ ...one, begins: isInside(one.from, canvas), ends: isInside(one.to, canvas) })).filter((one) => one.begins || one.ends);
  }

  // Of those that lie on each other one; what is out of sight says nothing.
  function apart(seen, near) {
    const cell = ({ x, y }, isSeen) => (isSeen ? `${Math.round(x / near)} ${Math.round(y / near)}` : "");
    return [...new Map(seen.map((one) => [`${cell(one.from, one.begins)},${cell(one.to, one.ends)}`, one])).values()];
  }

  function drawLine(context, { from, to }, ratio) {
    const bend = Math.min(40 * ratio, Math.abs(to.y - from.y) / 2 + 8 * ratio);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.bezierCurveTo(from.x, from.y + bend, to.x - bend, to.y, to.x, to.y);
    context.stroke();
  }

  function drawHead(context, to, ratio) {
    context.beginPath();
    context.moveTo(to.x, to.y);
    context.lineTo(to.x - 6 * ratio, to.y - 3.5 * ratio);
    context.lineTo(to.x - 6 * ratio, to.y + 3.5 * ratio);
    context.fill();
  }

  function drawDot(context, from, ratio) {
    context.beginPath();
    context.arc(from.x, from.y, 2.2 * ratio, 0, 7);
    context.fill();
  }

  function drawOne(context, one, ratio) {
    drawLine(context, one, ratio);
    drawHead(context, one.to, ratio);
    drawDot(context, one.from, ratio);
  }

  // The end that is in sight, and the way on to the other one.
  function drawStub(context, { from, to, begins }, ratio) {
    const way = Math.sign(to.y - from.y) * STUB * ratio;
    if (begins) {
      drawDot(context, from, ratio);
      drawLine(context, { from, to: { x: from.x, y: from.y + way } }, ratio);
    } else {
      drawHead(context, to, ratio);
      drawLine(context, { from: { x: to.x - STUB * ratio, y: to.y - way }, to }, ratio);
    }
  }

  function prepare(context, { theme, ratio }, alpha) {
    context.strokeStyle = context.fillStyle = theme.colour[alpha < 1 ? "dim" : "mark"];
    context.globalAlpha = alpha;
    context.lineWidth = (alpha < 0.5 ? 1 : 1.3) * ratio;
  }

  function drawLeftOut(context, { canvas, ratio, theme }, count) {
    const text = `${count.toLocaleString("en")} more arrows`;
    context.font = `${Math.round(11 * ratio)}px ${theme.font}`;
    context.textBaseline = "middle";
    const room = context.measureText(text).width + 12 * ratio;
    context.fillStyle = theme.colour.ground;
    context.fillRect(canvas.width - room, canvas.height - 18 * ratio, room, 18 * ratio);
    context.fillStyle = theme.colour.dim;
    context.fillText(text, canvas.width - room + 6 * ratio, canvas.height - 9 * ratio);
  }

  function alphaOf(count) {
    return count <= FEW ? 0.7 : Math.max(LEAST_ALPHA, (0.7 * FEW) / count);
  }

  // How many there are in sight, are drawn, and how strongly.
  function draw(picture, list) {
    const { context, ratio } = picture;
    const seen = inSight(picture, list);
    const drawn = seen.length <= FEW ? seen : apart(seen, NEAR * ratio);
    const alpha = alphaOf(drawn.length);
    prepare(context, picture, alpha);
    for (const one of drawn.slice(0, MOST)) {
      if (seen.length <= FEW || (one.begins && one.ends)) drawOne(context, one, ratio);
      else drawStub(context, one, ratio);
    }
    context.globalAlpha = 1;
    if (drawn.length > MOST) drawLeftOut(context, picture, drawn.length - MOST);
    return { seen: seen.length, drawn: Math.min(drawn.length, MOST), alpha };
  }

  function isOf({ from, to }, span) {
    if (to.track === span.track) return span.depth === 0;
    return from.track === span.track && from.depth >= span.depth && from.time >= span.start && from.time <= span.end;
  }

  // In full, unless they were many again.
  function drawOf(picture, context, list, span) {
    const own = list.filter((flow) => isOf(flow, span) && isThere(flow, picture));
    if (own.length > FEW) return;
    prepare(context, picture, 1);
    for (const flow of own) drawOne(context, ends(flow, picture), picture.ratio);
    context.globalAlpha = 1;
  }

  return { draw, drawOf };
})();
