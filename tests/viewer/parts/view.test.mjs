// SPDX-License-Identifier: Apache-2.0
//
// view.test.mjs: the stretch of time that is shown, and times as text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Labels, Names, palette, time, View } from "../load.mjs";

function viewOf(from, to) {
  const view = new View();
  view.setBounds(from, to);
  view.fit();
  return view;
}

test("zooming leaves the time below the pointer where it is", () => {
  const view = viewOf(0, 1e9);
  for (const anchor of [0, 0.25, 0.9]) {
    const before = view.from + view.width * anchor;
    view.zoom(0.5, anchor);
    assert.ok(Math.abs(view.from + view.width * anchor - before) < 1e-3);
  }
});

test("the view stays inside the recording and wider than nothing", () => {
  const view = viewOf(0, 1e6);
  for (let i = 0; i < 100; i++) view.zoom(0.5, 0.5);
  assert.equal(view.width, View.LEAST);
  view.pan(1e9);
  assert.ok(view.to <= view.high);
  for (let i = 0; i < 100; i++) view.zoom(2, 0.1);
  assert.ok(view.isFitted);
});

test("a glide ends exactly where it should, and only comes nearer on the way", () => {
  const view = viewOf(0, 1e9);
  view.glide(5e8, 5e8 + 1000, 100);
  let width = view.width;
  for (let now = 110; view.isMoving; now += 10) {
    view.step(now);
    assert.ok(view.width <= width);
    width = view.width;
  }
  assert.deepEqual([view.from, view.to], [5e8, 5e8 + 1000]);
});

test("durations read well at every size", () => {
  const want = { 0: "0 ns", 999: "999 ns", 1500: "1.500 µs", 12345678: "12.35 ms", 999e6: "999.0 ms", 61e9: "61.00 s", 3725e9: "1 h 2 min 05 s" };
  for (const [ns, text] of Object.entries(want)) assert.equal(time.duration(Number(ns)), text);
  assert.equal(time.duration(Infinity), "–");
});

test("a ruler's numbers differ from tick to tick", () => {
  for (const step of [1, 20, 500, 1e6, 2e9]) {
    for (const base of [0, 1e6, 5e9]) assert.notEqual(time.timestamp(base, step), time.timestamp(base + step, step), `${base} by ${step}`);
  }
});

test("the clock is exact although nanoseconds since 1970 are past a double", () => {
  assert.match(time.clock("1700000000123456789", 1000), /\.123457$/);
});

test("a name is cut to what fits, its last part first", () => {
  const columns = { name: ["Shop.Inner.deep (shop.py:7)"], module: ["shop"], file: [1], line: [7], kind: [1] };
  const labels = new Labels(new Names(columns, ["", "/srv/shop.py"]), (text) => text.length);
  assert.equal(labels.fit(0, 15), "Shop.Inner.deep");
  assert.equal(labels.fit(0, 14), "deep");
  assert.equal(labels.fit(0, 3), "de…");
  assert.equal(labels.fit(0, 2), "");
});

test("modules that come first have different colours, in both themes", () => {
  const list = Array.from({ length: 12 }, (_, i) => i);
  const columns = { name: list.map((i) => "f" + i), module: list.map(String), file: list.map((i) => i + 1), line: list, kind: list.map(() => 1) };
  const names = new Names(columns, ["", ...list.map((i) => `/a/${i}.py`)]);
  for (const theme of ["light", "dark"]) {
    const colours = palette.colours(names, theme).slice(0, 12);
    assert.equal(new Set(colours).size, 12);
  }
});

test("a name or a file is found in any case", () => {
  const columns = { name: ["Alpha.run", "beta"], module: ["", ""], file: [0, 1], line: [0, 1], kind: [2, 1] };
  const names = new Names(columns, ["", "/srv/Gamma.py"]);
  assert.deepEqual([...names.find("ALPHA")].slice(0, 2), [1, 0]);
  assert.deepEqual([...names.find("gamma")].slice(0, 2), [0, 1]);
  assert.deepEqual([...names.find("")].slice(0, 2), [0, 0]);
});

test("the place behind a name is told apart, however much of the path it has", () => {
  const columns = { name: ["sub (re/__init__.py:179)", "odd (x.py:3)", "<module> (a.py:1)"], module: ["re", "", ""], file: [1, 2, 3], line: [179, 4, 1], kind: [1, 1, 1] };
  const names = new Names(columns, ["", "/usr/lib/re/__init__.py", "/x.py", "/srv/a.py"]);
  assert.deepEqual(names.short.slice(0, 3), ["sub", "odd (x.py:3)", "<module>"]);
  assert.equal(names.where(0), "re/__init__.py:179");
  assert.equal(names.label(2), "<module> a.py");
});
