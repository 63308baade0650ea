// SPDX-License-Identifier: Apache-2.0
//
// tasks.test.mjs: the tasks that a page says at its end: what each one does at a time,
// and in which row it lies.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, Layout, Task, TaskRows, Trace } from "../load.mjs";

// Runs 10..20 and 50..60, awaits function 2 in between.
const FETCH = { track: 0, name: "fetch", function: 1, start_ns: 5, count: 2, running_ns: 20, ended: "result", steps: [5, 10, 3, 30, 10, 0] };

async function traceOf(...tasks) {
  const trace = new Trace(tables({ tracks: 1 }));
  trace.add(await chunk.unpack(encodeChunk({ begin: 0, events: [[open(0), 0], [open(1), 10], [0, 20], [open(1), 50], [0, 60], [0, 1000]] })));
  trace.finish({ chunks: 1, tasks });
  return trace;
}

const tasksOf = (trace) => trace.tasks.get(trace.tracks[0]);

test("a task runs in its steps and awaits in between what it was suspended in", async () => {
  const [task] = tasksOf(await traceOf(FETCH));
  assert.deepEqual([task.from, task.to], [5, 60]);
  assert.deepEqual([15, 30, 7, 55].map((at) => [task.at(at).isRunning, task.at(at).awaited]), [[true, -1], [false, 2], [false, -1], [true, -1]]);
});

test("one that has not ended lives as long as its thread", async () => {
  const { ended, ...open } = FETCH;
  assert.equal(tasksOf(await traceOf(open))[0].to, 1000);
  assert.equal(ended, "result");
});

test("tasks share a row where they do not live at the same time", async () => {
  const later = { ...FETCH, name: "later", start_ns: 70 };
  const beside = { ...FETCH, name: "beside", start_ns: 30 };
  const { rows } = new TaskRows(tasksOf(await traceOf(FETCH, later, beside)));
  assert.deepEqual(rows.map((row) => row.map(({ name }) => name)), [["fetch", "later"], ["beside"]]);
});

test("they lie below their thread, and go with it where that is collapsed", async () => {
  const trace = await traceOf(FETCH);
  const layout = new Layout(trace);
  layout.update();
  assert.deepEqual(layout.items.map(({ kind }) => kind), ["process", "track", "tasks"]);
  assert.equal(layout.items[2].y, layout.items[1].y + layout.items[1].height);
  layout.collapsedTracks.add(trace.tracks[0]);
  layout.update();
  assert.deepEqual(layout.items.map(({ kind }) => kind), ["process", "track"]);
});

test("a click on a step leads to its call, one on a wait to the step before", async () => {
  const [task] = tasksOf(await traceOf(FETCH));
  assert.deepEqual([15, 40, 55].map((at) => TaskRows.spanAt(task, at).start), [10, 10, 50]);
});

test("what makes no sense in the list is passed over", async () => {
  const trace = await traceOf({ ...FETCH, track: 9 }, { ...FETCH, parent: 0 }, { ...FETCH, steps: "?" });
  assert.deepEqual(tasksOf(trace).map(({ parent, count }) => [parent, count]), [[null, 2], [null, 0]]);
  assert.equal(Task.of({ tracks: [], end: null }).size, 0);
});
