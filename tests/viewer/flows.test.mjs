// SPDX-License-Identifier: Apache-2.0
//
// flows.test.mjs: what began a process or a thread.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "./encode.mjs";
import { chunk, flows, Trace } from "./load.mjs";

const NAMES = ["main (a.py:1)", "posix.fork", "_thread.start_new_thread", "_posixsubprocess.fork_exec", "run (a.py:9)"];

async function traceOf(processes, tracks, chunks) {
  const head = tables({ names: NAMES });
  head.processes = processes;
  head.tracks = tracks.map((process, i) => ({ process, tid: i, name: "T" + i, main: tracks.indexOf(process) === i }));
  const trace = new Trace(head);
  for (const [track, events] of chunks.entries()) trace.add(await chunk.unpack(encodeChunk({ track, begin: events[0][1], events })));
  trace.finish({ chunks: chunks.length });
  return trace;
}

const plain = (flow) => [flow.kind, flow.from.track.number, flow.from.depth, flow.from.time, flow.to.track.number, flow.to.time];
const process = (pid, parent, start, forked = null) => ({ pid, parent_pid: parent, forked_from: forked, start_ns: start });

test("a thread comes from the call that started it", async () => {
  const trace = await traceOf([process(1, 0, 0)], [0, 0], [[[open(0), 0], [open(2), 10], [0, 20], [open(2), 90], [0, 95], [0, 100]], [[open(4), 25], [0, 80]]]);
  assert.deepEqual(flows.of(trace).map(plain), [["thread", 0, 1, 20, 1, 25]]);
});

test("a forked process comes from the fork, one that was executed from its fork_exec", async () => {
  const main = [[open(0), 0], [open(1), 10], [0, 30], [open(3), 50], [0, 60], [0, 200]];
  const trace = await traceOf([process(1, 0, 0), process(2, 1, 12, 0), process(3, 1, 70)], [0, 1, 2], [main, [[open(0), 12], [0, 90]], [[open(4), 80], [0, 90]]]);
  assert.deepEqual(flows.of(trace).map(plain), [["fork", 0, 1, 12, 1, 12], ["spawn", 0, 1, 60, 2, 80]]);
});

test("a process that executes another program leads to its next image", async () => {
  const trace = await traceOf([process(1, 0, 0), process(1, 0, 50)], [0, 1], [[[open(0), 0], [0, 40]], [[open(4), 55], [0, 90]]]);
  assert.deepEqual(flows.of(trace).map(plain), [["exec", 0, 0, 40, 1, 55]]);
});

test("a process of which nothing is known has no arrow", async () => {
  const trace = await traceOf([process(1, 0, 0), process(9, 77, 50)], [0, 1], [[[open(0), 0], [0, 40]], [[open(4), 55], [0, 90]]]);
  assert.deepEqual(flows.of(trace), []);
});
