// SPDX-License-Identifier: Apache-2.0
//
// area.test.mjs: what the tables count: a selected area, the threads that the
// filter leaves; and the room they have.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
// On thread T0 f0 calls f1, on T1 f0 runs alone.
const events = [[[open(0), 0], [open(1), 100], [0, 300], [0, 1000]], [[open(0), 200], [0, 400]]];
const html = makePage(shell, tables({ functions: 2, tracks: 2 }), events.map((list, track) => encodeChunk({ track, events: list })));
const deep = makePage(shell, tables({ functions: 1 }), [encodeChunk({ events: [...Array.from({ length: 60 }, (_, i) => [open(0), i]), ...Array.from({ length: 60 }, (_, i) => [0, 900 + i])] })]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const column = (page, n) => page.$$eval("#page-functions .body .row", (rows, at) => rows.map((row) => row.children[at].textContent), n);
const caption = (page) => page.textContent("#page-functions .caption");
const tab = (page) => page.textContent("#tabs [aria-selected=true]");

test("threads that the filter hides leave the tables, too", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    assert.deepEqual(await column(page, 2), ["1.000 µs", "200 ns"]);
    await page.fill("#track-filter", "T1");
    assert.equal(await caption(page), "The whole recording, 1 of 2 threads");
    assert.deepEqual(await column(page, 2), ["200 ns"]);
    await page.click("#tab-tree");
    assert.match(await page.textContent("#page-tree .caption"), /1 of 2 threads/);
    await page.fill("#track-filter", "");
    assert.deepEqual(await column(page, 2), ["1.000 µs", "200 ns"]);
  }));

test("an area leaves the tab as it is, and says in each where it is and how to get rid of it", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.click("#tab-slow");
    await page.evaluate(() => __codesnap.viewer.act.setArea(100, 300, true));
    assert.equal(await tab(page), "Slow calls");
    assert.match(await page.textContent("#chip"), /area: 200 ns from 100 ns/);
    assert.deepEqual(await column(page, 1), ["1", "2"]);
    await page.click("#chip >> text=×");
    assert.ok(await page.isHidden("#chip"));
    assert.equal(await caption(page), "The whole recording");
  }));

test("the panel fills the page at a click, and leaves it again", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const height = async () => (await page.locator("#panel").boundingBox()).height;
    const before = await height();
    await page.click("#fill");
    assert.ok(await page.isHidden("#stage"));
    assert.ok((await height()) > 600);
    await page.click("#fill");
    assert.deepEqual([await height(), await page.isVisible("#picture")], [before, true]);
  }));

test("the wheel zooms, or scrolls if that was asked for once", { skip }, () =>
  withPage(browser, deep, {}, async (page) => {
    const seen = () => page.evaluate(() => ((view) => [view.isFitted, view.top > 0])(__codesnap.viewer.state.view));
    const turn = async (by) => {
      const { x, y } = await page.locator("#picture").boundingBox();
      await page.mouse.move(x + 300, y + 100);
      await page.mouse.wheel(0, by);
      await page.waitForTimeout(400);
    };
    await turn(-200);
    assert.deepEqual(await seen(), [false, false]);
    await page.keyboard.press("0");
    await page.keyboard.press("?");
    await page.check("#help-box input");
    await page.keyboard.press("Escape");
    await page.waitForTimeout(400);
    await turn(200);
    assert.deepEqual(await seen(), [true, true]);
    await page.reload();
    await page.evaluate(() => window.__codesnap.ready);
    await turn(200);
    assert.deepEqual(await seen(), [true, true]);
  }));

test("a link to what is shown is copied", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.evaluate(() => (navigator.clipboard.writeText = async (text) => (window.copied = text)));
    await page.evaluate(() => __codesnap.select("f1 (m1.py:2)"));
    await page.click("#copy-link");
    assert.match(await page.evaluate(() => window.copied), /^file:.*#.*call=0\.1\.0/);
    assert.equal(await page.textContent("#copy-link"), "Copied");
  }));
