// SPDX-License-Identifier: Apache-2.0
//
// raster.js: one level as a row of pixels.  Each column learns how much of it is
// covered and which function covers most of it, so that sparse looks unlike
// dense and no span is lost, however small.  The pyramid of the level bounds the
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

    // Without a time of its own something is there all the same.
    add(column, amount, who) {
      this.cover[column] += amount || 1e-6;
      if (amount >= this.most[column]) {
        this.most[column] = amount;
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

  function addBox(row, left, right, i, who, boxes) {
    const begin = Math.max(0, Math.round(left));
    const end = Math.min(row.width, Math.round(right) - 1);
    if (end <= begin) return;
    row.fill(begin, end, who);
    if (boxes) boxes.push(begin, end, i);
  }

  // One small span, or many within a column: of left to right, busy is covered.
  function addSmall(row, left, right, busy, who) {
    const first = left < 0 ? 0 : left | 0;
    const last = right >= row.width ? row.width - 1 : right | 0;
    if (first >= last) {
      if (first === last) row.add(first, busy, who);
      return;
    }
    const density = busy / (right - left);
    row.add(first, (first + 1 - Math.max(left, first)) * density, who);
    for (let column = first + 1; column < last; column++) row.add(column, density, who);
    row.add(last, (Math.min(right, last + 1) - last) * density, who);
  }

  // The highest tier, none above most, whose node starts with span i, ends
  // before span behind and is no wider than a column; -1 for none.
  function tierAt({ start, end, pyramid }, i, behind, width, most) {
    const zeros = i === 0 ? 32 : 31 - Math.clz32(i & -i);
    for (let n = Math.min(most, (zeros - Level.FAN_SHIFT) >> 1); n >= 0; n--) {
      const next = i + Level.span(n);
      if (next <= behind && i / Level.span(n) < pyramid[n].count && end[next - 1] - start[i] <= width) return n;
    }
    return -1;
  }

  // Draw what the level has in [from, to] over the whole width of row.  boxes
  // gets (first column, column behind, span) for each that is wide.  Going one
  // tier up at a time finds the right tier in a step or two.
  function draw(row, level, from, to, boxes) {
    row.clear();
    add(row, level, from, to, boxes);
  }

  // The same, over what the row has.
  function add(row, level, from, to, boxes) {
    const scale = row.width / (to - from);
    const { start, end, word, pyramid } = level;
    const behind = level.firstStartingAt(to);
    let n = -1;
    for (let i = level.firstEndingAfter(from); i < behind;) {
      n = tierAt(level, i, behind, 1 / scale, Math.min(n + 1, pyramid.length - 1));
      if (n >= 0) {
        const tier = pyramid[n];
        const node = i >> (Level.FAN_SHIFT + 2 * n);
        const next = i + Level.span(n);
        addSmall(row, (start[i] - from) * scale, (end[next - 1] - from) * scale, tier.busy[node] * scale, tier.who[node]);
        i = next;
        continue;
      }
      const left = (start[i] - from) * scale;
      const right = (end[i] - from) * scale;
      if (level.busy) addSmall(row, left, right, level.busy[i] * scale, word[i] >>> 6);
      else if (right - left < BOX) addSmall(row, left, right, right - left, word[i] >>> 6);
      else addBox(row, left, right, i, word[i] >>> 6, boxes);
      i++;
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

  return { Row, draw, add, resolve };
})();
