// SPDX-License-Identifier: Apache-2.0
//
// summary.test.mjs: a recording in one line, and what the picture opens on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeChunk, open, tables } from "../encode.mjs";
import { chunk, imports, ownCode, State, Summary, Trace } from "../load.mjs";

const FROZEN = "<frozen importlib._bootstrap>";
const LIBRARY = "/usr/lib/python3.12/json/__init__.py";
const KNOWN = {
  main: ["<module> (app.py:1)", "/srv/app.py", "__main__"],
  find: [`_find_and_load (${FROZEN}:1)`, FROZEN, "importlib._bootstrap"],
  json: ["import json (json/__init__.py:1)", LIBRARY, "json"],
  older: ["<module> (older.py:1)", "/srv/older.py", "older"],
  string: ["<module> (<string>:1)", "<string>", "app"],
  run: ["run (app.py:7)", "/srv/app.py", "__main__"],
  step: ["step (app.py:9)", "/srv/app.py", "__main__"],
  loads: ["loads (__init__.py:9)", LIBRARY, "json"],
  sleep: ["time.sleep", "", "time"],
};
const NAMES = Object.keys(KNOWN);

// calls: [name, from, to, calls inside] each, of one thread; more lists are of others.
async function summaryOf(...threads) {
  const head = tables({ names: NAMES.map((name) => KNOWN[name][0]), kinds: NAMES.map((name) => (KNOWN[name][1] ? 1 : 2)), tracks: threads.length });
  head.files = ["", ...new Set(NAMES.map((name) => KNOWN[name][1]).filter(Boolean))];
  head.functions.file = NAMES.map((name) => head.files.indexOf(KNOWN[name][1]));
  head.functions.module = NAMES.map((name) => KNOWN[name][2]);
  head.functions.line = NAMES.map((name) => Number(/:(\d+)\)$/.exec(KNOWN[name][0])?.[1] || 0));
  const events = (calls) => calls.flatMap(([name, from, to, inside = [], how = 0]) => [[open(NAMES.indexOf(name), how), from], ...events(inside), [0, to]]);
  const trace = new Trace(head);
  for (const [track, calls] of threads.entries()) trace.add(await chunk.unpack(encodeChunk({ track, begin: calls[0]?.[1] || 0, events: events(calls) })));
  trace.finish({ chunks: threads.length, slow: [] });
  const state = new State(trace);
  state.count();
  return new Summary(state);
}

const text = ({ parts }) => parts.map(({ before = "", text: own, after = "" }) => before + own + after).join("; ");

test("imports are told, the slowest own function, and that nothing is slow", async () => {
  const inside = [["find", 50, 700, [["json", 100, 600, [["find", 200, 300]]]]], ["run", 700, 950, [["step", 710, 720]]]];
  const summary = await summaryOf([["main", 0, 1000, inside]]);
  assert.equal(text(summary), "650 ns of 1.000 µs are imports; slowest own function: run 250 ns; no slow calls");
  assert.equal(summary.imports.longest.duration, 500);
});

test("the longest of a coroutine's steps is called a step", async () => {
  const inside = [["step", 0, 10], ["step", 100, 500, [], 1], ["run", 600, 700]];
  assert.equal(text(await summaryOf([["main", 0, 1000, inside]])), "slowest own function: step 400 ns in one step; most time in itself: <module> app.py 490 ns; no slow calls");
});

test("where imports are over half, the picture opens on the own code beside them", async () => {
  const inside = [["find", 0, 700, [["json", 0, 600, [["step", 10, 20]]]]], ["run", 750, 950]];
  assert.deepEqual((await summaryOf([["main", 0, 1000, inside]])).opening, [750, 950]);
  assert.equal((await summaryOf([["main", 0, 1000, [["find", 0, 400], ["run", 400, 1000]]]])).opening, null);
  assert.equal((await summaryOf([["main", 0, 1000, [["find", 0, 900]]]])).opening, null);
});

test("an import inside a function counts, the program's module and exec() do not", async () => {
  const late = await summaryOf([["main", 0, 1000, [["run", 0, 1000, [["find", 100, 300], ["string", 300, 600], ["json", 600, 700], ["older", 700, 800]]]]]]);
  assert.equal(late.imports.time, 400);
});

test("with several threads the line says whose imports they are", async () => {
  const summary = await summaryOf([["main", 0, 1000, [["find", 0, 400]]]], [["run", 100, 900]]);
  assert.match(text(summary), /^400 ns of 1\.000 µs in thread T0 are imports; slowest own function: run 800 ns;/);
});

test("a thread is called as one would say it", async () => {
  const summary = await summaryOf([["run", 0, 10]]);
  const said = (name, processes = [{ pid: 1 }]) => {
    summary.trace.processes = processes;
    return summary.placeOf({ facts: { name, process: 0 } });
  };
  assert.equal(said("MainThread"), "the main thread");
  assert.equal(said("MainThread (interpreter 7)"), "the main thread of interpreter 7");
  assert.equal(said("loader", [{ pid: 4711 }, { pid: 4712 }]), "thread loader of process 4711");
});

test("without imports and own functions the line says where the time went", async () => {
  assert.equal(text(await summaryOf([["main", 0, 1000, [["sleep", 0, 900]]]])), "most time in itself: time.sleep 900 ns, which waits; no slow calls");
  assert.equal(text(await summaryOf([["loads", 0, 1000]])), "most time in itself: loads 1.000 µs; no slow calls");
  assert.equal(text(await summaryOf([])), "No call was recorded");
});

test("slow calls are told with their function, or counted", async () => {
  const summary = await summaryOf([["run", 0, 1000]]);
  const rows = (...numbers) => numbers.map((number) => ({ function: number, seen_by: [] }));
  const said = (slow) => {
    summary.trace.end.slow = slow;
    return summary.parts.at(-1).text;
  };
  assert.equal(said(rows(NAMES.indexOf("run"))), "slow calls of run to look at");
  const [loads, run, step, sleep] = ["loads", "run", "step", "sleep"].map((name) => NAMES.indexOf(name));
  assert.equal(said(rows(loads, run, step)), "slow calls of 3 functions to look at");
  assert.equal(said(rows(loads, sleep)), "slow calls of 2 functions to look at");
  assert.match(said(undefined), /^run/);
});

test("own is what the page says, else what lies in no folder of libraries", async () => {
  const { trace: { names } } = await summaryOf([["run", 0, 1000]]);
  const owned = (own) => NAMES.filter((_, i) => ownCode.functions({ ...names, own })[i]).join(" ");
  assert.equal(owned(names.own), "run step");
  assert.equal(owned(Uint8Array.from(NAMES, (name) => (name === "loads" ? 1 : 0))), "loads");
  assert.equal(imports.isOne(names, NAMES.indexOf("json")), true);
});
