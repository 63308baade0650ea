// SPDX-License-Identifier: Apache-2.0
//
// lanes.test.mjs: many threads and deep ones in the page: lanes, rows, names that
// stay in sight, and the way to all that is hidden.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeAnnotations, encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const REQUESTS = 60;
const DEEP = 46;
const NAMES = [...Array.from({ length: DEEP }, (_, i) => `f${i} (m.py:${i + 1})`), "handle (web.py:9)", "saved"];
const HANDLE = DEEP;
const SAVED = DEEP + 1;

// A main thread of DEEP rows and, 100 ns after each other, REQUESTS threads; each
// of these has an instant.
const head = tables({ names: NAMES, kinds: NAMES.map((_, i) => (i === SAVED ? 6 : 1)), tracks: REQUESTS + 1 });
head.tracks.forEach((track, i) => (track.name = i ? `request-${i}` : "MainThread"));
const deep = [...NAMES.slice(0, DEEP).map((_, i) => [open(i), 10 * i]), ...NAMES.slice(0, DEEP).map((_, i) => [0, 6000 + i])];
const each = Array.from({ length: REQUESTS }, (_, i) => encodeChunk({ track: i + 1, begin: 100 * i, events: [[open(HANDLE), 100 * i], [0, 100 * i + 80]] }));
const told = Array.from({ length: REQUESTS }, (_, i) => encodeAnnotations({ track: i + 1, annotations: [[SAVED, 100 * i + 40, `{"n":${i}}`]] }));
const html = makePage(shell, head, [encodeChunk({ events: deep }), ...each, ...told]);
const quiet = { reducedMotion: "reduce" };

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const shown = (page) => page.locator(".track b").allTextContents();
const height = (page) => page.evaluate(() => __codesnap.viewer.timeline.layout.height);
const select = (page, name, n = 0) => page.evaluate(([full, index]) => __codesnap.select(full, index), [name, n]);
const selection = (page) => page.evaluate(() => [__codesnap.viewer.state.selection.track.number, __codesnap.viewer.state.selection.depth]);
const top = (page, selector) => page.locator(selector).first().evaluate((one) => one.getBoundingClientRect().top);

// Where the time ns of a track is in the window.
async function point(page, ns, track, what) {
  const box = await page.locator("#picture").boundingBox();
  const { x, y } = await page.evaluate(([at, number, key]) => {
    const { picture, layout, view } = __codesnap.viewer.timeline;
    return { x: picture.toX(at), y: layout.itemOf(__codesnap.viewer.state.trace.tracks[number])[key] - view.top };
  }, [ns, track, what]);
  return [box.x + x, box.y + y + 9];
}

test("sixty threads share one lane, which says how many they are and takes them apart", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    assert.deepEqual(await shown(page), ["MainThread", "request"]);
    assert.ok((await height(page)) < 420);
    assert.equal(await page.textContent(".many"), "60 threads");
    await page.click(".many");
    assert.equal((await shown(page)).length, REQUESTS + 1);
    await page.locator(".many", { hasText: "together" }).first().click();
    assert.deepEqual(await shown(page), ["MainThread", "request"]);
  }));

test("in a lane the thread below the pointer is shown, selected and told", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    await page.evaluate(() => __codesnap.view(2000, 3000));
    await page.evaluate(() => __codesnap.viewer.timeline.scrollTo(200));
    await page.waitForTimeout(50);
    await page.mouse.move(...(await point(page, 2340, 24, "rowsY")));
    assert.match(await page.textContent("#tooltip"), /handle.*threadrequest-24/);
    await page.mouse.click(...(await point(page, 2340, 24, "rowsY")));
    assert.deepEqual(await selection(page), [24, 0]);
    await page.mouse.click(...(await point(page, 2540, 26, "markersY")));
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.instant.track.number), 26);
  }));

test("a thread's deeper rows are a click, a key and a hit away", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    const before = await height(page);
    assert.equal(await page.textContent(".deeper"), "34 deeper");
    await page.click(".deeper");
    assert.equal(await height(page), before + 34 * 19);
    await page.focus(".deeper");
    await page.keyboard.press("Enter");
    assert.equal(await height(page), before);
    await page.keyboard.press("e");
    assert.equal(await height(page), before + 34 * 19);
    await page.keyboard.press("e");
    await page.fill("#search", "f44 ");
    await page.press("#search", "Enter");
    assert.deepEqual(await selection(page), [0, 44]);
    assert.equal(await page.textContent(".deeper"), "less");
  }));

test("the address leads to a call that is hidden", { skip }, async () => {
  const page = await browser.open(html, quiet);
  await page.evaluate(() => (location.hash = "call=0.40.0"));
  await page.reload();
  await page.evaluate(() => window.__codesnap.ready);
  assert.deepEqual(await selection(page), [0, 40]);
  const { y, top: from, to } = await page.evaluate(() => {
    const { layout, view, scroller } = __codesnap.viewer.timeline;
    return { y: layout.yOfRow(__codesnap.viewer.state.trace.tracks[0], 40), top: view.top, to: view.top + scroller.clientHeight };
  });
  assert.ok(y > from + 30 && y < to - 20, `${y} between ${from} and ${to}`);
  await page.close();
});

test("names of the process and the thread stay in sight while one scrolls", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    await page.click(".deeper");
    const edge = await top(page, "#tracks");
    await page.evaluate(() => __codesnap.viewer.timeline.scrollTo(500));
    assert.equal(await top(page, ".process"), edge);
    assert.equal(await top(page, ".track .label"), edge + 30);
    const picture = await page.locator("#picture").boundingBox();
    await page.mouse.move(picture.x + picture.width / 2, picture.y + 15); // the title is there
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.hover.span), null);
  }));

test("what is folded stays where it was", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    await page.click(".many");
    await page.evaluate(() => __codesnap.viewer.timeline.scrollTo(__codesnap.viewer.timeline.layout.itemOf(__codesnap.viewer.state.trace.tracks[21]).y - 150));
    const name = '[aria-label="Thread request-21"]';
    const before = await top(page, name);
    await page.click(name);
    assert.equal(await top(page, name), before);
    const edge = await top(page, "#tracks");
    await page.click('[aria-label="Process 10"]');
    assert.equal(await top(page, ".process"), edge);
    await page.click('[aria-label="Process 10"]');
    assert.equal(await top(page, ".process"), edge);
  }));

test("a line at the lower edge says what is below, and a click goes there", { skip }, () =>
  withPage(browser, html, { ...quiet, height: 560 }, async (page) => {
    await page.waitForFunction(() => /^Below: \d+ rows of MainThread, 60 threads$/.test(document.getElementById("below").textContent));
    await page.click("#below");
    await page.waitForFunction(() => __codesnap.viewer.state.view.top > 0);
    await page.evaluate(() => __codesnap.viewer.timeline.scrollTo(1e6));
    await page.waitForFunction(() => document.getElementById("below").hidden);
  }));

test("of more than eight threads the overview says how many are busy", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    assert.match(await page.textContent("#overview-corner"), /^Overviewup to 2 at once, 2 busy$/);
    const few = makePage(shell, tables({ tracks: 8 }), each.slice(0, 0).concat(Array.from({ length: 8 }, (_, track) => encodeChunk({ track, events: [[open(0), 0], [0, 90]] }))));
    await withPage(browser, few, quiet, async (other) => assert.equal(await other.textContent("#overview-corner"), "Overview"));
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious where there are lanes, ${colorScheme}`, { skip }, () =>
    withPage(browser, html, { ...quiet, colorScheme }, async (page) => {
      const { default: axe } = await import("axe-core");
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => [id, nodes[0].html]), []);
    }));
}
