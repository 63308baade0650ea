// SPDX-License-Identifier: Apache-2.0
//
// annotations.test.mjs: instants and counters, from their bytes to what is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, encodeAnnotations, open, tables } from "../encode.mjs";
import { chunk, Counter, Instant, annotations, Series, Trace } from "../load.mjs";

const INSTANT = 6;
const COUNTER = 7;
const head = (tracks = 1) => {
  const all = tables({ names: ["f (m0.py:1)", "saved", "queue.waiting", "queue.done", "load"], kinds: [1, INSTANT, COUNTER, COUNTER, COUNTER], tracks });
  all.functions.module = ["m", "", "queue", "queue", "load"];
  return all;
};

async function read(parts, tracks = 1) {
  const trace = new Trace(head(tracks));
  for (const part of parts) trace.take(part.form ? annotations.decode(await chunk.unpack(part), trace.names.kind) : Trace.decoded(await chunk.unpack(part), trace.names.kind));
  trace.finish({ chunks: parts.filter((part) => !part.form).length, annotations: parts.filter((part) => part.form).length });
  return trace;
}

for (const codec of [0, 1]) {
  test(`annotations keep their time, text and value, codec ${codec}`, async () => {
    const text = '{"to":"ä€😀"}';
    const trace = await read([encodeAnnotations({ annotations: [[1, 2 ** 52 + 1, text], [2, 2 ** 52 + 2, -0.1], [1, 2 ** 52 + 2, ""]], codec })]);
    assert.deepEqual(trace.tracks[0].instants, [{ number: 1, time: 2 ** 52 + 1, value: text }, { number: 1, time: 2 ** 52 + 2, value: "" }]);
    assert.equal(trace.counters[0].series[0].value[0], -0.1);
    assert.deepEqual(trace.troubles(), []);
  });
}

test("the series of a counter come together, from all threads of its process", async () => {
  const one = encodeAnnotations({ track: 0, annotations: [[2, 10, 1], [3, 10, 5], [2, 30, 3]] });
  const other = encodeAnnotations({ track: 1, annotations: [[2, 20, 2], [4, 20, -7]] });
  const { counters } = await read([one, other], 2);
  assert.deepEqual(counters.map(({ name, series }) => [name, series.map((line) => line.name)]), [["queue", ["waiting", "done"]], ["load", ["load"]]]);
  assert.deepEqual([...counters[0].series[0].value], [1, 2, 3]);
  assert.deepEqual([counters[0].least, counters[0].most, counters[1].least, counters[1].most], [0, 5, -7, 0]);
});

test("the value of a series is the last one that was told", () => {
  const series = new Series(0, "x", [5, 10, 20].map((time) => ({ time, value: time / 5 })));
  assert.deepEqual([4, 5, 9, 10, 100].map((time) => series.at(time)), [-1, 0, 0, 1, 2]);
});

test("least and greatest of any stretch are those of its values", () => {
  const values = Array.from({ length: 1000 }, (_, i) => Math.round(1000 * Math.sin(i * i)));
  const series = new Series(0, "x", values.map((value, time) => ({ time, value })));
  for (const [from, to] of [[0, 1000], [1, 999], [63, 65], [64, 128], [500, 500], [7, 8]]) {
    const part = values.slice(from, to);
    assert.deepEqual(series.range(from, to), [Math.min(...part), Math.max(...part)]);
  }
});

test("what is no number breaks no scale", () => {
  const counter = new Counter(0, "x", [new Series(0, "x", [NaN, Infinity, 3].map((value, time) => ({ time, value })))]);
  assert.deepEqual([counter.least, counter.most], [0, 3]);
});

test("an instant says what was told, whatever that is, and the call around it", async () => {
  const calls = encodeChunk({ events: [[open(0), 1], [0, 100]] });
  const texts = ['{"a":1,"b":"x","c":[1,2]}', "[1]", "{broken", "", '"x"'];
  const trace = await read([calls, encodeAnnotations({ annotations: texts.map((text, i) => [1, 10 + i, text]) })]);
  const facts = texts.map((_, i) => new Instant(trace.tracks[0], i).facts);
  assert.deepEqual(facts, [[["a", "1"], ["b", "x"], ["c", "[1,2]"]], [["text", "[1]"]], [["text", "{broken"]], [], [["text", '"x"']]]);
  assert.equal(new Instant(trace.tracks[0], 0).call.start, 1);
});

test("no cut and no flipped byte throws, and each is noticed or harmless", async () => {
  const whole = encodeAnnotations({ annotations: Array.from({ length: 50 }, (_, i) => (i % 2 ? [1, i * 1000, "text " + i] : [2, i * 1000, i])) });
  for (let size = 1; size < whole.length; size++) {
    const piece = await chunk.read(whole.subarray(0, size).toString("base64"), (await read([])).names.kind, "annotations");
    assert.ok(piece === null || piece.broken, `cut at ${size}`);
  }
  for (let at = 0; at < whole.length; at++) {
    const bad = Buffer.from(whole);
    bad[at] ^= 0xff;
    await chunk.read(bad.toString("base64"), (await read([])).names.kind, "annotations");
  }
});
