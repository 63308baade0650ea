// SPDX-License-Identifier: Apache-2.0
//
// waitstrip.js: a strip below the calls of each thread of which it is known when it
// was on the CPU: each column of pixels is filled, from below, by what share of its
// time the thread was on it, waited for the GIL, was in a blocking call, preempted or
// blocked.  In device pixels.
"use strict";

const waitstrip = (() => {
  // Kinds from below, 0 for the CPU; the rest is the ground.
  const SHOWN = [0, WaitList.GIL, WaitList.STOPPED, WaitList.PREEMPTED, WaitList.CALL, WaitList.BLOCKED];

  // Add [from, to), in pixels, to sums, a share of each of them.
  function cover(sums, from, to) {
    from = Math.max(0, from);
    to = Math.min(sums.length, to);
    if (!(to > from)) return;
    const [first, last] = [Math.floor(from), Math.ceil(to) - 1];
    if (first === last) return (sums[first] += to - from);
    sums[first] += first + 1 - from;
    for (let x = first + 1; x < last; x++) sums[x]++;
    sums[last] += to - last;
  }

  // What each column of pixels has of each kind; [0] of a thread that is there at all.
  function sumsOf(picture, tracks) {
    const { from, to } = picture.view;
    const sums = Array.from({ length: WaitList.KINDS }, () => new Float32Array(picture.canvas.width));
    for (const track of tracks) {
      if (!track.waits.isKnown) continue;
      cover(sums[0], picture.toX(track.from), picture.toX(track.to));
      addWaits(picture, track.waits, from, to, sums);
    }
    return sums;
  }

  // Off the CPU inside of another wait counts as that.
  function addWaits(picture, waits, from, to, sums) {
    const { kind, start, end } = waits;
    let until = -Infinity;
    for (let i = waits.first(from); i < waits.count && start[i] < to; i++) {
      if (end[i] <= from || (WaitList.isOff(kind[i]) && start[i] < until)) continue;
      if (!WaitList.isOff(kind[i])) until = Math.max(until, end[i]);
      cover(sums[kind[i]], picture.toX(start[i]), picture.toX(end[i]));
    }
  }

  function paint(picture, sums, height) {
    const { theme } = picture;
    const { width } = picture.canvas;
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const word = (name) => (theme.word(name) | 0xff000000) >>> 0;
    const colours = SHOWN.map((kind) => word("wait-" + WaitList.COLOURS[kind]));
    for (let x = 0; x < width; x++) {
      const there = sums[0][x];
      if (!there) continue;
      const off = sums.reduce((sum, one, kind) => (kind ? sum + one[x] : 0), 0);
      let below = 0;
      SHOWN.forEach((kind, n) => {
        const share = kind ? sums[kind][x] : Math.max(0, there - off);
        const above = below + share / Math.max(there, off);
        for (let y = Math.round(below * height); y < Math.round(above * height); y++) pixels[(height - 1 - y) * width + x] = colours[n];
        below = above;
      });
    }
    return image;
  }

  // Over the lines of the ground.
  function put(picture, image, y) {
    const scratch = picture.strip || (picture.strip = document.createElement("canvas"));
    scratch.width = image.width;
    scratch.height = image.height;
    scratch.getContext("2d").putImageData(image, 0, 0);
    picture.context.drawImage(scratch, 0, y);
  }

  function draw(picture, items) {
    const height = Math.max(1, Math.round((Layout.WAITS - 2) * picture.ratio));
    for (const item of items) {
      if (item.kind !== "track" || !item.waitsY) continue;
      const y = picture.toY(item.waitsY);
      if (y + height > 0 && y < picture.canvas.height) put(picture, paint(picture, sumsOf(picture, picture.tracksInView(item)), height), y);
    }
  }

  return { draw, cover };
})();
