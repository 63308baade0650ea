// SPDX-License-Identifier: Apache-2.0
//
// level.test.mjs: finding calls in a level, its pyramid, and its row of pixels.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Level, raster } from "../load.mjs";
import { random } from "../random.mjs";

function level(count, { seed = 1, gap = 20, length = 30 } = {}) {
  const next = random(seed);
  const made = new Level(0);
  let now = 0;
  for (let i = 0; i < count; i++) {
    now += 1 + Math.floor(next() * gap);
    made.push(now, Math.floor(next() * 8) << Level.FUNCTION_SHIFT);
    now += 1 + Math.floor(next() * length);
    made.close(now, 0);
    if (i % 97 === 0) made.raise();
  }
  made.raise();
  return made;
}

const durations = (of, from, to) => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += of.end[i] - of.start[i];
  return sum;
};

test("the call at a time is found, and none between calls", () => {
  const one = level(1000);
  for (let i = 0; i < one.count; i += 37) {
    assert.equal(one.at(one.start[i]), i);
    assert.equal(one.at(one.end[i] - 1), i);
    assert.notEqual(one.at(one.end[i]), i);
  }
  assert.equal(one.at(0), -1);
});

test("the pyramid's sums are those of the calls", () => {
  const one = level(5000);
  for (const [from, to] of [[0, 5000], [1, 4999], [17, 18], [64, 1088], [255, 257], [4, 4]]) {
    assert.equal(one.busyBetween(from, to), durations(one, from, to), `${from}..${to}`);
  }
});

test("a node knows the longest of its calls", () => {
  const one = level(4096);
  one.pyramid.forEach((tier, n) => {
    const size = Level.span(n);
    for (let node = 0; node < tier.count; node++) {
      const first = node * size;
      const own = Array.from({ length: size }, (_, i) => one.end[first + i] - one.start[first + i]);
      assert.equal(tier.most[node], Math.max(...own));
      assert.equal(tier.who[node], one.functionOf(first + own.indexOf(tier.most[node])));
    }
  });
});

test("a call that is still open is in no node", () => {
  const one = level(63);
  one.push(1e6, 0);
  one.raise();
  assert.equal(one.pyramid[0].count, 3);
  one.close(1e6 + 5, 0);
  one.raise();
  assert.equal(one.pyramid[0].count, 4);
  assert.equal(one.pyramid[1].count, 1);
});

test("what a row covers is the time of its calls, at every zoom", () => {
  const one = level(40000);
  const end = one.end[one.count - 1];
  for (const width of [7, 100, 1392]) {
    for (const share of [1, 0.5, 0.05]) {
      const row = new raster.Row(width);
      const [from, to] = [end * 0.3 * (1 - share), end * (0.3 * (1 - share) + share)];
      raster.draw(row, one, from, to, null);
      const covered = row.cover.reduce((sum, part) => sum + part, 0) * ((to - from) / width);
      let want = 0;
      for (let i = 0; i < one.count; i++) want += Math.max(0, Math.min(one.end[i], to) - Math.max(one.start[i], from));
      assert.ok(Math.abs(covered - want) < want * 0.01, `${width} columns, ${share}: ${covered} for ${want}`);
    }
  }
});

test("no call is too short to be seen", () => {
  const one = new Level(0);
  one.push(500000, 3 << Level.FUNCTION_SHIFT);
  one.close(500001, 0);
  const row = new raster.Row(100);
  raster.draw(row, one, 0, 1000000, null);
  const pixels = new Uint32Array(100);
  raster.resolve(row, new Uint32Array(8).fill(0x123456), pixels, 0);
  assert.equal(pixels.filter(Boolean).length, 1);
  assert.ok(pixels[50] >>> 24 >= 64, "too faint: " + (pixels[50] >>> 24));
});

test("dense looks unlike sparse", () => {
  const alpha = (gap, length) => {
    const one = level(20000, { gap, length });
    const row = new raster.Row(100);
    raster.draw(row, one, 0, one.end[one.count - 1], null);
    const pixels = new Uint32Array(100);
    raster.resolve(row, new Uint32Array(8), pixels, 0);
    return pixels[50] >>> 24;
  };
  assert.ok(alpha(1, 100) > 240);
  assert.ok(alpha(100, 1) < 100);
});

test("wide calls are boxes apart from each other, with their place told", () => {
  const one = new Level(0);
  for (const [start, end] of [[0, 50], [50, 100]]) {
    one.push(start, 0);
    one.close(end, 0);
  }
  const row = new raster.Row(100);
  const boxes = [];
  raster.draw(row, one, 0, 100, boxes);
  assert.deepEqual(boxes, [0, 49, 0, 50, 99, 1]);
  assert.equal(row.cover[49], 0);
});

test("the same recording gives the same pixels everywhere", () => {
  const one = level(30000, { seed: 42 });
  const colours = Uint32Array.from({ length: 8 }, (_, i) => i * 0x1f2f3f);
  const row = new raster.Row(1200);
  const pixels = new Uint32Array(1200 * 3);
  [1, 0.2, 0.001].forEach((share, i) => {
    raster.draw(row, one, 0, one.end[one.count - 1] * share, null);
    raster.resolve(row, colours, pixels, i * 1200);
  });
  const hash = createHash("sha256").update(new Uint8Array(pixels.buffer)).digest("hex");
  assert.equal(hash.slice(0, 16), "36122af3c713c195");
});
