// SPDX-License-Identifier: Apache-2.0
//
// fold.test.mjs: what is shown one by one and what is inside boxes, beside what one
// works out call by call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { CallPaths, chunk, Flame, FoldedTrack, Names, search, Shown, Span, Trace } from "../load.mjs";
import { chunks, program, random } from "../random.mjs";

// Functions 0 to 4 are the user's, 5 to 9 a library's, 10 the import machinery.
const OWN = 5;
const MACHINERY = 10;
const names = Array.from({ length: 11 }, (_, i) => (i === MACHINERY ? "_find_and_load (<frozen importlib._bootstrap>:1)" : `f${i} (m${i}.py:${i + 1})`));

function head(tracks = 1) {
  const table = tables({ names, tracks });
  table.functions.own = names.map((_, i) => Number(i < OWN));
  table.files[MACHINERY + 1] = "<frozen importlib._bootstrap>";
  return table;
}

async function traceOf(parts, most) {
  const trace = new Trace(head());
  if (most) trace.paths.most = most;
  for (const part of parts) trace.add(await chunk.unpack(part));
  trace.finish({ chunks: parts.length });
  return trace;
}

const isForeign = (number, mode) => (mode === "own" ? number >= OWN : number === MACHINERY);

// [row, start, end, function] of each call that is shown, by going up the callers.
function expected(spans, mode) {
  const row = (span) => (span ? (isInside(span) ? row(span.parent) : row(span.parent) + 1) : -1);
  const isInside = (span) => isForeign(span.function, mode) && span.parent !== null && isForeign(span.parent.function, mode);
  return spans.filter((span) => !isInside(span)).map((span) => [row(span), span.start, span.end, span.function].join());
}

const found = (track) => track.levels.flatMap((level, row) => Array.from({ length: level.count }, (_, i) => [row, level.start[i], level.end[i], level.functionOf(i)].join()));

for (const [mode, most] of [["own"], ["libraries"], ["own", 12], ["libraries", 40]]) {
  test(`${mode}: runs of others are one box${most ? ", without all paths, too" : ""}`, async () => {
    for (const seed of [1, 2, 3, 4]) {
      const made = program({ seed, calls: 6000, functions: 11, depth: 14 });
      const trace = await traceOf(chunks(made.events, { size: 3000 }), most);
      const shown = new Shown(trace);
      shown.choose(mode);
      const track = shown.of(trace.tracks[0]);
      assert.deepEqual(found(track).sort(), expected(made.spans, mode).sort());
      for (const { count, start, end } of track.levels) for (let i = 1; i < count; i++) assert.ok(start[i] >= end[i - 1]);
      for (const level of track.levels) for (const i of [0, level.count - 1]) assert.equal(Span.of(trace.tracks[0], level, i).start, level.start[i]);
    }
  });
}

// f0 calls f5, which calls f6, which calls f1; and f2.
const events = [[open(0), 0], [open(5), 10], [open(6), 20], [open(1), 30], [0, 40], [0, 50], [0, 60], [open(2), 70], [0, 80], [0, 100]];
const opened = async (mode = "own") => {
  const trace = await traceOf([encodeChunk({ events })]);
  const shown = new Shown(trace);
  shown.choose(mode);
  return { trace, shown, track: trace.tracks[0] };
};

test("a box is unfolded, with what is below it, and folded again", async () => {
  const { shown, track } = await opened();
  const [box, inside, own] = [1, 2, 3].map((depth) => new Span(track, depth, 0));
  const rows = () => [box, inside, own].map((span) => shown.rowOf(span));
  assert.deepEqual([shown.isBox(box), shown.isInside(inside), shown.boxOf(inside).depth, shown.sizeOf(box)], [true, true, 1, 2]);
  assert.deepEqual(rows(), [1, 1, 2]);
  assert.ok(shown.toggle(inside));
  assert.deepEqual(rows(), [1, 2, 3]);
  assert.deepEqual([shown.isInside(inside), shown.isOpened(inside), shown.isOpened(own), shown.of(track).rows], [false, true, false, 4]);
  assert.ok(shown.toggle(inside));
  assert.deepEqual(rows(), [1, 1, 2]);
  assert.ok(!shown.toggle(own));
});

test("a call that made none is no box, whatever others on its path did", async () => {
  const trace = await traceOf([encodeChunk({ events: [[open(0), 0], [open(5), 10], [open(6), 20], [0, 30], [0, 40], [open(5), 50], [0, 60], [0, 100]] })]);
  const shown = new Shown(trace);
  shown.choose("own");
  assert.deepEqual([0, 1].map((index) => shown.isBox(new Span(trace.tracks[0], 1, index))), [true, false]);
});

test("one box alone is unfolded and folded again, and all on its path are", async () => {
  const twice = [0, 1].flatMap((round) => events.map(([event, time]) => [event, time + 200 * round]));
  const trace = await traceOf([encodeChunk({ events: twice })]);
  const shown = new Shown(trace);
  shown.choose("own");
  const [first, second] = [0, 1].map((index) => new Span(trace.tracks[0], 1, 2 * index));
  const boxes = () => [shown.isBox(first), shown.isBox(second), shown.isUnfolded];
  const after = (act) => act() && boxes();
  assert.deepEqual(after(() => shown.toggle(first)), [false, true, true]);
  assert.deepEqual(after(() => shown.toggleAll(second)), [false, false, true]);
  assert.deepEqual(after(() => shown.toggle(first)), [true, false, true]);
  assert.deepEqual(after(() => shown.toggle(first)), [false, false, true]);
  assert.deepEqual(after(() => shown.toggleAll(first)), [true, true, false]);
});

// By going up the callers, where boxes says of a run's outermost call whether it is
// unfolded.
function expectedWith(spans, isOpen) {
  const how = (span) => {
    if (!isForeign(span.function, "own")) return "shown";
    const outer = span.parent && isForeign(span.parent.function, "own") ? how(span.parent) : "shown";
    if (outer === "opened") return "opened";
    return outer === "shown" ? (isOpen(span) ? "opened" : "box") : "inside";
  };
  const row = (span) => (span ? (how(span) === "inside" ? row(span.parent) : row(span.parent) + 1) : -1);
  return spans.filter((span) => how(span) !== "inside").map((span) => [row(span), span.start, span.end, span.function].join());
}

test("any boxes are unfolded one by one", async () => {
  for (const seed of [1, 2, 3]) {
    const made = program({ seed, calls: 4000, functions: 11, depth: 14 });
    const trace = await traceOf(chunks(made.events, { size: 3000 }));
    const shown = new Shown(trace);
    shown.choose("own");
    const next = random(seed);
    const spans = trace.tracks[0].levels.flatMap((level) => Array.from({ length: level.count }, (_, i) => new Span(trace.tracks[0], level.depth, i)));
    const opened = new Set(spans.filter((span) => next() < 0.3 && shown.isBox(span) && shown.toggle(span)).map(({ start }) => start));
    assert.ok(opened.size > 20);
    assert.deepEqual(found(shown.of(trace.tracks[0])).sort(), expectedWith(made.spans, ({ start }) => opened.has(start)).sort());
    for (const { span } of shown.unfolded.all) shown.toggle(span);
    assert.deepEqual(found(shown.of(trace.tracks[0])).sort(), expected(made.spans, "own").sort());
  }
});

test("a flame graph has the boxes, and the time in libraries counts for who called them", async () => {
  const { trace, shown } = await opened();
  const flame = new Flame(trace, -Infinity, Infinity, { fold: shown.fold });
  const told = Array.from(flame.function, (number, node) => [number, flame.total[node], flame.self[node]]).slice(1);
  assert.deepEqual(told, [[0, 100, 40], [5, 50, 40], [1, 10, 10], [2, 10, 10]]);
  assert.deepEqual([...flame.libraries].slice(0, 3), [40, 0, 0]); // 20 in f5, 20 in f6
});

test("self times and times in libraries add up to everything", async () => {
  const made = program({ seed: 7, calls: 4000, functions: 11, depth: 9 });
  const trace = await traceOf(chunks(made.events, { size: 999 }));
  const shown = new Shown(trace);
  shown.choose("own");
  const flame = new Flame(trace, -Infinity, Infinity, { fold: shown.fold });
  const whole = new Flame(trace);
  assert.equal(flame.total[0], whole.total[0]);
  assert.equal(flame.self.reduce((sum, ns) => sum + ns), whole.self.reduce((sum, ns) => sum + ns));
});

test("a function's rank is by what the page says, and without that by its file", () => {
  const columns = { name: ["a", "b", "import c (c.py:1)"], module: ["", "", "c"], file: [1, 2, 3], line: [1, 1, 1], kind: [1, 1, 1] };
  const files = ["", "/srv/lib/python3.12/a.py", "/srv/b.py", "/v/site-packages/c.py"];
  assert.deepEqual([...new Names(columns, files).own].slice(0, 3), [0, 1, 0]);
  const told = new Names({ ...columns, own: [1, 0, 0] }, files);
  assert.deepEqual([...told.rank].slice(0, 3), [Names.OWN, Names.LIBRARY, Names.LIBRARY]);
  assert.ok(told.isModule(2));
});

test("the slowest and the next call are found among what is shown", async () => {
  const made = program({ seed: 3, calls: 30000, functions: 11, depth: 6 });
  const trace = await traceOf(chunks(made.events, { size: 20000 }));
  const shown = new Shown(trace);
  shown.choose("libraries");
  const tracks = trace.tracks.map((track) => shown.of(track));
  const longest = Math.max(...made.spans.filter((span) => span.function === 1).map((span) => span.end - span.start));
  assert.ok(tracks[0].levels.some((level) => level.blocks.length > 0));
  assert.equal(search.slowest(tracks, 1, -Infinity, Infinity).duration, longest);
  const wanted = Uint8Array.from(names, (_, i) => Number(i === 1));
  const first = made.spans.find((span) => span.function === 1);
  assert.equal(search.next(tracks, null, wanted, 1).start, first.start);
});

test("paths that are told again keep their decisions", () => {
  const paths = new CallPaths();
  const [a, b] = [paths.child(0, 0), paths.child(paths.child(0, 0), 5)];
  const next = random(1);
  for (let i = 0; i < 500; i++) paths.child(Math.floor(next() * paths.count), Math.floor(next() * 11));
  const shown = new Shown({ paths, names: new Names(head().functions, head().files), tracks: [] });
  shown.choose("own");
  assert.deepEqual([shown.fold.row[a], shown.fold.row[b]], [0, 1]);
  assert.equal(shown.fold.count, paths.count);
});

test("a row is made when it is asked for, and once", () => {
  const made = [];
  const rows = FoldedTrack.lazy([0, 1, 2].map((number) => () => made.push(number)));
  assert.deepEqual([rows.length, made], [3, []]);
  assert.deepEqual([rows[1], rows[1], made], [1, 1, [1]]);
  assert.deepEqual([...rows, made.length], [2, 1, 3, 3]);
});

test("what was made of a mode is taken again, unless the recording has grown or a module is hidden", async () => {
  const trace = new Trace(head());
  const [first, second] = chunks(program({ calls: 400, functions: 11, depth: 6 }).events, { size: 300 });
  trace.add(await chunk.unpack(first));
  const shown = new Shown(trace);
  shown.choose("own");
  const [fold, track] = [shown.fold, shown.of(trace.tracks[0])];
  shown.choose("everything");
  shown.choose("own");
  assert.equal(shown.fold, fold);
  assert.equal(shown.of(trace.tracks[0]), track);
  shown.hide("m1");
  assert.notEqual(shown.fold, fold);
  shown.hide(null);
  assert.equal(shown.fold, fold);
  trace.add(await chunk.unpack(second));
  trace.finish({ chunks: 2 });
  shown.choose("own");
  assert.notEqual(shown.fold, fold);
});

test("everything is shown as it is once no module is hidden, whatever was unfolded meanwhile", async () => {
  const { shown, track } = await opened("everything");
  shown.hide(shown.trace.names.module[5]);
  assert.ok(shown.toggle(new Span(track, 1, 0)));
  shown.hide(null);
  assert.equal(shown.fold, null);
});
