// SPDX-License-Identifier: Apache-2.0
//
// search.test.mjs: what the search and the filters say, and that nothing moves
// while one types.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
// On each of two threads f0 runs around f1 three times.
const events = [[open(0), 0], [open(1), 10], [0, 20], [open(1), 30], [0, 40], [open(1), 50], [0, 60], [0, 100]];
const html = makePage(shell, tables({ functions: 2, tracks: 2 }), [0, 1].map((track) => encodeChunk({ track, events })));

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const hits = (page) => page.textContent("#hits");

test("a search says how many hits there are, and which one is selected", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.fill("#search", "f1 (");
    assert.equal(await hits(page), "6 hits");
    for (const want of ["1 of 6", "2 of 6", "3 of 6", "4 of 6"]) {
      await page.press("#search", "Enter");
      assert.equal(await hits(page), want);
    }
    await page.press("#search", "Shift+Enter");
    assert.equal(await hits(page), "3 of 6");
    await page.focus("#picture");
    await page.keyboard.press("ArrowUp"); // its caller is no hit
    assert.equal(await hits(page), "6 hits");
  }));

test("a search that finds nothing says so, and one for nothing says nothing", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.fill("#search", "nowhere");
    assert.equal(await hits(page), "no hits");
    await page.fill("#search", "");
    assert.equal(await hits(page), "");
  }));

test("the functions that fit are listed, and a click selects the longest call of one", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.fill("#search", "f");
    assert.deepEqual(await page.$$eval("#matches b", (names) => names.map((name) => name.textContent)), ["f0", "f1"]);
    await page.click("#matches >> text=f1");
    assert.equal(await page.textContent("#page-details h2"), "f1");
    await page.focus("#picture");
    assert.ok(await page.isHidden("#matches"));
  }));

test("a search for calls goes from one to the next", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.fill("#search", "dur:>50ns thread:T1");
    assert.equal(await hits(page), "1 hit");
    await page.press("#search", "Enter");
    assert.equal(await hits(page), "1 of 1");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.selection.track.number), 1);
    await page.fill("#search", "dur:long");
    assert.equal(await hits(page), "what is dur:long?");
  }));

for (const width of [1200, 800, 390]) {
  test(`nothing moves while one searches, ${width} pixels wide`, { skip }, () =>
    withPage(browser, html, { width }, async (page) => {
      const boxes = () => page.evaluate(() => ["#head", "#command", "#facts", ".search", "#zoom-in", "#help", "#tracks"].map((one) => document.querySelector(one).getBoundingClientRect().toJSON()));
      const before = await boxes();
      await page.fill("#search", "f1 (");
      await page.press("#search", "Enter");
      await page.press("#search", "Enter");
      assert.equal(await hits(page), "2 of 6");
      assert.deepEqual(await boxes(), before);
    }));
}

test("a filter that fits nothing says so", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    assert.equal(await page.isVisible(".nothing"), false);
    await page.fill("#track-filter", "nowhere");
    assert.match(await page.textContent(".nothing"), /No thread matches/);
    assert.equal(await page.isVisible(".nothing"), true);
    await page.fill("#track-filter", "T1");
    assert.equal(await page.isVisible(".nothing"), false);
    await page.click("#tab-functions");
    await page.fill(".functions .bar input[type=search]", "nowhere");
    assert.match(await page.textContent("#page-functions .body"), /No function matches/);
  }));
