// SPDX-License-Identifier: Apache-2.0
//
// outliers.test.mjs: durations, the calls that stand out, and the flame graph.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Durations, Flame, Histogram, Names, outliers, Span, Distribution, Totals, Trace, Overhead } from "../load.mjs";
import { chunks, program } from "../random.mjs";

async function traceOf(parts, head) {
  const trace = new Trace(head);
  for (const part of parts) trace.add(await chunk.unpack(part));
  trace.finish({ chunks: parts.length });
  return trace;
}

const made = program({ seed: 11, calls: 6000, functions: 9 });
const madeParts = chunks(made.events, { size: 2000 });
const isNested = (span) => {
  for (let outer = span.parent; outer; outer = outer.parent) if (outer.function === span.function) return true;
  return false;
};

test("percentiles are those of the sorted durations", async () => {
  const trace = await traceOf(madeParts, tables({ functions: 9 }));
  const durations = new Durations(trace, Totals.of(trace));
  for (let number = 0; number < 9; number++) {
    const own = made.spans.filter((span) => span.function === number);
    const sorted = own.map((span) => span.end - span.start).sort((one, other) => one - other);
    assert.deepEqual([...durations.of(number).sorted()], sorted);
    for (const share of [0.5, 0.95, 0.99, 1]) assert.equal(durations.quantile(number, share), sorted[Math.ceil(share * sorted.length) - 1]);
    const outer = own.filter((span) => !isNested(span)).map((span) => span.end - span.start);
    assert.deepEqual([...durations.outermost(number).sorted()], outer.sort((one, other) => one - other));
  }
});

// 200 calls of f0, each with one of f1; call 77 waits in f2 below f1.
function sporadic() {
  const events = [];
  let now = 0;
  for (let i = 0; i < 200; i++) {
    events.push([open(0), (now += 10)], [open(1), (now += 50 + (i % 7))]);
    if (i === 77) events.push([open(2), (now += 5)], [0, (now += 50000)]);
    events.push([0, (now += 100 + (i % 5))], [0, (now += 20)]);
  }
  return encodeChunk({ events });
}

test("a slow call is found with what took the time", async () => {
  const trace = await traceOf([sporadic()], tables({ functions: 3 }));
  const durations = new Durations(trace, Totals.of(trace));
  const [slow] = outliers.slowest(trace.tracks, 0, 5);
  assert.equal(slow.index, 77);
  const usual = outliers.nearest(trace.tracks, 0, durations.quantile(0, 0.5));
  const [first] = outliers.differences(slow, usual);
  assert.equal(first.function, 1);
  assert.ok(first.extra >= 50000 && first.extra < 50020);
  assert.deepEqual(outliers.path(slow, 50000).map((span) => span.function), [0, 1, 2]);
});

test("the rows are those of the page, and of an older one there are none", () => {
  const row = { function: 1, calls: 200, slow_calls: 1, threshold_ns: 40000, lost_ns: 50000, usual_ns: 150, worst_ns: 50150, cause: "why", seen_by: [0] };
  assert.deepEqual(outliers.told({ slow: [row] }), [{ number: 1, calls: 200, slow: 1, threshold: 40000, lost: 50000, median: 150, slowest: 50150, cause: "why", seenBy: [0] }]);
  assert.deepEqual(outliers.told({ slow: [] }), []);
  assert.equal(outliers.told({}), null);
  assert.equal(outliers.told(null), null);
});

test("in an area the rows count the slow calls that run in it, most time lost first", async () => {
  const trace = await traceOf(madeParts, tables({ functions: 9 }));
  const rows = Array.from({ length: 9 }, (_, number) => ({ number, threshold: 200 + 50 * number, median: 20, slow: 0, lost: 0 }));
  for (const [from, to] of [[-Infinity, Infinity], [30000, 70000], [-9, -5]]) {
    const want = rows.map((row) => {
      const slow = made.spans.filter((span) => span.function === row.number && !isNested(span) && span.end - span.start >= row.threshold && span.start < to && span.end > from);
      return [row.number, slow.length, slow.reduce((sum, span) => sum + span.end - span.start - 20, 0)];
    });
    const found = outliers.within(trace.tracks, rows, from, to).map(({ number, slow, lost }) => [number, slow, lost]);
    assert.deepEqual(found, want.filter(([, slow]) => slow).sort((one, other) => other[2] - one[2]));
  }
});

test("the slowest calls come slowest first", async () => {
  const trace = await traceOf(madeParts, tables({ functions: 9 }));
  const own = made.spans.filter((span) => span.function === 2 && !isNested(span)).map((span) => span.end - span.start);
  const want = own.sort((one, other) => other - one).slice(0, 25);
  assert.deepEqual(outliers.slowest(trace.tracks, 2, 25).map((span) => span.duration), want);
});

test("a histogram counts every call once, and the scale holds them all", () => {
  const sorted = Float64Array.from({ length: 5000 }, (_, i) => 20 + i ** 2).sort();
  const { counts, least, ratio } = Histogram.count(new Distribution([sorted]));
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 5000);
  assert.equal(least, 20);
  assert.ok(Math.abs(least * Math.exp(ratio * counts.length) - sorted[4999]) < 1);
  assert.equal(Histogram.count(new Distribution([Float64Array.of(5, 5, 5)])).counts[0], 3);
});

test("the tracer's work is found in any stretch, whatever was asked before", () => {
  const overhead = new Overhead();
  const stretches = [[10, 20], [50, 55], [100, 200], [300, 301]];
  for (const [start, end] of stretches) overhead.add(start, end);
  for (let from = 0; from < 320; from += 13) {
    for (let to = from; to < 330; to += 17) {
      const want = stretches.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);
      assert.equal(overhead.within(from, to), want, `${from}..${to}`);
    }
  }
});

test("a call is not blamed for the tracer's work inside it", async () => {
  const names = tables({ names: ["f", "(tracer)"], kinds: [Names.PYTHON, Names.TRACER] });
  const events = [];
  for (let i = 0; i < 50; i++) {
    events.push([open(0), i * 10000]);
    if (i === 30) events.push([open(1), i * 10000 + 10], [0, i * 10000 + 8010]);
    events.push([0, i * 10000 + (i === 30 ? 8100 : 100)]);
  }
  const trace = await traceOf([encodeChunk({ events })], names);
  const durations = new Durations(trace, Totals.of(trace));
  assert.equal(durations.quantile(0, 1), 100);
  assert.deepEqual(outliers.within(trace.tracks, [{ number: 0, threshold: 200, median: 100 }], -Infinity, Infinity), []);
});

test("what was different is told without the tracer's work", async () => {
  const names = tables({ names: ["f", "g", "(tracer)"], kinds: [Names.PYTHON, Names.PYTHON, Names.TRACER] });
  const call = (at, inside, overhead) => [[open(0), at], [open(1), at + 10], [open(2), at + 20], [0, at + 20 + overhead], [0, at + 20 + overhead + inside], [0, at + 30 + overhead + inside]];
  const trace = await traceOf([encodeChunk({ events: [...call(0, 50, 1), ...call(1000000, 9000, 40000)] })], names);
  const [usual, slow] = [0, 1].map((index) => new Span(trace.tracks[0], 0, index));
  const rows = outliers.differences(slow, usual).map((row) => [row.function, row.slow, row.usual]);
  assert.deepEqual(rows, [[1, 9010, 60], [null, 20, 20]]);
  assert.deepEqual(outliers.path(slow, slow.net - usual.net).map((span) => [span.function, span.net]), [[0, 9030], [1, 9010]]);
  assert.equal(slow.durationText, "49.03 µs, of which tracing 40.00 µs");
  assert.equal(usual.durationText, "81 ns, of which tracing 1 ns");
});

test("the flame graph's nodes are the paths to the calls, heaviest first", async () => {
  const trace = await traceOf(madeParts, tables({ functions: 9 }));
  for (const [from, to] of [[-Infinity, Infinity], [30000, 70000]]) {
    const flame = new Flame(trace, from, to);
    const want = new Map();
    for (const span of made.spans) {
      const part = Math.min(span.end, to) - Math.max(span.start, from);
      if (part <= 0) continue;
      const path = [];
      for (let one = span; one; one = one.parent) path.unshift(one.function);
      const sum = want.get(path.join()) || [0, 0];
      want.set(path.join(), [sum[0] + part, sum[1] + 1]);
    }
    assert.equal(flame.function.length - 1, want.size);
    for (let node = 1; node < flame.function.length; node++) {
      const path = flame.path(node).slice(1).map((one) => flame.function[one]);
      assert.deepEqual([flame.total[node], flame.count[node]], want.get(path.join()));
      const totals = Array.from(flame.children(node), (one) => flame.total[one]);
      assert.deepEqual(totals, [...totals].sort((one, other) => other - one));
    }
    const tops = flame.children(0).reduce((sum, node) => sum + flame.total[node], 0);
    assert.equal(flame.total[0], tops);
  }
});
