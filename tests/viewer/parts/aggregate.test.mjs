// SPDX-License-Identifier: Apache-2.0
//
// aggregate.test.mjs: calls that are summed up count as if they were told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables, varint } from "../encode.mjs";
import { chunk, aggregate, Durations, Flame, Span, Totals, Trace } from "../load.mjs";

const zigzag = (value) => (value < 0 ? -2 * value - 1 : 2 * value);

// aggregates: [{depth, start, end, busy: [...], entries: [[function, calls, resumes, self, total, nested, longest]]}]
function encodeAggregates(track, aggregates) {
  const values = [track, aggregates.length];
  let last = 0;
  for (const { depth, start, end, busy, entries } of aggregates) {
    values.push(depth, zigzag(start - last), end - start, busy.length, ...busy, entries.length);
    last = start;
    let number = 0;
    for (const [own, ...rest] of entries) {
      values.push(own - number, ...rest);
      number = own;
    }
  }
  return Uint8Array.from(values.flatMap(varint));
}

// f0 runs from 0 to 1000, in it f1 from 500 to 900; around f1 are f2 and f3.
async function traceOf(aggregates) {
  const trace = new Trace(tables({ functions: 4 }));
  trace.take(aggregate.decode(encodeAggregates(0, aggregates), trace.names.kind));
  trace.add(await chunk.unpack(encodeChunk({ events: [[open(0), 0], [open(1), 500], [0, 900], [0, 1000]] })));
  trace.finish({ chunks: 1, short: { threshold_ns: 100, aggregates: 1, spans: 8, durations: [[2, 10, 4], [3, 12, 4]] } });
  return trace;
}

const AGGREGATES = [
  { depth: 1, start: 100, end: 400, busy: [80, 30], entries: [[2, 3, 0, 50, 80, 0, 40], [3, 3, 0, 30, 30, 0, 12]] },
  { depth: 1, start: 920, end: 990, busy: [20], entries: [[2, 1, 0, 10, 10, 0, 10], [3, 1, 0, 10, 10, 0, 10]] },
];

test("a table over everything counts them, and takes them from their caller", async () => {
  const trace = await traceOf(AGGREGATES);
  const totals = Totals.of(trace);
  assert.equal(trace.calls, 10);
  assert.deepEqual([...totals.calls].slice(0, 4), [1, 1, 4, 4]);
  assert.deepEqual([...totals.self].slice(0, 4), [1000 - 400 - 100, 400, 60, 40]);
  assert.deepEqual([...totals.total].slice(0, 4), [1000, 400, 90, 40]);
  assert.equal(totals.time, 1000);
  assert.equal(totals.max[2], 40);
  assert.deepEqual(trace.troubles().length, 1);
});

test("those of several scripts are as those of one, and a track is put together when the next one comes", async () => {
  const whole = await traceOf(AGGREGATES);
  const trace = new Trace(tables({ functions: 4, tracks: 2 }));
  for (const one of AGGREGATES) trace.take(aggregate.decode(encodeAggregates(0, [one]), trace.names.kind));
  trace.add(await chunk.unpack(encodeChunk({ events: [[open(0), 0], [open(1), 500], [0, 900], [0, 1000]] })));
  assert.equal(trace.look(), true, "the chunk");
  assert.equal(trace.tracks[0].aggregates.levels.length, 0);
  trace.add(await chunk.unpack(encodeChunk({ track: 1, events: [[open(0), 0], [0, 1000]] })));
  assert.equal(trace.look(), true, "the next track");
  const [got, want] = [trace.tracks[0].aggregates, whole.tracks[0].aggregates];
  for (const name of ["start", "end", "busy", "levelFrom", "entryFrom", "calls", "parent", "node"]) assert.deepEqual(got[name], want[name], name);
  got.levels.forEach((level, depth) => {
    for (const name of ["start", "end", "busy", "aggregate"]) assert.deepEqual(level[name], want.levels[depth][name], name + " at " + depth);
  });
  const calls = trace.tracks[0].calls;
  trace.take(aggregate.decode(encodeAggregates(0, AGGREGATES), trace.names.kind));
  assert.deepEqual([trace.broken, trace.tracks[0].calls], [1, calls], "what comes too late makes no sense");
});

test("more calls than there can be make no sense", () => {
  const [first] = AGGREGATES;
  const piece = aggregate.decode(encodeAggregates(0, [{ ...first, entries: [[2, 2 ** 32, 0, 50, 80, 0, 40]] }]), new Uint8Array(4));
  assert.equal(piece.broken, true);
});

test("of an aggregate that lies in an area in part, that part counts", async () => {
  const totals = Totals.of(await traceOf(AGGREGATES), 0, 250);
  assert.deepEqual([totals.calls[2], totals.total[2], totals.self[0]], [1.5, 40, 250 - 40]);
});

test("medians are those of the counted durations", async () => {
  const trace = await traceOf(AGGREGATES);
  const durations = new Durations(trace, Totals.of(trace));
  assert.equal(durations.quantile(2, 0.5), 10);
  assert.equal(durations.quantile(1, 0.5), 400);
});

test("self of a call, and the flame graph, are without them", async () => {
  const trace = await traceOf(AGGREGATES);
  assert.equal(new Span(trace.tracks[0], 0, 0).self, 500);
  const flame = new Flame(trace);
  const outer = flame.children(0)[0];
  assert.equal(flame.self[outer], 500);
  assert.deepEqual(Array.from(flame.children(outer), (node) => [flame.function[node], flame.total[node], flame.count[node]]), [[1, 400, 1], [2, 60, 4], [3, 40, 4]]);
});

test("aggregates that are cut off are counted as missing, what they had not shown", () => {
  const bytes = encodeAggregates(0, AGGREGATES);
  for (let i = 0; i < bytes.length; i++) {
    const trace = new Trace(tables({ functions: 4 }));
    let piece = null;
    try {
      piece = aggregate.decode(bytes.subarray(0, i), trace.names.kind);
    } catch (error) {
      assert.ok(error instanceof RangeError);
    }
    trace.take(piece);
    trace.finish({ chunks: 0, short: { threshold_ns: 1, aggregates: 1, spans: 1, durations: [] } });
    assert.equal(trace.aggregates, 0);
    assert.match(trace.troubles()[0], /1 of 1 pieces/);
  }
});
