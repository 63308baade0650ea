// SPDX-License-Identifier: Apache-2.0
//
// state.test.mjs: what is shown and selected, and who is told of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Span, State, Trace } from "../load.mjs";

// f0 from 0 to 1000, in it f1 from 100 to 400.
async function made() {
  const trace = new Trace(tables({ functions: 2 }));
  trace.add(await chunk.unpack(encodeChunk({ events: [[open(0), 0], [open(1), 100], [0, 400], [0, 1000]] })));
  trace.finish({ chunks: 1 });
  const told = [];
  const state = new State(trace);
  for (const topic of State.TOPICS) state.on(topic, () => told.push(topic));
  return { state, told, trace };
}

test("who listens to a topic is told when that changes, and only then", async () => {
  const { state, told, trace } = await made();
  state.select(new Span(trace.tracks[0], 1, 0));
  state.setArea(400, 100);
  state.find("f1");
  state.setHover({ time: 5 });
  state.count();
  assert.deepEqual(told, ["selection", "area", "hits", "hover", "totals"]);
  assert.throws(() => state.on("selektion", () => {}));
});

test("a call or an instant is selected, never both", async () => {
  const { state, trace } = await made();
  state.selectInstant({ function: 0 });
  state.select(new Span(trace.tracks[0], 0, 0));
  assert.equal(state.instant, null);
  state.selectInstant({ function: 0 });
  assert.equal(state.selection, null);
});

test("the tables count the area, and all without one", async () => {
  const { state } = await made();
  assert.deepEqual(state.range, [0, 1000]);
  const all = state.flame();
  assert.equal(state.flame(), all);
  state.setArea(400, 100);
  assert.deepEqual(state.range, [100, 400]);
  assert.match(state.rangeText, /^300 ns, from 100/);
  assert.notEqual(state.flame(), all);
  assert.equal(state.flame().total[0], 300);
  state.setArea(7, 7);
  assert.deepEqual(state.range, [0, 1000]);
});

test("a search counts what it found once all is counted", async () => {
  const { state } = await made();
  state.find("f1");
  assert.equal(state.hitCount, 0);
  state.count();
  assert.equal(state.hitCount, 1);
  assert.deepEqual([state.isHit(0), state.isHit(1)], [false, true]);
  state.find("");
  assert.equal(state.isHit(0), true);
});
