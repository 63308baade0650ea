// SPDX-License-Identifier: Apache-2.0
//
// raster.js: one lane as a row of pixels.  Each column learns how much of it is
// covered and which function covers most of it, so that sparse looks unlike
// dense and no span is lost, however small.  The pyramid of the lane bounds the
// work by the width.  No DOM.
"use strict";

const raster = (() => {
  const NOBODY = -1;

  class Row {
    constructor(width) {
      this.width = width;
      this.cover = new Float32Array(width);
      this.most = new Float32Array(width);
      this.who = new Int32Array(width);
    }

    clear() {
      this.cover.fill(0);
      this.most.fill(0);
      this.who.fill(NOBODY);
    }

    add(column, amount, longest, who) {
      this.cover[column] += amount;
      if (longest > this.most[column]) {
        this.most[column] = longest;
        this.who[column] = who;
      }
    }

    fill(from, to, who) {
      this.cover.fill(1, from, to);
      this.most.fill(1, from, to);
      this.who.fill(who, from, to);
    }
  }

  // A span that is wider than this many columns is drawn as a box with sharp
  // edges and a column of background behind it, and is given to boxes.
  const BOX = 3;

  function addSpan(row, lane, i, from, scale, boxes) {
    const left = (lane.start[i] - from) * scale;
    const right = (lane.end[i] - from) * scale;
    if (right - left < BOX) addSmall(row, left, right, right - left, lane.functionOf(i));
    else addBox(row, left, right, i, lane.functionOf(i), boxes);
  }

  function addBox(row, left, right, i, who, boxes) {
    const begin = Math.max(0, Math.round(left));
    const end = Math.min(row.width, Math.round(right) - 1);
    if (end <= begin) return;
    row.fill(begin, end, who);
    if (boxes) boxes.push(begin, end, i);
  }

  // At most BOX columns wide, or many small ones within less than a column:
  // busy of it is covered, spread evenly.
  function addSmall(row, left, right, busy, who) {
    const first = Math.max(0, Math.floor(left));
    const last = Math.min(row.width - 1, Math.floor(right));
    if (first > last) return;
    busy = Math.max(busy, 1e-6);
    if (first === last) return row.add(first, busy, busy, who);
    const density = busy / (right - left);
    for (let column = first; column <= last; column++) {
      const part = (Math.min(right, column + 1) - Math.max(left, column)) * density;
      if (part > 0) row.add(column, part, part, who);
    }
  }

  // The highest level whose node begins with span i, ends before span to and is
  // narrower than a column; -1 for none.
  function levelAt(lane, i, to, scale) {
    let n = -1;
    while (n + 1 < lane.levels.length && lane.hasNode(n + 1, i, to)) {
      const last = i + (1 << (4 * n + 8)) - 1;
      if ((lane.end[last] - lane.start[i]) * scale > 1) break;
      n++;
    }
    return n;
  }

  function addNode(row, lane, n, i, from, scale) {
    const size = 1 << (4 * n + 4);
    const level = lane.levels[n];
    const left = (lane.start[i] - from) * scale;
    const right = (lane.end[i + size - 1] - from) * scale;
    addSmall(row, left, right, level.busy[i / size] * scale, lane.functionOf(level.longest[i / size]));
    return size;
  }

  // Draw what the lane has in [from, to] over the whole width of row.  boxes
  // gets (first column, column behind, span) for each that is wide.
  function draw(row, lane, from, to, boxes) {
    const scale = row.width / (to - from);
    row.clear();
    const behind = lane.firstStartingAt(to);
    for (let i = lane.firstEndingAfter(from); i < behind;) {
      const n = (i & 15) === 0 ? levelAt(lane, i, behind, scale) : -1;
      if (n < 0) addSpan(row, lane, i++, from, scale, boxes);
      else i += addNode(row, lane, n, i, from, scale);
    }
  }

  const FAINTEST = 0.28;

  // The row as pixels (ABGR words) at offset of out; colours is 0xBBGGRR by
  // function.
  function resolve(row, colours, out, offset) {
    for (let x = 0; x < row.width; x++) {
      const cover = row.cover[x];
      if (cover === 0) {
        out[offset + x] = 0;
        continue;
      }
      const alpha = cover >= 1 ? 255 : Math.round(255 * (FAINTEST + (1 - FAINTEST) * cover));
      out[offset + x] = ((alpha << 24) | colours[row.who[x]]) >>> 0;
    }
  }

  return { Row, draw, resolve };
})();
