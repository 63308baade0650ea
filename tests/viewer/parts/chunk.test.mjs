// SPDX-License-Identifier: Apache-2.0
//
// chunk.test.mjs: what a chunk's bytes become.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Names, Span, Trace } from "../load.mjs";
import { chunks, program } from "../random.mjs";

async function read(parts, head = tables({ functions: 20 })) {
  const trace = new Trace(head);
  for (const part of parts) trace.add(await chunk.unpack(part).catch(() => null));
  trace.finish({ chunks: parts.length });
  return trace;
}

function spansOf(track) {
  const list = track.levels.flatMap((level) => Array.from({ length: level.count }, (_, i) => new Span(track, level.depth, i)));
  return list.sort((one, other) => one.start - other.start);
}

for (const codec of [0, 1]) {
  test(`every call is read with its time, depth and parent, codec ${codec}`, async () => {
    const { events, spans } = program({ seed: 5, calls: 5000 });
    const trace = await read(chunks(events, { size: 700, codec }));
    const got = spansOf(trace.tracks[0]);
    assert.equal(got.length, spans.length);
    got.forEach((span, i) => {
      const want = spans[i];
      assert.deepEqual([span.function, span.start, span.end, span.depth], [want.function, want.start, want.end, want.depth]);
      assert.equal(span.parent ? span.parent.start : null, want.parent ? want.parent.start : null);
    });
    assert.equal(trace.calls, 5000);
    assert.deepEqual(trace.troubles(), []);
  });
}

test("a thread is seen before the next one is there, and part of a long one", async () => {
  const made = [1, 2].map((seed) => program({ seed, calls: 3000 }));
  const trace = new Trace(tables({ functions: 20, tracks: 2 }));
  const spans = (number) => spansOf(trace.tracks[number]).length;
  const seen = [];
  for (const [number, { events }] of made.entries()) {
    for (const part of chunks(events, { track: number, size: 1000 })) {
      trace.add(await chunk.unpack(part));
      seen.push(trace.look() && [spans(0), spans(1)]);
    }
  }
  const [first, ...rest] = seen.filter(Boolean);
  assert.ok(first[0] > 0 && first[0] < 3000 && first[1] === 0, "the first chunk: " + first);
  assert.ok(rest.some(([whole, other]) => whole === 3000 && other > 0 && other < 3000), "the first thread: " + rest);
  assert.ok(seen.includes(false), "not every chunk is worth a copy of all");
  trace.finish({ chunks: seen.length });
  assert.deepEqual([spans(0), spans(1)], [3000, 3000]);
});

test("times and numbers past 32 bits are exact", async () => {
  const begin = 2 ** 52 + 1;
  const trace = await read([encodeChunk({ begin, events: [[open(3), begin], [0, begin + 2 ** 40 + 1]] })]);
  const [span] = spansOf(trace.tracks[0]);
  assert.equal(span.start, begin);
  assert.equal(span.duration, 2 ** 40 + 1);
});

test("a call is marked with how it began and ended", async () => {
  const ends = [[1, 0], [2, 1], [3, 2], [0, 5]];
  const events = ends.flatMap(([how, end], n) => [[open(0, how), n * 10], [end, n * 10 + 5]]);
  const got = spansOf((await read([encodeChunk({ events })])).tracks[0]);
  assert.deepEqual(got.map((span) => [span.how, span.closed]), ends);
  assert.deepEqual(got[3].remarks, ["ended with an exception that is no error, such as StopIteration"]);
});

test("only calls are counted as calls, not resumptions, named spans and the tracer's work", async () => {
  const head = tables({ names: ["f", "tracer", "span"], kinds: [Names.PYTHON, Names.TRACER, Names.SPAN] });
  const events = [[open(0), 1], [open(1), 2], [0, 3], [2, 4], [open(0, 1), 5], [0, 6], [open(2), 7], [0, 8]];
  const trace = await read([encodeChunk({ events })], head);
  assert.equal(trace.calls, 1);
  assert.equal(trace.spans, 4);
});

test("a gap keeps its begin and end, and what ends inside it", async () => {
  const events = [[open(0), 1], [open(1), 5], [8, 10], [3, 12], [9, 20], [0, 30]];
  const { tracks, ...trace } = await read([encodeChunk({ events })]);
  assert.deepEqual(tracks[0].gaps, [[10, 20]]);
  assert.deepEqual(spansOf(tracks[0]).map((span) => span.end), [30, 12]);
  assert.ok(trace);
});

test("a recording that breaks off leaves its open calls unfinished", async () => {
  const trace = await read([encodeChunk({ events: [[open(0), 1], [open(1), 5], [0, 9], [open(2), 11]] })]);
  const got = spansOf(trace.tracks[0]);
  assert.deepEqual(got.map((span) => [span.function, span.end, span.closed]), [[0, 11, 4], [1, 9, 0], [2, 11, 4]]);
});

test("a missing chunk costs only itself", async () => {
  const { events, spans } = program({ seed: 9, calls: 3000 });
  const parts = chunks(events, { size: 500 });
  const trace = await read([...parts.slice(0, 2), ...parts.slice(3)]);
  const last = parts.length - 1;
  const since = events[last * 500][1];
  const want = spans.filter((span) => span.start >= since).length;
  assert.equal(spansOf(trace.tracks[0]).filter((span) => span.start >= since).length, want);
  for (const level of trace.tracks[0].levels) {
    for (let i = 1; i < level.count; i++) assert.ok(level.start[i] >= level.end[i - 1], "calls of a level overlap");
  }
});

test("calls further out than a chunk tells are there, without names", async () => {
  const trace = await read([encodeChunk({ begin: 50, stack: [[2, 40, 0]], hidden: 2, events: [[0, 60], [0, 70], [0, 80]] })]);
  const got = spansOf(trace.tracks[0]);
  assert.deepEqual(got.map((span) => span.depth), [0, 1, 2]);
  assert.equal(trace.names.full[got[0].function], "(calls further out)");
  assert.equal(got[2].function, 2);
});

test("no cut and no flipped byte throws or hangs, and each is noticed or harmless", async () => {
  const { events } = program({ seed: 3, calls: 200 });
  const [whole] = chunks(events, { size: 1000 });
  for (let size = 1; size < whole.length; size += 7) {
    const trace = await read([whole.subarray(0, size)]);
    assert.equal(trace.broken, 1, `cut at ${size}`);
  }
  for (let at = 0; at < whole.length; at += 5) {
    const bad = Buffer.from(whole);
    bad[at] ^= 0xff;
    const trace = await read([bad]);
    for (const level of trace.tracks[0].levels) assert.ok(!level.open);
  }
});

test("a number that is longer than it needs to be is damage, to all who count", async () => {
  const plain = encodeChunk({ events: [[open(0), 1], [0, 2], [open(1), 3], [0, 4]] });
  const long = Buffer.from([...plain.subarray(0, 6), plain[6] + 1, ...plain.subarray(7)]); // tokens are a byte more
  const at = long.indexOf(Buffer.from([16, 0, 20, 0]));
  assert.ok(at > 0 && plain[6] === 4, "the chunk is as it was");
  const trace = await read([Buffer.concat([long.subarray(0, at + 1), Buffer.from([0x80, 0]), long.subarray(at + 2)])]);
  assert.equal(trace.broken, 1);
});

test("a codec that is not known is said, not guessed", async () => {
  const trace = await read([Buffer.from([7, 1, 2, 3])]);
  assert.equal(trace.broken, 1);
  assert.match(trace.troubles()[0], /1 of 1 pieces/);
});
