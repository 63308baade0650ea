// SPDX-License-Identifier: Apache-2.0
//
// bench.mjs [PAGE | CALLS [THREADS]]: how long a page takes until all is there,
// how much memory, and its frames; of a made-up recording unless a page is
// given.  Numbers, no verdict: what holds is in the project's issues.
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { launch, missing, shell } from "./browser.mjs";
import { page as makePage, tables } from "./encode.mjs";
import { random } from "./random.mjs";

const FUNCTIONS = 2000;
const DEPTH = 60;
const EVENTS = 120000;

// A chunk under way, in buffers: an array a byte would take too long.
class Columns {
  constructor() {
    this.tokens = Buffer.alloc(EVENTS * 3);
    this.times = Buffer.alloc(EVENTS * 5);
    this.clear();
  }

  clear() {
    this.tokenBytes = this.timeBytes = this.events = 0;
  }

  add(token, step) {
    this.tokenBytes = put(this.tokens, this.tokenBytes, token);
    this.timeBytes = put(this.times, this.timeBytes, step);
    this.events++;
  }

  chunk(track, begin, stack) {
    const head = Buffer.alloc(64 + 24 * DEPTH);
    let at = 0;
    for (const value of [track, this.events, begin, stack.length, stack.length, ...stack.flat(), this.tokenBytes]) at = put(head, at, value);
    const parts = [head.subarray(0, at), this.tokens.subarray(0, this.tokenBytes), this.times.subarray(0, this.timeBytes)];
    return Buffer.concat([Buffer.from([1]), deflateRawSync(Buffer.concat(parts), { level: 1 })]);
  }
}

function put(bytes, at, value) {
  for (; value >= 128; value = Math.floor(value / 128)) bytes[at++] = (value % 128) + 128;
  bytes[at++] = value;
  return at;
}

// One thread: calls at random depths, a walk up and down.
function thread(track, calls) {
  const next = random(track + 1);
  const columns = new Columns();
  const chunks = [];
  const stack = [];
  let now = track * 1000;
  let begin = { now, stack: [] };
  const add = (token, step) => {
    if (columns.events === EVENTS) {
      chunks.push(columns.chunk(track, begin.now, begin.stack));
      columns.clear();
      begin = { now, stack: stack.map((call) => [...call]) };
    }
    columns.add(token, step);
    now += step;
  };
  for (let left = calls; left > 0 || stack.length;) {
    const step = 1 + Math.floor(next() ** 4 * 3000);
    if (left > 0 && stack.length < DEPTH && next() < 0.5 + 0.3 / (1 + stack.length)) {
      const number = Math.floor(next() ** 2 * FUNCTIONS);
      add(16 + number * 4, step);
      stack.push([number, now, 0]);
      left--;
    } else if (stack.length) {
      add(0, step);
      stack.pop();
    }
  }
  chunks.push(columns.chunk(track, begin.now, begin.stack));
  return chunks;
}

function makeUp(calls, threads) {
  const parts = Array.from({ length: threads }, (_, track) => thread(track, Math.floor(calls / threads))).flat();
  return makePage(shell, tables({ functions: FUNCTIONS, tracks: threads }), parts);
}

// In the page: n frames, each after step, in milliseconds, sorted.
function frames([name, n]) {
  const { viewer } = window.__codesnap;
  const steps = {
    pan: () => viewer.view.pan(0.02),
    zoom: () => viewer.view.zoom(0.93, 0.3),
    everything: () => viewer.view.fit(),
  };
  viewer.view.fit();
  if (name === "pan") viewer.view.zoom(0.3, 0.5);
  const times = [];
  for (let i = 0; i < n; i++) {
    steps[name]();
    const begin = performance.now();
    viewer.draw();
    times.push(performance.now() - begin);
  }
  return { rows: viewer.picture.rows.length, times: times.sort((one, other) => one - other) };
}

async function measure(path) {
  const browser = await launch();
  const began = performance.now();
  const page = await browser.open(path, { width: 1800, height: 1300 });
  console.log(`ready           ${(performance.now() - began).toFixed(0)} ms`);
  console.log(`holds           ${JSON.stringify(await page.evaluate(() => window.__codesnap.stats()))}`);
  console.log(`memory          ${((await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e6).toFixed(0)} MB`);
  await page.evaluate(() => window.__codesnap.viewer.panel.setHeight(100));
  for (const name of ["everything", "pan", "zoom"]) {
    const { rows, times } = await page.evaluate(frames, [name, 60]);
    console.log(`${name.padEnd(15)} ${rows} rows: median ${times[30].toFixed(1)} ms, 95 % within ${times[56].toFixed(1)} ms`);
  }
  for (const [name, expression] of [["table", "Totals.of(__codesnap.viewer.trace)"], ["flame graph", "new Flame(__codesnap.viewer.trace)"]]) {
    console.log(`${name.padEnd(15)} ${(await page.evaluate(`(() => { const t = performance.now(); ${expression}; return performance.now() - t; })()`)).toFixed(0)} ms`);
  }
  await browser.close();
}

if (missing) {
  console.error(missing);
  process.exit(1);
}
const [what = "5000000", threads = "16"] = process.argv.slice(2);
if (existsSync(what)) await measure(resolve(what));
else {
  const folder = mkdtempSync(join(tmpdir(), "codesnap-bench-"));
  const path = join(folder, "bench.html");
  writeFileSync(path, makeUp(Number(what), Number(threads)));
  await measure(path);
  if (process.env.KEEP) renameSync(path, process.env.KEEP);
  rmSync(folder, { recursive: true });
}
