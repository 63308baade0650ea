// SPDX-License-Identifier: Apache-2.0
//
// tracks.test.mjs: threads and counters are collapsed, pinned and moved, by keys
// alone, and counters are told in a table.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeAnnotations, page as makePage, tables } from "../encode.mjs";
import { arrows, Series } from "../load.mjs";
import { chunks, program } from "../random.mjs";

const skip = missing;
const made = [1, 2, 3].map((seed) => program({ seed, calls: 400 }));
const NAMES = [...Array.from({ length: 20 }, (_, i) => `f${i} (m.py:${i + 1})`), "queue.waiting", "queue.busy", "memory"];
const head = tables({ names: NAMES, kinds: NAMES.map((_, i) => (i < 20 ? 1 : 7)), tracks: 3 });
head.functions.module = NAMES.map((name, i) => (i < 20 ? "m" : name.split(".")[0]));
const told = encodeAnnotations({ annotations: [[20, 100, 4], [21, 100, 1], [22, 150, 7], [20, 200, 10], [20, 400, 1]] });
const html = makePage(shell, head, [...made.flatMap(({ events }, track) => chunks(events, { track })), told]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const shown = (page) => page.locator(".track b").allTextContents();
const focused = (page) => page.evaluate(() => document.activeElement.ariaLabel);

async function press(page, label, key) {
  await page.focus(`[aria-label="${label}"]`);
  await page.keyboard.press(key);
  assert.equal(await focused(page), label);
}

test("keys collapse, pin and move threads, and stay where they are", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const isCollapsed = (name) => page.getAttribute(`[aria-label="Thread ${name}"]`, "aria-expanded");
    await press(page, "Thread T1", "Enter");
    assert.equal(await isCollapsed("T1"), "false");
    await page.keyboard.press("Enter");
    assert.equal(await isCollapsed("T1"), "true");
    await press(page, "Pin thread T1", "Space");
    assert.deepEqual(await shown(page), ["T1", "queue", "memory", "T0", "T2"]);
    await page.keyboard.press("Space");
    assert.deepEqual(await shown(page), ["queue", "memory", "T0", "T1", "T2"]);
    await press(page, "Thread T2", "Alt+ArrowUp");
    await page.keyboard.press("Alt+ArrowUp");
    assert.deepEqual(await shown(page), ["queue", "memory", "T2", "T0", "T1"]);
    await press(page, "Process 10", "Enter");
    assert.deepEqual(await shown(page), []);
  }));

test("p and x pin and collapse the selected call's thread, m measures it", { skip }, () =>
  withPage(browser, html, { reducedMotion: "reduce" }, async (page) => {
    await page.evaluate(() => __codesnap.viewer.act.select(new Span(__codesnap.viewer.state.trace.tracks[1], 1, 0), true));
    await page.focus("#picture");
    await page.keyboard.press("p");
    assert.deepEqual(await shown(page), ["T1", "queue", "memory", "T0", "T2"]);
    await page.keyboard.press("x");
    assert.equal(await page.getAttribute('[aria-label="Thread T1"]', "aria-expanded"), "false");
    await page.keyboard.press("m");
    const { area, start, end } = await page.evaluate(() => ({ area: __codesnap.viewer.state.area, start: __codesnap.viewer.state.selection.start, end: __codesnap.viewer.state.selection.end }));
    assert.deepEqual(area, [start, end]);
    await page.keyboard.press("m");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.area), null);
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious where there are counters, ${colorScheme}`, { skip }, () =>
    withPage(browser, html, { colorScheme }, async (page) => {
      const { default: axe } = await import("axe-core");
      await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
      await page.click("#tab-counters");
      await page.locator('[aria-label="Pin counter queue"]').click({ force: true });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => [id, nodes[0].html]), []);
    }));
}

test("a counter is pinned, and filtered away from its process alone", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await press(page, "Pin counter queue", "Enter");
    assert.deepEqual(await shown(page), ["queue", "memory", "T0", "T1", "T2"]);
    assert.equal(await page.textContent(".process b >> nth=0"), "Pinned");
    await page.fill("#track-filter", "T2");
    assert.deepEqual(await shown(page), ["queue", "T2"]);
  }));

test("the table of counters says what they were, of an area too", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.click("#tab-counters");
    const rows = async () => (await page.locator("#page-counters .body .row").all()).reduce(async (list, row) => [...(await list), await row.locator("> div").allTextContents()], []);
    const all = await rows();
    assert.deepEqual(all.map((row) => row[0]), ["memory", "queue: busy", "queue: waiting"]);
    assert.deepEqual(all[2].slice(1, 7), ["app.py 10", "3", "4", "1", "1", "10"]);
    await page.evaluate(() => __codesnap.viewer.act.setArea(150, 300, true));
    assert.deepEqual((await rows())[2].slice(2), ["1", "4", "10", "4", "10", "8"]);
    assert.equal(await page.isVisible("#page-counters"), true);
  }));

test("a page without counters does not offer them", { skip }, () =>
  withPage(browser, makePage(shell, tables({ functions: 20 }), chunks(made[0].events)), {}, async (page) => {
    assert.equal(await page.isVisible("#tab-counters"), false);
    await page.click("#tab-tree");
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.evaluate(() => __codesnap.viewer.panel.shown), "details");
    await page.evaluate(() => (location.hash = "tab=counters"));
    assert.equal(await page.evaluate(() => __codesnap.viewer.panel.shown), "details");
  }));

test("the saved picture has the names and the ruler beside the calls", { skip }, () =>
  withPage(browser, html, { deviceScaleFactor: 2 }, async (page) => {
    const { size, want, names } = await page.evaluate(() => {
      const { viewer } = __codesnap;
      const whole = save.compose(viewer.timeline);
      const gutter = whole.width - viewer.timeline.picture.canvas.width;
      const pixels = new Uint32Array(whole.getContext("2d").getImageData(0, viewer.timeline.ruler.canvas.height, gutter, 400).data.buffer);
      return { size: [whole.width, whole.height], want: [2 * 208 + viewer.timeline.picture.canvas.width, 2 * 25 + viewer.timeline.picture.canvas.height], names: new Set(pixels).size };
    });
    assert.equal(size[0], want[0]);
    assert.ok(Math.abs(size[1] - want[1]) <= 2);
    assert.ok(names > 10, "no text in the gutter");
  }));

test("what a series was is weighed by time, and NaN breaks it", () => {
  const series = new Series(0, "s", [[10, 4], [20, NaN], [30, 2]].map(([time, value]) => ({ time, value })));
  assert.deepEqual(series.facts(0, 40), { count: 3, first: 4, last: 2, least: 2, most: 4, mean: 3 });
  assert.deepEqual(series.facts(12, 18), { count: 0, first: 4, last: 4, least: 4, most: 4, mean: 4 });
  assert.deepEqual(series.facts(0, 5), { count: 0, first: NaN, last: NaN, least: NaN, most: NaN, mean: NaN });
  assert.equal(series.facts(22, 28).mean, NaN);
});

// A picture without a page: what is written on it, and how many heads are drawn.
function drawn(count) {
  const said = [];
  const context = new Proxy({}, { get: (_, name) => (name === "fillText" ? (text) => said.push(text) : name === "measureText" ? () => ({ width: 10 }) : () => {}), set: () => true });
  const picture = { context, canvas: { width: 1e5, height: 100 }, ratio: 1, height: 18, toX: (x) => x, toY: (y) => y };
  const layout = { has: () => true, yOfRow: (track) => track, shown: { rowAt: () => 0 } };
  const list = Array.from({ length: count }, (_, i) => ({ from: { track: 10, depth: 0, time: i * 20 }, to: { track: 60, time: i * 20 + 5 } }));
  return { said, ...arrows.draw({ ...picture, layout, theme: { colour: {} } }, list) };
}

test("of very many arrows the first thousand are drawn, and the rest counted", () => {
  assert.deepEqual(drawn(1000).said, []);
  const many = drawn(2345);
  assert.deepEqual([many.seen, many.drawn, many.said], [2345, 1000, ["1,345 more arrows"]]);
});
