// SPDX-License-Identifier: Apache-2.0
//
// totals.test.mjs: the sums by function, against sums made the plain way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Names, search, Span, Totals, Trace } from "../load.mjs";
import { chunks, program } from "../random.mjs";

async function traceOf(parts, head) {
  const trace = new Trace(head);
  for (const part of parts) trace.add(await chunk.unpack(part));
  trace.finish({ chunks: parts.length });
  return trace;
}

function plainTotals(spans, functions, from, to) {
  const sums = Array.from({ length: functions }, () => ({ spans: 0, self: 0, total: 0, min: Infinity, max: 0 }));
  const part = (span) => Math.max(0, Math.min(span.end, to) - Math.max(span.start, from));
  for (const span of spans) {
    if (part(span) === 0) continue;
    const sum = sums[span.function];
    const isNested = (outer) => outer !== null && (outer.function === span.function || isNested(outer.parent));
    sum.spans++;
    sum.self += part(span);
    if (span.parent) sums[span.parent.function].self -= part(span);
    if (!isNested(span.parent)) sum.total += part(span);
    sum.min = Math.min(sum.min, span.end - span.start);
    sum.max = Math.max(sum.max, span.end - span.start);
  }
  return sums;
}

const made = [1, 2].map((seed) => program({ seed, calls: 4000, functions: 12 }));
const parts = made.flatMap(({ events }, track) => chunks(events, { track, size: 900 }));
const head = tables({ functions: 12, tracks: 2 });

for (const [from, to] of [[-Infinity, Infinity], [20000, 60000], [12345, 12400]]) {
  test(`calls, self, total, min and max between ${from} and ${to}`, async () => {
    const trace = await traceOf(parts, head);
    const totals = Totals.of(trace, from, to);
    const want = plainTotals(made.flatMap(({ spans }) => spans), 12, from, to);
    want.forEach((sum, i) => {
      const got = { spans: totals.spans[i], self: totals.self[i], total: totals.total[i], min: totals.min[i], max: totals.max[i] };
      assert.deepEqual(got, sum, "function " + i);
    });
    const self = totals.self.reduce((sum, one) => sum + one, 0);
    assert.equal(self, totals.time);
  });
}

test("the tracer's own work is nobody's time", async () => {
  const names = tables({ names: ["outer", "inner", "(tracer)"], kinds: [Names.PYTHON, Names.PYTHON, Names.TRACER] });
  const events = [[open(0), 0], [open(1), 10], [open(2), 20], [0, 50], [0, 60], [0, 100]];
  const trace = await traceOf([encodeChunk({ events })], names);
  const totals = Totals.of(trace);
  assert.deepEqual([...totals.self].slice(0, 3), [50, 20, 30]);
  assert.deepEqual([...totals.total].slice(0, 2), [70, 20]);
  assert.equal(totals.time, 70);
});

test("self of one call is its time without those inside", async () => {
  const trace = await traceOf(parts, head);
  const [track] = trace.tracks;
  made[0].spans.filter((_, i) => i % 53 === 0).forEach((want) => {
    const span = Span.at(track, want.depth, want.start);
    const inside = made[0].spans.filter((one) => one.parent === want).reduce((sum, one) => sum + one.end - one.start, 0);
    assert.equal(span.self, want.end - want.start - inside);
    assert.equal(span.inside.reduce((sum, one) => sum + one.total, 0), inside);
  });
});

test("going from hit to hit meets every one once, in order, and goes round", async () => {
  const trace = await traceOf(parts, head);
  const wanted = new Uint8Array(13);
  wanted[5] = 1;
  const starts = made.map(({ spans }) => spans.filter((span) => span.function === 5).map((span) => span.start));
  const want = starts.flat();
  for (const [step, order] of [[1, want], [-1, [...want].reverse()]]) {
    const got = [];
    let span = null;
    for (let i = 0; i < want.length; i++) got.push((span = search.next(trace.tracks, span, wanted, step)).start);
    assert.deepEqual(got, order);
    assert.equal(search.next(trace.tracks, span, wanted, step).start, order[0]);
  }
});

test("the slowest call of a function is found", async () => {
  const trace = await traceOf(parts, head);
  for (let number = 0; number < 12; number++) {
    const own = made.flatMap(({ spans }) => spans).filter((span) => span.function === number);
    const found = search.slowest(trace.tracks, number, -Infinity, Infinity);
    assert.equal(found.duration, Math.max(...own.map((span) => span.end - span.start)));
  }
});

test("a mean is the nearest nanosecond, as in the report", async () => {
  const events = [[open(0), 0], [0, 2], [open(0), 10], [0, 13]];
  const trace = await traceOf([encodeChunk({ events })], tables({ functions: 1 }));
  assert.equal(Totals.of(trace).mean(0), 3);
});

test("what had begun before the recording, as at a fork, is no step", async () => {
  const parts = [encodeChunk({ events: [[open(0), 0], [open(1), 10], [2, 20], [open(1, 1), 30], [0, 40], [0, 90]] }), encodeChunk({ track: 1, events: [[open(0, 3), 50], [0, 80]] })];
  const totals = Totals.of(await traceOf(parts, tables({ functions: 2, tracks: 2 })));
  assert.deepEqual([0, 1].map((number) => [totals.calls[number], totals.steps(number), totals.spans[number]]), [[1, 1, 2], [1, 2, 2]]);
  assert.equal(totals.mean(0), 60);
});
