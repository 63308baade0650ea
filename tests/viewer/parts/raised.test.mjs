// SPDX-License-Identifier: Apache-2.0
//
// raised.test.mjs: exceptions: which calls each one ended, and those that are alike.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeAnnotations, encodeChunk, open, tables } from "../encode.mjs";
import { annotations, chunk, Raised, Span, Trace } from "../load.mjs";

const EXCEPTION = 9;
const told = (more) => JSON.stringify({ message: "no money", function: "pay (m2.py:3)", line: 4, caught: "main (m0.py:1)", caught_line: 9, calls: 2, ...more });

// main calls order, which calls pay, twice; each pay raises, and order does not catch it.
async function read(...entries) {
  const head = tables({ names: ["main (m0.py:1)", "order (m1.py:2)", "pay (m2.py:3)", "ValueError", "StopIteration"], kinds: [1, 1, 1, EXCEPTION, EXCEPTION] });
  const trace = new Trace(head);
  const events = [[open(0), 0], [open(1), 10], [open(2), 20], [1, 40], [1, 50], [open(1), 60], [open(2), 100], [1, 120], [1, 200], [0, 300]];
  trace.take(Trace.decoded(await chunk.unpack(encodeChunk({ events })), trace.names.kind));
  trace.take(annotations.decode(await chunk.unpack(encodeAnnotations({ annotations: entries })), trace.names.kind));
  trace.finish({ chunks: 1, annotations: 1 });
  return trace;
}

test("an exception costs what the outermost call took that it ended", async () => {
  const trace = await read([3, 30, told()], [3, 110, told()]);
  const [one, other] = Raised.in(trace.tracks, trace.names);
  assert.deepEqual(one.ended(trace.names).map((span) => trace.names.full[span.function]), ["pay (m2.py:3)", "order (m1.py:2)"]);
  assert.deepEqual([one.cost(trace.names), other.cost(trace.names)], [40, 140]);
});

test("exceptions of one type, place and catcher are a group, the dearest one first", async () => {
  const trace = await read([3, 30, told({ caught: "order (m1.py:2)", calls: 1 })], [3, 105, told()], [3, 110, told({ message: "none" })]);
  const groups = Raised.groups(Raised.in(trace.tracks, trace.names), trace.names);
  assert.deepEqual(groups.map(({ list, cost, calls }) => [list.length, cost, calls]), [[2, 280, 4], [1, 20, 1]]);
  assert.equal(groups[0].first.text(trace.names), "ValueError: no money");
});

test("what is no error is in no list, but a call says that it ended by it", async () => {
  const trace = await read([4, 30, told({ message: "", control: true })]);
  assert.deepEqual([trace.tracks[0].instants.length, trace.tracks[0].controls.length, Raised.in(trace.tracks, trace.names).length], [0, 1, 0]);
  assert.equal(Raised.ending(Span.at(trace.tracks[0], 1, 30), trace.names).text(trace.names), "StopIteration");
});

test("only the calls that an exception ended are ended by it", async () => {
  const trace = await read([3, 30, told({ calls: 1 })]);
  const ending = (depth, time) => Raised.ending(Span.at(trace.tracks[0], depth, time), trace.names);
  assert.deepEqual([ending(2, 30)?.time, ending(1, 30), ending(2, 110)], [30, null, null]);
});
