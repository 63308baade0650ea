// SPDX-License-Identifier: Apache-2.0
//
// output.test.mjs: what codesnap writes as HTML holds, read by the viewer, the
// very calls that it writes as JSON from the same session.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { base64, chunk, Names, OffCpu, Span, Totals, Trace, WorkerPool } from "../load.mjs";

const build = process.env.CODESNAP_BUILD || new URL("../../../build", import.meta.url).pathname;
const codesnap = join(build, "codesnap");
const agent = join(build, "libcodesnap_agent.so");
const skip = !(existsSync(codesnap) && existsSync(agent)) && "codesnap is not built";

// More calls below than a chunk tells of those open, and more than one holds.
const PROGRAM = `
import sys, threading
sys.setrecursionlimit(10000)
def leaf(n): return n
def deep(n):
    if n: return deep(n - 1)
    for i in range(80000): leaf(i)
def fail():
    raise ValueError
def steps():
    yield 1
    yield 2
def main():
    deep(2500)
    try: fail()
    except ValueError: pass
    list(steps())
    eval(compile("def f(): pass\\nf()", "</script><!--<script>", "exec"), {})
threading.Thread(target=main, name="</script>").start()
main()
`;

let folder, session;
before(() => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), "codesnap-output-"));
  writeFileSync(join(folder, "program.py"), PROGRAM);
  const env = { ...process.env, LD_PRELOAD: agent, CODESNAP_OUT: join(folder, "t.json"), CODESNAP_EXIT_CONVERT: "0" };
  execFileSync(process.env.PYTHON || "python3", ["program.py"], { cwd: folder, env, stdio: "ignore" });
  session = join(folder, readdirSync(folder).find((name) => name.endsWith(".codesnap")));
});
after(() => folder && rmSync(folder, { recursive: true }));

function convert(name, env = {}) {
  const out = join(folder, name);
  execFileSync(codesnap, ["convert", session, "-o", out], { env: { ...process.env, ...env }, stdio: "ignore" });
  return readFileSync(out, "utf8");
}

const script = (html, id) => JSON.parse(new RegExp(`<script type="application/json" id="${id}">([^<]*)</script>`).exec(html)[1]);
const texts = (html, form = "") => [...html.matchAll(/class="codesnap-chunk([^"]*)" data-track="\d+"[^>]*>([^<]*)<\/script>/g)].filter((match) => match[1] === form).map((match) => match[2]);

async function read(html) {
  const trace = new Trace(script(html, "codesnap-tables"));
  for (const text of texts(html)) trace.add(await chunk.unpack(base64.decode(text)));
  for (const text of texts(html, " codesnap-waits")) trace.take(await chunk.read(text, trace.names.kind, "waits"));
  trace.finish(script(html, "codesnap-end"));
  return trace;
}

function callsOf(trace) {
  const list = [];
  for (const track of trace.tracks) {
    for (const level of track.levels) {
      for (let i = 0; i < level.count; i++) {
        const span = new Span(track, level.depth, i);
        list.push([track.facts.tid, span.start, span.duration, trace.names.full[span.function]].join());
      }
    }
  }
  return list.sort();
}

const nanoseconds = (micros) => Math.round(micros * 1000);

test("HTML and JSON of one session hold the same calls", { skip }, async () => {
  const { traceEvents } = JSON.parse(convert("t.json"));
  const trace = await read(convert("t.html"));
  const want = traceEvents.filter(({ ph }) => ph === "X").map(({ tid, ts, dur, name }) => [tid, nanoseconds(ts), nanoseconds(dur), name].join());
  assert.ok(want.length > 160000);
  assert.deepEqual(callsOf(trace), want.sort());
  assert.deepEqual(trace.troubles(), []);
});

test("page, report and database say the same of each function", { skip }, async () => {
  const trace = await read(convert("t.html"));
  const totals = Totals.of(trace);
  const page = trace.names.full.map((name, i) => [name, totals.calls[i], totals.steps(i), totals.self[i], totals.total[i], totals.mean(i), totals.max[i]].join());
  const { functions } = JSON.parse(execFileSync(codesnap, ["report", "--json", session], { encoding: "utf8", maxBuffer: 1 << 26 }));
  const report = functions.map((one) => [one.name, one.calls, one.steps, one.self_ns, one.total_ns, one.mean_ns, one.max_ns].join());
  assert.ok(functions.some((one) => one.name.startsWith("steps") && one.calls === 2 && one.steps === 6));
  const off = OffCpu.of(trace);
  const cpu = new Map(functions.map((one) => [one.name, one.total_cpu_ns]));
  if (off) trace.names.full.forEach((name, i) => cpu.has(name) && assert.equal(Math.max(0, totals.total[i] - off[i]), cpu.get(name), name));
  const called = (_, i) => totals.spans[i] > 0 && trace.names.kind[i] !== Names.TRACER;
  assert.deepEqual(page.filter(called).sort(), report.sort());
});

test("what the page says at its end is what it holds", { skip }, async () => {
  const trace = await read(convert("t.html"));
  assert.deepEqual([trace.end.calls, trace.end.events, trace.end.chunks], [trace.calls, trace.events, trace.chunks]);
});

test("each script has the sum of its bytes, by which one changed letter is found", { skip }, () => {
  const html = convert("t.html");
  const scripts = [...html.matchAll(/data-sum="([0-9a-f]{8})">([^<]*)<\/script>/g)];
  assert.ok(scripts.length >= texts(html).length);
  for (const [, sum, text] of scripts) {
    base64.decode(text, sum);
    for (let i = 0; i < text.length - 4; i += Math.ceil(text.length / 50)) {
      const other = text[i] === "A" ? "B" : "A";
      assert.throws(() => base64.decode(text.slice(0, i) + other + text.slice(i + 1), sum), RangeError);
    }
  }
});

test("each chunk can be read without those before it", { skip }, async () => {
  const html = convert("t.html");
  const list = texts(html);
  const last = Math.max(...list.map((text, i) => (list.length > 2 ? i : 0)));
  const trace = new Trace(script(html, "codesnap-tables"));
  trace.add(await chunk.unpack(base64.decode(list[last])));
  trace.finish(null);
  const alone = trace.tracks.find((track) => !track.isEmpty);
  const whole = (await read(html)).tracks[alone.number];
  for (const level of alone.levels.slice(1000)) {
    for (let i = 0; i < Math.min(level.count, 50); i++) {
      const at = whole.levels[level.depth].at(level.start[i]);
      assert.ok(at >= 0);
      assert.equal(whole.levels[level.depth].functionOf(at), level.functionOf(i));
    }
  }
});

test("the first chunk is so short that the page reads it itself, the next one is longer", { skip }, () => {
  const [first, second] = texts(convert("t.html"));
  assert.ok(first.length < WorkerPool.SHORT);
  assert.ok(second.length > 2 * first.length);
});

test("no chunk is longer than a megabyte, and nothing else ends a script", { skip }, () => {
  const html = convert("t.html");
  for (const text of texts(html)) assert.ok(text.length <= 1e6);
  assert.equal(html.match(/<\/script>/gi).length, html.match(/<script[ >]/gi).length);
  assert.equal(html.match(/<!--/g), null);
});

test("the same session gives the same bytes", { skip }, () => {
  assert.equal(convert("a.html"), convert("b.html"));
});
