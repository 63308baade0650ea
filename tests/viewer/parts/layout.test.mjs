// SPDX-License-Identifier: Apache-2.0
//
// layout.test.mjs: where threads lie: which share a lane, how many rows they
// take, and what is said of those below.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeAnnotations, encodeChunk, open, tables } from "../encode.mjs";
import { activity, annotations, Below, chunk, lanes, Layout, Trace, waits } from "../load.mjs";

const depths = (count, from, to) => [...Array.from({ length: count }, (_, i) => [open(0), from + i]), ...Array.from({ length: count }, (_, i) => [0, to - count + 1 + i])];

// A recording of threads: [name, from, to, rows] each, the first the main one.
async function traceOf(...threads) {
  const head = tables({ tracks: threads.length });
  threads.forEach(([name], i) => (head.tracks[i].name = name));
  const trace = new Trace(head);
  for (const [track, [, from, to, rows = 1]] of threads.entries()) trace.add(await chunk.unpack(encodeChunk({ track, begin: from, events: depths(rows, from, to) })));
  trace.finish({ chunks: threads.length });
  return trace;
}

function laidOut(trace) {
  const layout = new Layout(trace);
  layout.update();
  return layout;
}

const told = (layout) => layout.lanes.map(({ tracks }) => `${lanes.name(tracks)} ${tracks.length}`);
const requests = (count, each = 100) => Array.from({ length: count }, (_, i) => [`request-${i}`, i * each, i * each + each - 10, 3]);

test("threads of one name that follow each other share a lane", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 6000, 2], ...requests(60)));
  assert.deepEqual(told(layout), ["MainThread 1", "request 60"]);
  assert.equal(layout.itemOf(layout.trace.tracks[7]), layout.itemOf(layout.trace.tracks[60]));
  assert.ok(layout.height < 250, `${layout.height} pixels`);
});

test("threads that run at once have as many lanes as run at once", async () => {
  const pairs = requests(10).flatMap(([name, from, to]) => [[name, from, to], [name + "5", from + 20, to + 20]]);
  const layout = laidOut(await traceOf(["MainThread", 0, 1100], ...pairs));
  assert.deepEqual(told(layout), ["MainThread 1", "request 10", "request 10"]);
  for (const { tracks } of layout.lanes) for (let i = 1; i < tracks.length; i++) assert.ok(tracks[i].from >= tracks[i - 1].to);
});

test("few threads, long ones and others share no lane", async () => {
  assert.deepEqual(told(laidOut(await traceOf(["MainThread", 0, 900], ...requests(3)))), ["MainThread 1", "request-0 1", "request-1 1", "request-2 1"]);
  const long = await traceOf(["MainThread", 0, 1000], ["request-9", 0, 400], ...requests(4), ["writer", 0, 10]);
  assert.deepEqual(told(laidOut(long)), ["MainThread 1", "request-9 1", "request 4", "writer 1"]);
});

test("a lane prefers threads of the very same name", async () => {
  const batch = (at) => [0, 1, 2].map((i) => [`job_${i}`, at + 3 - i, at + 90]);
  const layout = laidOut(await traceOf(["MainThread", 0, 1000], ...batch(0), ...batch(100), ...batch(200)));
  assert.deepEqual(told(layout).sort(), ["MainThread 1", "job_0 3", "job_1 3", "job_2 3"]);
});

test("memory, CPU and the program's own counters lie above the threads, other figures of the process below", async () => {
  const counters = ["threads", "memory, MB", "queue", "context switches/s"];
  const head = tables({ names: ["f (m0.py:1)", ...counters], kinds: [1, 7, 7, 7, 7] });
  head.functions.module = ["m", ...counters];
  const trace = new Trace(head);
  trace.add(await chunk.unpack(encodeChunk({ events: depths(2, 0, 100) })));
  trace.take(annotations.decode(await chunk.unpack(encodeAnnotations({ annotations: counters.map((_, i) => [i + 1, 10, 1]) })), trace.names.kind));
  trace.finish({ chunks: 1, annotations: 1 });
  assert.deepEqual(laidOut(trace).items.map(({ kind, counter }) => (counter ? counter.name : kind)), ["process", "memory, MB", "queue", "track", "threads", "context switches/s"]);
});

test("the number is taken out of a thread's name, wherever it is", () => {
  const want = { "request-12": "request", "Thread-3 (handle)": "Thread (handle)", "ThreadPoolExecutor-0_11": "ThreadPoolExecutor", asyncio_7: "asyncio", 42: "42", "10.0.0.1:80": "10.0.0.1:80" };
  for (const [name, stem] of Object.entries(want)) assert.equal(lanes.stem(name), stem);
});

test("the track below the pointer is the one that runs then, or nearly", async () => {
  const { lanes: [, { tracks }] } = laidOut(await traceOf(["MainThread", 0, 6000], ...requests(60)));
  assert.equal(lanes.at(tracks, 250, 0), tracks[2]);
  assert.equal(lanes.at(tracks, 292, 2), tracks[2]);
  assert.equal(lanes.at(tracks, 298, 2), tracks[3]);
  assert.equal(lanes.at(tracks, 295, 2), null);
});

test("a lane that was taken apart is put together again", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 800], ...requests(8)));
  for (const track of layout.lanes[1].tracks) layout.apart.add(track);
  layout.update();
  assert.equal(layout.lanes.length, 9);
  layout.join(layout.trace.tracks[5]);
  layout.update();
  assert.deepEqual(told(layout), ["MainThread 1", "request 8"]);
});

test("a lane is moved and pinned as one", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 800], ...requests(8), ["writer", 0, 800]));
  const [, lane, writer] = layout.lanes;
  layout.move(lane.tracks, writer.tracks, true);
  layout.update();
  assert.deepEqual(told(layout), ["MainThread 1", "writer 1", "request 8"]);
  for (const track of lane.tracks) layout.pinned.add(track);
  layout.update();
  assert.deepEqual(told(layout), ["request 8", "MainThread 1", "writer 1"]);
});

test("a thread beside others takes twelve rows until it is opened", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 1000, 46], ["writer", 0, 1000, 13]));
  const shown = () => layout.lanes.map(({ rows, deeper, isCut }) => [rows, deeper, isCut]);
  assert.deepEqual(shown(), [[12, 34, true], [13, 0, false]]);
  layout.opened.add(layout.trace.tracks[0]);
  layout.update();
  assert.deepEqual(shown(), [[46, 0, true], [13, 0, false]]);
  layout.opened.clear();
  layout.isOpen = true;
  layout.update();
  assert.deepEqual(shown()[0], [46, 0, false]);
});

test("a thread that is alone takes all its rows", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 1000, 46], ["writer", 0, 1000]));
  layout.filter = "main";
  layout.update();
  assert.equal(layout.lanes[0].rows, 46);
});

test("what is below says rows, threads and processes", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 6000, 10], ...requests(60), ["writer", 0, 6000]));
  const { rowsY } = layout.lanes[0];
  const text = (bottom) => Below.text(layout, 0, bottom + Below.HEIGHT);
  assert.equal(text(rowsY + 3 * Layout.ROW), "Below: 7 rows of MainThread, 61 threads");
  assert.equal(text(layout.lanes[1].rowsY), "Below: 61 threads");
  assert.equal(text(layout.height), "");
});

test("the title hides what it stands over, and leaves with its process", async () => {
  const layout = laidOut(await traceOf(["MainThread", 0, 1000, 10]));
  assert.equal(layout.covered(100), Layout.PROCESS);
  assert.equal(layout.covered(layout.height - 5), 5);
});

test("busy is what runs and does not wait", async () => {
  const trace = new Trace(tables({ names: ["f (a.py:1)", "time.sleep"], kinds: [1, 2], tracks: 2 }));
  for (const track of [0, 1]) trace.add(await chunk.unpack(encodeChunk({ track, events: [[open(0), 0], [open(1), 20], [0, 60], [0, 80 + 10 * track]] })));
  trace.finish({ chunks: 2 });
  const { running, waiting } = activity.of(trace.tracks, waits.calls(trace), 0, 100, 10);
  assert.deepEqual([...running].map((sum) => Math.round(sum)), [2, 2, 2, 2, 2, 2, 2, 2, 1, 0]);
  assert.deepEqual([...waiting].map((sum) => Math.round(sum)), [0, 0, 2, 2, 2, 2, 0, 0, 0, 0]);
});
