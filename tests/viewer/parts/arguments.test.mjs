// SPDX-License-Identifier: Apache-2.0
//
// arguments.test.mjs: what calls were called with, from its bytes to what is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeAnnotations, encodeChunk, open, tables } from "../encode.mjs";
import { annotations, Arguments, chunk, Span, State, Trace } from "../load.mjs";

// f0 runs f1 twice; then f0 and f1 inside of each other do not end.
const EVENTS = [[open(0), 0], [open(1), 10], [0, 20], [open(1), 30], [0, 40], [0, 50], [open(1), 60], [open(0), 70], [open(1), 80], [4, 91], [4, 91], [4, 91]];
const TOLD = [[1, 20, '{"id":17,"name":"Anna"}'], [1, 40, '{"id":18,"return":null}'], [1, 91, '{"id":3}'], [1, 91, '{"id":1}']];

async function stateOf() {
  const trace = new Trace(tables({ functions: 2 }));
  trace.add(await chunk.unpack(encodeChunk({ events: EVENTS })));
  trace.take(annotations.decode(await chunk.unpack(encodeAnnotations({ annotations: TOLD })), trace.names.kind));
  trace.finish({ chunks: 1, annotations: 1 });
  const state = new State(trace);
  state.count();
  return state;
}

test("each call has its own arguments, those that did not end, too", async () => {
  const { trace: { tracks: [track] } } = await stateOf();
  const of = (depth, time) => new Map(Span.at(track, depth, time).arguments);
  assert.deepEqual([...of(1, 15)], [["id", 17], ["name", "Anna"]]);
  assert.deepEqual([...of(1, 35)], [["id", 18], ["return", null]]);
  assert.equal(of(0, 15).size, 0);
  assert.deepEqual([of(2, 85).get("id"), of(0, 85).get("id")], [3, 1]);
});

test("values are shown as Python has them", () => {
  const shown = (json) => Arguments.show(JSON.parse(json));
  assert.equal(shown('[1, -0.5, "a\\"", null, true, {"<more>": 7}]'), '[1, -0.5, "a\\"", None, True, … 7 more]');
  assert.equal(shown('{"<type>": "app.Order", "id": 17, "<more>": 2}'), "<app.Order id=17 … 2 more>");
  assert.equal(shown('{"a": "<redacted>", "b\'x\'": []}'), '{"a": <redacted>, "b\'x\'": []}');
  assert.equal(Arguments.show("x".repeat(50), 10), '"xxxxxxxxx…');
});

test("calls are found by their arguments", async () => {
  const state = await stateOf();
  const hits = (text) => {
    state.find(text);
    return [...state.hitLists()].flatMap(([, level, list]) => Array.from(list, (i) => level.start[i])).join(" ");
  };
  assert.equal(hits("arg:id=17"), "10");
  assert.equal(hits("arg:ID"), "60 10 30 80");
  assert.equal(hits("arg:=ann"), "10");
  assert.equal(hits("arg:return=none"), "30");
  assert.equal(hits("arg:id=1"), "60");
  assert.equal(hits("arg:other"), "");
});
