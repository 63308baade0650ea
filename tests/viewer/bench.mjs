// SPDX-License-Identifier: Apache-2.0
//
// bench.mjs [PAGE ... | CALLS [THREADS]]: how long a page takes until all is
// there, how much memory, its frames, how long it takes to show other calls one
// by one, and what it shows of an area.  Unless pages are given of two made-up
// recordings: requests to a program whose functions call what they always call,
// and the worst there can be, calls at random, whose ways hardly ever come again.
// ROUNDS=n: medians of so many rounds.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { deflateRawSync } from "node:zlib";
import { launch, missing, settle, shell } from "./browser.mjs";
import { page as makePage, tables } from "./encode.mjs";
import { random } from "./random.mjs";

const FUNCTIONS = 2000;
const DEPTH = 60;
const LAYERS = 10;
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

// The chunks of one thread, which calls and returns as make tells it.
function thread(track, calls, make) {
  const next = random(track + 1);
  const columns = new Columns();
  const chunks = [];
  const stack = [];
  let now = track * 1000;
  let begin = { now, stack: [] };
  const add = (token) => {
    if (columns.events === EVENTS) {
      chunks.push(columns.chunk(track, begin.now, begin.stack));
      columns.clear();
      begin = { now, stack: stack.map((call) => [...call]) };
    }
    const step = 1 + Math.floor(next() ** 4 * 3000);
    columns.add(token, step);
    now += step;
  };
  const enter = (number) => {
    add(16 + number * 4);
    stack.push([number, now, 0]);
  };
  const leave = () => {
    add(0);
    stack.pop();
  };
  make({ calls, next, stack, enter, leave });
  chunks.push(columns.chunk(track, begin.now, begin.stack));
  return chunks;
}

const SHAPES = {
  // Requests of 40 kinds.  A function is of a layer and calls some of the next,
  // each once or twice, unless it happens to be left out.
  requests({ calls, next, enter, leave }) {
    const perLayer = FUNCTIONS / LAYERS;
    let left = calls;
    const call = (number) => {
      left--;
      enter(number);
      const layer = Math.floor(number / perLayer) + 1;
      const mine = random(number + 7);
      for (let callees = layer < LAYERS ? 1 + Math.floor(mine() * 3) : 0; callees > 0; callees--) {
        const callee = layer * perLayer + Math.floor(mine() * perLayer);
        for (let times = 1 + Math.floor(mine() * 2); times > 0 && left > 0; times--) if (next() < 0.9) call(callee);
      }
      leave();
    };
    while (left > 0) call(Math.floor(next() * 40));
  },

  // A walk up and down, of any function.
  "at random"({ calls, next, stack, enter, leave }) {
    for (let left = calls; left > 0 || stack.length;) {
      if (left > 0 && stack.length < DEPTH && next() < 0.5 + 0.3 / (1 + stack.length)) {
        enter(Math.floor(next() ** 2 * FUNCTIONS));
        left--;
      } else if (stack.length) leave();
    }
  },
};

function makeUp(shape, calls, threads) {
  const parts = Array.from({ length: threads }, (_, track) => thread(track, Math.floor(calls / threads), SHAPES[shape])).flat();
  const head = tables({ functions: FUNCTIONS, tracks: threads });
  head.files = head.files.map((file, i) => (i % 3 === 1 ? file : "/usr/lib/python3/dist-packages" + file)); // a third is the user's own
  return makePage(shell, head, parts);
}

// In the page: n frames, each after step, in milliseconds, sorted.
function frames([name, n]) {
  const { viewer } = window.__codesnap;
  const steps = {
    pan: () => viewer.state.view.pan(0.02),
    zoom: () => viewer.state.view.zoom(0.93, 0.3),
    everything: () => viewer.state.view.fit(),
  };
  viewer.state.view.fit();
  if (name === "pan") viewer.state.view.zoom(0.3, 0.5);
  const times = [];
  for (let i = 0; i < n; i++) {
    steps[name]();
    const begin = performance.now();
    viewer.timeline.draw();
    times.push(performance.now() - begin);
  }
  return times.sort((one, other) => one - other);
}

// In the page: what is shown of most of the recording, each in milliseconds.
const ANALYSES = `(() => {
  const { trace } = __codesnap.viewer.state;
  const [from, to] = [trace.from + 0.21 * (trace.to - trace.from), trace.from + 0.83 * (trace.to - trace.from)];
  const timed = (make) => {
    const begin = performance.now();
    const made = make();
    return [performance.now() - begin, made];
  };
  const [table, totals] = timed(() => Totals.of(trace, from, to));
  const most = [...totals.self.keys()].sort((one, other) => totals.self[other] - totals.self[one]).slice(0, 12);
  const [percentiles] = timed(() => {
    const durations = new Durations(trace, totals, from, to);
    for (const share of [0.5, 0.95, 0.99]) for (const number of most) durations.quantile(number, share);
  });
  const [graph, flame] = timed(() => new Flame(trace, from, to));
  const [callTree] = timed(() => [tree.topDown(flame), tree.bottomUp(flame)]);
  return { table, percentiles, "flame graph": graph, "call tree": callTree };
})()`;

// In the page: how long it takes to show other calls one by one, at worst.
function switching() {
  const { viewer } = window.__codesnap;
  const times = ["everything", "libraries", "own", "everything", "own"].map((mode) => {
    const begin = performance.now();
    viewer.state.show(mode);
    viewer.timeline.draw();
    return performance.now() - begin;
  });
  viewer.state.show("everything");
  return Math.max(...times);
}

// In the page: when what stands out is told.
function outliersReady() {
  return new Promise((go) => {
    const look = () => (window.__codesnap.viewer.slow.isReady ? go(performance.now()) : setTimeout(look, 5));
    look();
  });
}

// One round: a name to a number in milliseconds, MB for memory.
async function measure(path) {
  const browser = await launch();
  await settle();
  const page = await browser.open(path, { width: 1800, height: 1300, ready: false });
  // By the page's own clock, which starts when the browser is asked for it.
  const ready = await page.evaluate(() => window.__codesnap.ready.then(() => performance.now()));
  const found = { ready, outliers: await page.evaluate(outliersReady) };
  for (const [name, entry] of Object.entries({ "first paint": "first-contentful-paint", "first calls": "first calls", picture: "picture" })) {
    found[name] = await page.evaluate((one) => performance.getEntriesByName(one)[0]?.startTime ?? NaN, entry);
  }
  found["peak memory, MB"] = await browser.peakMegabytes();
  await page.evaluate(() => window.__codesnap.viewer.panel.setHeight(100));
  found.switching = await page.evaluate(switching).catch(() => NaN);
  for (const name of ["everything", "pan", "zoom"]) {
    const times = await page.evaluate(frames, [name, 60]);
    Object.assign(found, { [name]: times[30], [`${name}, 95 %`]: times[56] });
  }
  Object.assign(found, await page.evaluate(ANALYSES));
  const { calls, tracks } = await page.evaluate(() => window.__codesnap.stats());
  const rows = await page.evaluate(() => window.__codesnap.viewer.timeline.picture.rows.length);
  await browser.close();
  return { about: `${calls.toLocaleString("en")} calls, ${tracks} threads, ${rows} rows in sight`, found };
}

const median = (list) => list.sort((one, other) => one - other)[list.length >> 1];

// Each page once a round, so that all meet the same load; the medians.
async function compare(paths) {
  const rounds = paths.map(() => []);
  const abouts = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, path] of paths.entries()) {
      const { about, found } = await measure(path);
      rounds[i].push(found);
      abouts[i] = about;
    }
  }
  paths.forEach((path, i) => console.log(`${basename(path)}: ${abouts[i]}, ${(statSync(path).size / 1e6).toFixed(1)} MB`));
  console.log(`milliseconds, medians of ${ROUNDS}; load ${loadavg()[0].toFixed(1)} on ${cpus().length} cores`);
  for (const name of Object.keys(rounds[0][0])) {
    const values = rounds.map((list) => median(list.map((found) => found[name])).toFixed(name.length > 12 || name in { everything: 0, pan: 0, zoom: 0 } ? 1 : 0));
    console.log(name.padEnd(18) + values.map((value) => value.padStart(10)).join(""));
  }
}

if (missing) {
  console.error(missing);
  process.exit(1);
}
const ROUNDS = Number(process.env.ROUNDS || 1);
const [what = "5000000", threads = "16"] = process.argv.slice(2);
if (existsSync(what)) await compare(process.argv.slice(2).map((path) => resolve(path)));
else {
  const folder = mkdtempSync(join(process.env.KEEP || tmpdir(), "codesnap-bench-"));
  const paths = Object.keys(SHAPES).map((shape) => join(folder, shape.replace(" ", "-") + ".html"));
  Object.keys(SHAPES).forEach((shape, i) => writeFileSync(paths[i], makeUp(shape, Number(what), Number(threads))));
  await compare(paths);
  if (!process.env.KEEP) rmSync(folder, { recursive: true });
}
