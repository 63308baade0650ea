// SPDX-License-Identifier: Apache-2.0
//
// block.test.mjs: sums of whole blocks and the calls at their edges, against the
// same without any blocks; and percentiles that are found without sorting.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, tables } from "../encode.mjs";
import { chunk, Durations, Flame, Hits, Names, outliers, search, Distribution, Totals, Trace, CallPaths } from "../load.mjs";
import { chunks, random } from "../random.mjs";

const NAMES = tables({ names: ["main", "step", "leaf", "other", "(tracer)"], kinds: [1, 1, 1, 2, Names.TRACER] });

// Many calls of few functions: main calls step, step calls leaf, other and at
// times itself; now and then the tracer is at work; some calls are resumed.
function events() {
  const next = random(5);
  const list = [];
  let now = 0;
  const tick = (most) => (now += 1 + Math.floor(next() * most));
  const call = (number, inside, how = 0) => {
    list.push([open(number, how), tick(40)]);
    inside();
    list.push([how ? 2 : 0, tick(number === 2 && next() < 0.001 ? 1e6 : 200)]);
  };
  const none = () => {};
  const step = (left) => {
    for (let i = 0; i < 3; i++) call(2, () => next() < 0.002 && call(4, none));
    call(3, none, next() < 0.3 ? 1 : 0);
    if (left) call(1, () => step(left - 1));
  };
  call(0, () => {
    for (let i = 0; i < 3000; i++) call(1, () => step(next() < 0.2 ? 1 : 0));
  });
  return list;
}

const parts = chunks(events(), { size: 9000 });

async function read() {
  const trace = new Trace(NAMES);
  for (const part of parts) trace.add(await chunk.unpack(part));
  trace.finish({ chunks: parts.length });
  return trace;
}

const trace = await read();
const plain = await read();
for (const track of plain.tracks) track.forgetDigests();
const { from, to } = trace;
const AREAS = [[-Infinity, Infinity], [from + (to - from) * 0.13, from + (to - from) * 0.79], [from + 5e5, from + 6e5], [from, from + 10]];

test("most calls are in blocks that have sums", () => {
  const blocks = trace.tracks[0].levels.flatMap((level) => level.blocks);
  const summed = blocks.filter(({ first, last }) => last > first).reduce((sum, { at, behind }) => sum + behind - at, 0);
  assert.ok(summed > trace.spans * 0.9, `${summed} of ${trace.spans}`);
  assert.equal(trace.tracks[0].levels[1].blocks.length > 3, true);
});

for (const [begin, end] of AREAS) {
  test(`the table between ${begin} and ${end} is the same with blocks as without`, () => {
    assert.deepEqual(Totals.of(trace, begin, end), Totals.of(plain, begin, end));
  });

  test(`so are the flame graph and every percentile between ${begin} and ${end}`, () => {
    assert.deepEqual(new Flame(trace, begin, end), new Flame(plain, begin, end));
    const [some, all] = [trace, plain].map((one) => new Durations(one, Totals.of(one, begin, end), begin, end));
    for (let number = 0; number < 5; number++) {
      assert.deepEqual(some.of(number).sorted(), all.of(number).sorted());
      assert.deepEqual(some.outermost(number).sorted(), all.outermost(number).sorted());
      for (const share of [0, 0.25, 0.5, 0.95, 0.99, 1]) assert.equal(some.quantile(number, share), all.quantile(number, share));
    }
  });
}

test("searching skips no call that counts", async () => {
  const place = (span) => [span.track.number, span.depth, span.index];
  for (let number = 0; number < 5; number++) {
    assert.deepEqual(outliers.slowest(trace.tracks, number, 9).map(place), outliers.slowest(plain.tracks, number, 9).map(place));
    assert.equal(outliers.nearest(trace.tracks, number, 90).net, outliers.nearest(plain.tracks, number, 90).net);
    assert.deepEqual(place(search.slowest(trace.tracks, number, from, to)), place(search.slowest(plain.tracks, number, from, to)));
  }
});

test("the hits in a level are those of its words, whichever blocks are skipped", () => {
  for (const number of [0, 2, 4]) {
    const wanted = Uint8Array.from({ length: trace.names.count }, (_, i) => (i === number ? 1 : 0));
    for (const level of trace.tracks[0].levels) {
      const indices = Array.from({ length: level.count }, (_, i) => i).filter((i) => level.functionOf(i) === number);
      assert.deepEqual([...new Hits(wanted).of(level)], indices);
    }
  }
});

test("durations that come late are used, and not missed before", async () => {
  const late = await read();
  const digests = late.tracks.flatMap((track) => track.digests);
  const list = digests.map((one, number) => [(one.number = number), one.durations]);
  for (const one of digests) one.durations = null;
  const durations = () => new Durations(late, Totals.of(late));
  const before = durations();
  late.takeDurations(list);
  const after = durations();
  assert.equal(before.known.length, 0);
  assert.equal(after.known.length, list.length);
  for (let number = 0; number < 5; number++) assert.deepEqual(before.of(number).sorted(), after.of(number).sorted());
});

test("the one of any rank is found among several columns", () => {
  const next = random(8);
  for (const [columns, size, range] of [[1, 40, 9], [7, 90, 1e9], [30, 50, 12], [3, 2000, 2 ** 45]]) {
    const lists = Array.from({ length: columns }, () => Float64Array.from({ length: Math.floor(next() * size) }, () => Math.floor(next() * range)).sort());
    const distribution = new Distribution(lists);
    const sorted = Float64Array.from(lists.flatMap((list) => [...list])).sort();
    for (let rank = 0; rank < sorted.length; rank += 1 + Math.floor(next() * 9)) assert.equal(distribution.at(rank), sorted[rank]);
    assert.deepEqual([distribution.least, distribution.most, distribution.count], [sorted[0], sorted.at(-1), sorted.length]);
    const limit = sorted[sorted.length >> 1];
    const above = sorted.filter((one) => one > limit);
    assert.deepEqual(distribution.above(limit), { count: above.length, sum: above.reduce((sum, one) => sum + one, 0) });
  }
});

test("paths that are too many are not told apart, and no sum is lost", async () => {
  const { MOST } = CallPaths;
  CallPaths.MOST = 4;
  try {
    const cut = await read();
    assert.ok(cut.paths.isCut);
    const flame = new Flame(cut);
    assert.equal(flame.function.length, 4);
    // The tracer's work on paths that are not told apart can't be left out.
    const [least, tracer] = [new Flame(plain).total[0], Totals.of(plain).self.reduce((sum, ns, i) => sum + (plain.names.kind[i] === Names.TRACER ? ns : 0), 0)];
    assert.ok(tracer > 0 && flame.total[0] >= least && flame.total[0] <= least + tracer);
    assert.equal(flame.self.reduce((sum, one) => sum + one, 0) - flame.self[0], flame.total[0]);
    assert.deepEqual(Totals.of(cut), Totals.of(plain));
  } finally {
    CallPaths.MOST = MOST;
  }
});
