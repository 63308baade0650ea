// SPDX-License-Identifier: Apache-2.0
//
// slow.test.mjs: a program that is slow now and then, and how its page leads to
// the cause.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";
import { Names, waits } from "../load.mjs";

const skip = missing;
const NAMES = ["main (m0.py:1)", "handle (m1.py:2)", "price (m2.py:3)", "rates (m3.py:4)", "time.sleep", "noise (m5.py:6)"];
const KINDS = [1, 1, 1, 1, 2, 1];

// 300 requests, of which every 75th has to sleep, or computes longer.
function events(cause) {
  const list = [[open(0), 0]];
  let now = 0;
  const call = (number, before, inside, behind) => {
    list.push([open(number), (now += before)]);
    inside();
    list.push([0, (now += behind)]);
  };
  const nothing = () => {};
  for (let i = 0; i < 300; i++) {
    const isSlow = i % 75 === 40;
    const sleep = () => isSlow && cause === "sleep" && call(4, 100, nothing, 4000000);
    call(1, 50, () => {
      call(5, 100, nothing, 1000 + (i % 7) * 10);
      call(2, 100, () => call(3, 100, sleep, 300 + (i % 5)), isSlow && cause === "self" ? 3000000 : 500);
    }, 200);
  }
  return [...list, [0, now + 100]];
}

// What the page tells of them.
const row = (number, more) => ({ function: number, calls: 300, slow_calls: 4, threshold_ns: 2e6, usual_ns: 700, worst_ns: 4000304, lost_ns: 16e6, seen_by: [], ...more });
const ROWS = {
  sleep: [row(3, { cause: "only slow calls call time.sleep", seen_by: [2, 1] })],
  self: [row(2, { cause: "its own code takes longer, or waits", seen_by: [1], lost_ns: 12e6 })],
  none: [],
};

const html = (cause, end = { slow: ROWS[cause] }) => makePage(shell, tables({ names: NAMES, kinds: KINDS }), [encodeChunk({ events: events(cause) })], end);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const ready = (page) => page.waitForFunction(() => __codesnap.viewer.slow.isReady);

test("calls inside another one of the function are said not to be counted", { skip }, async () => {
  const events = [[open(0), 0], [open(1), 10], [open(1), 20], [open(1), 30], [0, 40], [0, 50], [0, 60], [0, 100]];
  await withPage(browser, makePage(shell, tables({}), [encodeChunk({ events })]), {}, async (page) => {
    await ready(page);
    await page.evaluate(() => __codesnap.select("f1 (m1.py:2)"));
    await page.keyboard.press("c");
    assert.equal(await page.textContent(".slow section > p.hint:not([hidden])"), "2 calls inside another one of this function are not counted here.");
    await page.evaluate(() => __codesnap.select("f0 (m0.py:1)"));
    await page.keyboard.press("c");
    assert.equal(await page.locator(".slow section > p.hint:not([hidden])").count(), 0);
  });
});

test("two clicks lead to a slow call and what it slept in", { skip }, () =>
  withPage(browser, html("sleep"), { reducedMotion: "reduce" }, async (page) => {
    await ready(page);
    assert.equal(await page.textContent("#tab-slow"), "Slow calls1 to look at");
    await page.click("#tab-slow");
    assert.deepEqual(await page.locator(".outlier b").allTextContents(), ["rates"]);
    assert.equal(await page.textContent(".outlier .cause"), "only slow calls call time.sleep");
    assert.equal(await page.textContent(".outlier .seen"), "seen by price < handle");
    assert.match(await page.textContent(".verdict"), /^One call below took most of it: time\.sleep \(4\.000 ms\), which waits\.$/);
    assert.match(await page.textContent(".differences .row:nth-of-type(2)"), /^time\.sleep/);
    await page.locator(".verdict .link").last().click();
    const { view, selection } = await page.evaluate(() => ({ view: __codesnap.viewer.state.view, selection: __codesnap.viewer.state.selection }));
    assert.equal(selection.depth, 4);
    const { start, duration } = await page.evaluate(() => ({ start: __codesnap.viewer.state.selection.start, duration: __codesnap.viewer.state.selection.duration }));
    assert.equal(duration, 4000000);
    assert.ok(view.from < start && start + duration < view.to);
  }));

test("in a selected area the list counts the slow calls in it", { skip }, () =>
  withPage(browser, html("sleep"), {}, async (page) => {
    await ready(page);
    await page.click("#tab-slow");
    assert.match(await page.textContent(".outlier"), /^rates\+16\.00 ms4 of 300 slow/);
    const select = (from, to) => page.evaluate((area) => __codesnap.viewer.state.setArea(...area), [from, to]);
    await select(0, 4e6);
    assert.match(await page.textContent(".outlier"), /^rates\+\d\.\d+ ms1 of 300 slow/);
    await select(0, 1000);
    assert.equal(await page.textContent(".slow .list"), "No slow calls in the selected area.");
    await select(0, 0);
    assert.match(await page.textContent(".outlier"), /4 of 300 slow/);
  }));

test("the tab counts the rows of the report, of libraries, too, in every mode", { skip }, async () => {
  const mixed = tables({ names: NAMES, kinds: KINDS });
  mixed.functions.own = [1, 0, 1, 0, 0, 1];
  const slow = [...ROWS.self, row(3, { cause: "only slow calls call time.sleep" })];
  await withPage(browser, makePage(shell, mixed, [encodeChunk({ events: events("sleep") })], { slow }), {}, async (page) => {
    await ready(page);
    for (const mode of ["my code", "+ libraries", "everything"]) {
      await page.click(`#mode >> text=${mode}`);
      assert.equal(await page.textContent("#tab-slow"), "Slow calls2 to look at");
      assert.deepEqual(await page.$$eval(".outlier b", (list) => list.map((one) => one.textContent)), ["price", "ratesm3.py:4"]);
    }
    assert.match(await page.textContent("#first-line"), /slow calls of 2 functions to look at/);
  });
});

test("a page that does not tell what is slow says so", { skip }, () =>
  withPage(browser, html("sleep", { slow: undefined }), {}, async (page) => {
    await ready(page);
    assert.equal(await page.textContent("#tab-slow"), "Slow calls");
    await page.click("#tab-slow");
    assert.match(await page.textContent(".slow .list"), /^This page does not say which calls are slow/);
  }));

test("a function that computed longer itself is told from one that waited below", { skip }, () =>
  withPage(browser, html("self"), {}, async (page) => {
    await ready(page);
    await page.click("#tab-slow");
    await page.locator(".outlier", { hasText: "price" }).click();
    assert.match(await page.textContent(".verdict"), /^Most of it is in the function itself/);
    assert.match(await page.textContent(".differences .row:nth-of-type(2)"), /^itself3\.00\d ms\d+ ns\+/);
  }));

test("a program without slow calls says so, on its tab nothing", { skip }, () =>
  withPage(browser, html("none"), {}, async (page) => {
    await ready(page);
    assert.equal(await page.textContent("#tab-slow"), "Slow calls");
    await page.click("#tab-slow");
    assert.match(await page.textContent("#page-slow"), /No function has calls far slower than usual/);
  }));

test("a call is told beside the median of its function", { skip }, () =>
  withPage(browser, html("sleep"), {}, async (page) => {
    await ready(page);
    const rank = async (n) => {
      await page.evaluate((number) => __codesnap.select("handle (m1.py:2)", number), n);
      return page.locator("#page-details dd").last().textContent();
    };
    assert.match(await rank(40), /^[\d,]{3,5} × the median of 300 calls \(/);
    assert.match(await rank(3), /^1\.0\d × the median of 300 calls \(/);
  }));

test("a bar of the histogram lists its slowest calls, by a click and by keys", { skip }, () =>
  withPage(browser, html("sleep"), {}, async (page) => {
    await ready(page);
    await page.click("#tab-slow");
    const listed = () => page.locator(".calls .link").allTextContents();
    const all = await listed();
    assert.equal(all.length, 30);
    const histogram = page.locator(".histogram");
    const text = () => histogram.getAttribute("aria-valuetext");
    await histogram.focus();
    await page.keyboard.press("ArrowLeft");
    assert.match(await text(), /^4 calls of .* to 4\.00\d ms$/);
    assert.deepEqual(await listed(), all.slice(0, 4));
    await page.keyboard.press("ArrowLeft");
    const usual = await listed();
    assert.equal(usual[0], all[4]);
    assert.match(await page.textContent(".slow h3"), /^Slowest calls of .* to /);
    await page.keyboard.press("Escape");
    assert.deepEqual(await listed(), all);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Control+ArrowLeft");
    assert.deepEqual(await listed(), all.slice(0, 4));
    await page.emulateMedia({ media: "print" });
    await page.waitForSelector(".print");
    assert.deepEqual(await listed(), all.slice(0, 4));
    await page.emulateMedia({ media: "screen" });
    await page.waitForSelector("html:not(.print)");
    assert.deepEqual(await listed(), all.slice(0, 4));
    await page.keyboard.press("Escape");
    const { width } = await histogram.boundingBox();
    await histogram.click({ position: { x: width - 3, y: 30 } });
    assert.deepEqual(await listed(), all.slice(0, 4));
    await histogram.click({ position: { x: width / 2, y: 30 } }); // there is no bar
    assert.deepEqual(await listed(), all);
  }));

test("functions that wait are marked, by what they are and not by how they are called", () => {
  const waiting = ["time.sleep", "lock.acquire", "select.epoll.poll", "greenlet.switch", "_signal.pause", "posix.system", "BufferedReader.read", "sleep (hub.py:1)"];
  const list = [...waiting, "list.append", "mytime.sleep", "sleep (time.py:1)"];
  const isPython = list.map((name) => Number(name.includes("(")));
  const module = list.map((name) => (name.includes("hub") ? "gevent.hub" : "time"));
  const file = list.map((name) => (name.includes("hub") ? 1 : name.includes("time.py") ? 2 : 0));
  const names = new Names({ name: list, kind: isPython.map((is) => 2 - is), file, line: isPython, module }, ["", "/lib/hub.py", "/lib/time.py"]);
  assert.deepEqual(list.filter((_, i) => waits.isOne(names, i)), waiting);
});
