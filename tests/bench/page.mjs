// SPDX-License-Identifier: Apache-2.0
//
// page.mjs PAGE: open a page in chromium as from a double click, and print what
// it took and what the page holds, as one JSON object; spans.c says what the
// rows of tracks and functions are.  Without PAGE: whether that can be done.
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { launch, missing } from "../viewer/browser.mjs";

// In the page.
function holds() {
  const { trace } = window.__codesnap.viewer.state;
  const threshold = trace.short ? trace.short.threshold_ns : 0;
  const told = (track) => {
    let [count, ns, check] = [0, 0, 0];
    for (const level of track.levels) {
      for (let i = 0; i < level.count; i++) {
        const duration = level.end[i] - level.start[i];
        if (!(duration >= threshold)) continue;
        count++;
        ns += duration;
        check += (level.start[i] % 65521) * (1 + (level.functionOf(i) % 251)) + level.depth;
      }
    }
    return [count, ns, check];
  };
  const totals = Totals.of(trace);
  const row = (n) => [n, totals.calls[n], totals.spans[n] - totals.calls[n], totals.self[n], totals.whole[n], totals.max[n]];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    threshold_ns: threshold,
    short_spans: trace.short ? trace.short.spans : 0,
    calls: trace.calls,
    spans: trace.spans,
    troubles: trace.troubles(),
    tracks: trace.tracks.map(told),
    functions: [...trace.names.full.keys()].filter((n) => totals.spans[n]).map(row),
    names: trace.names.full,
    painted_ms: paint ? paint.startTime : null,
  };
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended
  }
}

// The processes that this one started, and theirs: [pid].
function descendants() {
  const parents = new Map(readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => [pid, stat(pid)[1]]));
  const isOurs = (pid) => parents.has(pid) && (parents.get(pid) === String(process.pid) || isOurs(parents.get(pid)));
  return [...parents.keys()].filter(isOurs);
}

// From the third field on; proc(5).
function stat(path) {
  return read(path, "stat").replace(/^.*\) /s, "").split(" ");
}

function cpu(path) {
  return (Number(stat(path)[11]) + Number(stat(path)[12])) / 100;
}

// Of the process that shows the page, which is the largest one: its peak, and
// seconds of a core of all its threads and of the one that runs the page.
function cost() {
  const peak = (pid) => Number((/VmHWM:\s+(\d+)/.exec(read(pid, "status")) || [0, 0])[1]) * 1024;
  const renderer = descendants().reduce((one, other) => (peak(other) > peak(one) ? other : one));
  return { peak_bytes: peak(renderer), cpu_s: cpu(renderer), main_s: cpu(`${renderer}/task/${renderer}`) };
}

if (missing) {
  console.error(missing);
  process.exit(1);
}
if (!process.argv[2]) process.exit(0);
const browser = await launch();
const begun = performance.now();
const page = await browser.open(resolve(process.argv[2]), { width: 1800, height: 1300 });
const ready_ms = performance.now() - begun;
console.log(JSON.stringify({ ready_ms, ...cost(), wrong: page.troubles, ...(await page.evaluate(holds)) }));
await browser.close();
