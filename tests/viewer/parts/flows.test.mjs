// SPDX-License-Identifier: Apache-2.0
//
// flows.test.mjs: what started a process or a thread.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, processTree, flows, Trace } from "../load.mjs";

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

test("an arrow begins where the recording says, though a shell lies between", async () => {
  const child = { ...process(9, 77, 50), origin: { track: 1, ns: 30 } };
  const main = [[open(0), 0], [0, 100]];
  const trace = await traceOf([process(1, 0, 0), child], [0, 0, 1], [main, [[open(0), 5], [open(4), 20], [0, 40], [0, 60]], [[open(4), 55], [0, 90]]]);
  const spawn = flows.of(trace).find(({ kind }) => kind === "spawn");
  assert.deepEqual(plain(spawn), ["spawn", 1, 1, 30, 2, 55]);
});

test("children come behind their parent, whoever began first", () => {
  const trace = { processes: [process(1, 0, 0), process(2, 1, 10), process(3, 1, 20), process(4, 2, 30), process(4, 2, 40), process(9, 77, 50)], tracks: [] };
  assert.deepEqual(processTree.order(trace), [[0, 0], [1, 1], [3, 2], [4, 3], [2, 1], [5, 0]]);
});

test("how a process ended is said as people know it", () => {
  const said = [0, 256, 9, 139, null].map((status) => processTree.endOf({ status, ended: true }));
  assert.deepEqual(said.map((end) => end && [end.text, end.isBad]), [["exit 0", false], ["exit 1", true], ["killed by SIGKILL", true], ["killed by SIGSEGV", true], null]);
  assert.ok(processTree.endOf({ status: null, ended: false }).isBad);
  assert.equal(processTree.endOf({ status: null, ended: false, replaced: true }).isBad, false);
});
