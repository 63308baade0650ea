// SPDX-License-Identifier: Apache-2.0
//
// query.test.mjs: what a search asks for, and which calls that is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Query, State, Trace } from "../load.mjs";

const NAMES = ["load (cart.py:31)", "loads (json/__init__.py:9)", "time.sleep", "save (cart.py:40)"];

// On T0 load runs for 5000, within it loads, which stops by itself after 1000; on T1
// load fails after 300.
async function stateOf() {
  const head = tables({ names: NAMES, kinds: [1, 1, 2, 1], tracks: 2 });
  head.files = ["", "/srv/cart.py", "/lib/json/__init__.py"];
  Object.assign(head.functions, { file: [1, 2, 0, 1], line: [31, 9, 0, 40], module: ["cart", "json", "time", "cart"] });
  const trace = new Trace(head);
  const parts = [[[open(0), 0], [open(1), 1000], [5, 2000], [0, 5000]], [[open(0), 100], [1, 400]]];
  for (const [track, events] of parts.entries()) trace.add(await chunk.unpack(encodeChunk({ track, events })));
  trace.finish({ chunks: 2 });
  const state = new State(trace);
  state.count();
  return state;
}

test("words and operators say which functions fit, and all must", async () => {
  const { trace: { names } } = await stateOf();
  const found = (text) => NAMES.filter((_, i) => new Query(text, names).functions[i]).map((name) => name.split(" ")[0]).join(" ");
  assert.equal(found("load"), "load loads");
  assert.equal(found("LOAD file:cart"), "load");
  assert.equal(found("file:cart.py:40"), "save");
  assert.equal(found("module:time"), "time.sleep");
  assert.equal(found("std::sort"), "");
  assert.equal(found("thread:T1"), NAMES.map((name) => name.split(" ")[0]).join(" "));
});

test("durations are at least, at most, or between", () => {
  const range = (text) => Query.range(text);
  assert.deepEqual(range(">10ms"), [1e7, Infinity]);
  assert.deepEqual(range("1.5us"), [1500, Infinity]);
  assert.deepEqual(range("<=2s"), [0, 2e9]);
  assert.deepEqual(range("5ns..1.5µs"), [5, 1500]);
  for (const wrong of ["", "10", "ms", ">", "1ms..", "1ms..x"]) assert.equal(range(wrong), null, wrong);
});

test("of the calls those are hits that fit", async () => {
  const state = await stateOf();
  const hits = (text) => {
    state.find(text);
    return [...state.hitLists()].flatMap(([track, level, list]) => Array.from(list, (i) => `${track.number}:${level.functionOf(i)}`)).join(" ");
  };
  assert.equal(hits("load"), "0:0 0:1 1:0");
  assert.equal(hits("load dur:>2us"), "0:0");
  assert.equal(hits("thread:T1"), "1:0");
  assert.equal(hits("error:"), "1:0");
  assert.equal(hits("error: dur:>1ms"), "");
  assert.equal(state.hitCount, 0);
  assert.equal(hits("dur:soon"), "");
  assert.equal(state.query.wrong, "dur:soon");
});
