// SPDX-License-Identifier: Apache-2.0
//
// tree.test.mjs: the call trees, against the calls themselves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Flame, Trace, tree } from "../load.mjs";
import { chunks, program } from "../random.mjs";

const { events, spans } = program({ seed: 9, calls: 6000, functions: 8, depth: 9 });
const trace = new Trace(tables({ functions: 8 }));
for (const part of chunks(events, { size: 1500 })) trace.add(await chunk.unpack(part));
trace.finish({ chunks: trace.chunks });
const flame = new Flame(trace);

const sum = (list, value) => list.reduce((all, one) => all + value(one), 0);
const duration = (span) => span.end - span.start;
const selfOf = (span) => duration(span) - sum(spans.filter((one) => one.parent === span), duration);
const isIn = (span, number) => span !== null && (span.function === number || isIn(span.parent, number));

test("what waits counts for who called it, and is left out with all its time", async () => {
  const head = tables({ names: ["f (a.py:1)", "time.sleep", "len"], kinds: [1, 2, 2] });
  const trace = new Trace(head);
  const events = [[open(0), 0], [open(0), 10], [open(1), 20], [0, 50], [open(2), 60], [0, 70], [0, 80], [open(1), 90], [0, 95], [0, 100]];
  trace.add(await chunk.unpack(encodeChunk({ events })));
  trace.finish({ chunks: 1 });
  assert.deepEqual([...new Flame(trace).waiting].slice(0, 3), [35, 35, 0]); // of f the outer one
  const without = new Flame(trace, -Infinity, Infinity, { skipsWaits: true });
  const told = Array.from(without.function, (number, node) => [number, without.total[node], without.self[node]]).slice(1);
  assert.deepEqual(told, [[0, 65, 25], [0, 40, 30], [2, 10, 10]]);
});

test("from the outermost calls down, nothing is lost on the way", () => {
  const rows = tree.topDown(flame);
  assert.equal(sum(rows, (row) => row.total), sum(spans.filter((span) => !span.parent), duration));
  for (const row of rows) {
    const own = spans.filter((span) => !span.parent && span.function === row.function);
    assert.deepEqual([row.count, row.total], [own.length, sum(own, duration)]);
    assert.equal(row.self + sum(row.children(), (child) => child.total), row.total);
  }
});

test("from the bottom up, each function's own time is divided among its callers", () => {
  for (const row of tree.bottomUp(flame)) {
    const own = spans.filter((span) => span.function === row.function);
    assert.deepEqual([row.count, row.self], [own.length, sum(own, selfOf)]);
    for (const caller of row.children()) {
      const from = own.filter((span) => span.parent && span.parent.function === caller.function);
      assert.deepEqual([caller.count, caller.self], [from.length, sum(from, selfOf)]);
    }
  }
});

test("callers and callees of a function that calls itself count time once", () => {
  const { callers, callees } = tree.around(flame, 3);
  const own = spans.filter((span) => span.function === 3);
  assert.equal(sum(callers, (row) => row.count), own.length);
  assert.equal(sum(callers, (row) => row.total), sum(own.filter((span) => !isIn(span.parent, 3)), duration));
  for (const row of callees) {
    const called = spans.filter((span) => span.function === row.function && span.parent && span.parent.function === 3);
    assert.deepEqual([row.count, row.total], [called.length, sum(called, duration)]);
  }
});
