// SPDX-License-Identifier: Apache-2.0
//
// peers.mjs BUILD [CALLS [ROUNDS]]: the page of a recording beside VizTracer's
// HTML and speedscope on the same recording: time until all is there, memory,
// frames.  In each round each of them is opened once, in a browser of its own.
// What can't be installed is left out, and said.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { chrome, missing, peakMegabytes, playwright, settle } from "./browser.mjs";

const PYTHON = process.env.PYTHON || "python3";
const STEPS = 60;
const PATIENCE_MS = 180000;
// Two threads that write functions of the standard library anew, until they have
// made about as many calls as asked for; a node of a tree takes so many.
const PROGRAM = `
import ast, sys, threading
CALLS_A_NODE = 20
write = getattr(ast, "unparse", ast.dump) # from 3.9 on
parts = ast.parse(open(ast.__file__).read()).body
def work(calls):
    while calls > 0:
        for part in parts:
            write(part)
            calls -= CALLS_A_NODE * sum(1 for _ in ast.walk(part))
            if calls <= 0: return
other = threading.Thread(target=work, args=(int(sys.argv[1]) // 2,), name="other")
other.start()
work(int(sys.argv[1]) // 2)
other.join()
`;
// VizTracer's page loads this from the net, without which it stays empty.
const POLYFILL = "webcomponents.js@0.7.24";

// What a page does for one step of a zoom or a way to the side, in the page.
const WHEEL = `(kind, sign) => document.elementFromPoint(700, 300).dispatchEvent(
  new WheelEvent("wheel", { bubbles: true, cancelable: true, clientX: 700, clientY: 300, ctrlKey: kind === "zoom", deltaX: kind === "pan" ? 24 * sign : 0, deltaY: kind === "zoom" ? -8 * sign : 0 }))`;
const KEY = `(kind, sign) => {
  const code = { zoom: "sw", pan: "ad" }[kind].charCodeAt((sign + 1) / 2);
  const event = document.createEvent("Event"); // the polyfill takes no other
  event.initEvent("keypress", true, true);
  for (const name of ["keyCode", "which", "charCode"]) Object.defineProperty(event, name, { value: code });
  document.body.dispatchEvent(event);
}`;

function tool(build, command, ...argv) {
  execFileSync(command, argv, { cwd: build, stdio: ["ignore", "ignore", "inherit"] });
}

function attempt(what, action) {
  try {
    return action();
  } catch (error) {
    console.log(`${what}: left out, it could not be made (${String(error.message).split("\n")[0]})`);
    return null;
  }
}

// -- the pages ---------------------------------------------------------------

function codesnapPage(folder) {
  const path = join(folder, "made.html");
  return { name: "codesnap", url: "file://" + path, bytes: statSync(path).size, ready: "window.__codesnap && __codesnap.ready.then(() => true)", step: WHEEL };
}

function viztracerPage(folder) {
  const site = join(folder, "viztracer");
  if (!existsSync(site)) tool(folder, PYTHON, "-m", "pip", "install", "-q", "--root-user-action=ignore", "--target", site, "viztracer");
  const path = join(folder, "made.viztracer.html");
  tool(folder, PYTHON, "-c", `import sys; sys.path.insert(0, ${JSON.stringify(site)})
from viztracer.report_builder import ReportBuilder
ReportBuilder(["made.json"], verbose=0).save(${JSON.stringify(path)})`);
  const ready = 'document.querySelector("tr-ui-timeline-view") && !!document.querySelector("tr-ui-timeline-view").model && document.querySelector("canvas.drawing-container-canvas") !== null';
  return { name: "VizTracer", url: "file://" + path, bytes: statSync(path).size, ready, step: KEY };
}

// As its command line does it: a script beside it that hands the profile over.
function speedscopePage(folder) {
  const profile = readFileSync(join(folder, "made.speedscope.json"));
  const path = join(folder, "made.speedscope.js");
  writeFileSync(path, `speedscope.loadFileFromBase64("made.speedscope.json", ${JSON.stringify(profile.toString("base64"))})`);
  const home = join(folder, "node_modules/speedscope/dist/release/index.html");
  return { name: "speedscope", url: `file://${home}#localProfilePath=${path}`, bytes: profile.length, ready: 'document.querySelectorAll("canvas").length >= 3', step: WHEEL };
}

function record(build, folder, calls) {
  writeFileSync(join(folder, "made.py"), PROGRAM);
  tool(folder, join(build, "codesnap"), "run", "-q", "-o", "made.html", "-o", "made.json", "-o", "made.speedscope.json", "--", PYTHON, "made.py", String(calls));
}

function makePages(build, folder, calls) {
  mkdirSync(folder, { recursive: true });
  record(build, folder, calls);
  const npm = attempt("speedscope, and what VizTracer's page needs", () => {
    if (!existsSync(join(folder, "node_modules/speedscope"))) tool(folder, "npm", "install", "--silent", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "speedscope", POLYFILL);
    return true;
  });
  return [codesnapPage(folder), npm && attempt("VizTracer", () => viztracerPage(folder)), npm && attempt("speedscope", () => speedscopePage(folder))].filter(Boolean);
}

// -- measuring ---------------------------------------------------------------

// In the page: how long each of n frames took, a step in each.
async function frames([step, kind, n]) {
  const act = eval(step);
  const times = [];
  let last = await new Promise(requestAnimationFrame);
  for (let i = 0; i < n; i++) {
    act(kind, i < n / 2 ? 1 : -1);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}

const ranked = (list, share) => [...list].sort((one, other) => one - other)[Math.min(list.length - 1, Math.floor(share * list.length))];

async function open(browser, folder, { url, ready }) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.route(/^https?:/, (route) => (/webcomponents/.test(route.request().url()) ? route.fulfill({ path: join(folder, "node_modules/webcomponents.js/webcomponents.min.js") }) : route.abort()));
  const began = performance.now();
  await page.goto(url, { timeout: PATIENCE_MS });
  await page.waitForFunction(ready, null, { polling: 20, timeout: PATIENCE_MS });
  await page.evaluate(() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go))));
  return { page, ready_ms: performance.now() - began };
}

async function measure(folder, peer) {
  const browser = await playwright.chromium.launch({ executablePath: chrome, args: ["--no-sandbox", "--disable-frame-rate-limit", "--enable-unsafe-swiftshader"] });
  try {
    await settle();
    const { page, ready_ms } = await open(browser, folder, peer);
    const zoom = await page.evaluate(frames, [peer.step, "zoom", STEPS]);
    const pan = await page.evaluate(frames, [peer.step, "pan", STEPS]);
    return { ready_ms, memory: await peakMegabytes(browser), zoom: ranked(zoom, 0.5), zoom95: ranked(zoom, 0.95), pan: ranked(pan, 0.5), pan95: ranked(pan, 0.95) };
  } catch (error) {
    return { failed: String(error.message).split("\n")[0] };
  } finally {
    await browser.close();
  }
}

// -- the table ---------------------------------------------------------------

const ROWS = [["ready, ms", "ready_ms", 0], ["memory at most, MB", "memory", 0], ["a frame of zooming, ms", "zoom", 1], ["  95 % within, ms", "zoom95", 1], ["a frame of moving, ms", "pan", 1], ["  95 % within, ms", "pan95", 1]];

function line(title, cells) {
  return title.padEnd(26) + cells.map((cell) => cell.padStart(18)).join("");
}

// The figures of a peer, beside ours of the same round.
function cell(peer, ours, key, digits) {
  const good = peer.runs.map((run, i) => [run, ours.runs[i]]).filter(([run, own]) => !run.failed && !own.failed);
  if (!good.length) return "failed";
  const value = ranked(good.map(([run]) => run[key]), 0.5).toFixed(digits);
  if (peer === ours) return value;
  return `${value} (× ${ranked(good.map(([run, own]) => run[key] / own[key]), 0.5).toFixed(1)})`;
}

function report(peers, calls, rounds) {
  const [ours] = peers;
  const failed = peers.flatMap(({ name, runs }) => runs.filter((run) => run.failed).map((run) => `${name}: ${run.failed}`));
  return [
    `about ${Number(calls).toLocaleString("en")} calls in two threads, opened from file:// in chromium; medians of ${rounds} rounds (× ours, round by round)`,
    line("", peers.map(({ name }) => name)),
    line("file, MB", peers.map(({ bytes }) => (bytes / 1e6).toFixed(1))),
    ...ROWS.map(([title, key, digits]) => line(title, peers.map((peer) => cell(peer, ours, key, digits)))),
    ...new Set(failed),
  ].join("\n");
}

if (missing) {
  console.error(missing);
  process.exit(1);
}
const [build = "build", calls = "200000", rounds = "5"] = process.argv.slice(2);
const folder = resolve(build, "bench/peers");
const peers = makePages(resolve(build), folder, calls).map((peer) => ({ ...peer, runs: [] }));
for (let round = 0; round < Number(rounds); round++) {
  for (let i = 0; i < peers.length; i++) {
    const peer = peers[(i + round) % peers.length];
    peer.runs.push(await measure(folder, peer));
  }
}
console.log(report(peers, calls, rounds));
