// SPDX-License-Identifier: Apache-2.0
//
// menu.test.mjs: the menu of a call.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
// f0 calls f1, which calls f2, which calls f0 again.
const events = [[open(0), 0], [open(1), 100], [open(2), 200], [open(0), 300], [0, 400], [0, 500], [0, 600], [0, 1000]];
const html = makePage(shell, tables({ functions: 3 }), [encodeChunk({ events })]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const rows = (page) => page.evaluate(() => __codesnap.viewer.timeline.layout.lanes[0].rows);
const items = (page) => page.$$eval("#menu button", (list) => list.map((one) => one.firstChild.textContent));

async function openAt(page, row, ns) {
  const { x, y } = await page.locator("#picture").boundingBox();
  const [left, top] = await page.evaluate((at) => [__codesnap.viewer.timeline.picture.toX(at) / devicePixelRatio, __codesnap.viewer.timeline.layout.lanes[0].rowsY], ns);
  await page.mouse.click(x + left, y + top + row * 19 + 8, { button: "right" });
}

test("a right click tells what can be done with a call, and does it", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await openAt(page, 1, 350);
    assert.deepEqual((await items(page)).slice(0, 3), ["Zoom to it", "All its calls", "Callers and callees"]);
    assert.equal(await page.textContent("#page-details h2"), "f1");
    await page.click("#menu >> text=Search its name");
    assert.equal(await page.inputValue("#search"), "f1");
    assert.ok(await page.isHidden("#menu"));
  }));

test("a module's calls are put into boxes, and come back", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await openAt(page, 1, 350);
    await page.click("#menu >> text=Put all calls of m1.py into boxes");
    assert.equal(await rows(page), 4); // a box by itself
    await openAt(page, 2, 350);
    await page.click("#menu >> text=Put all calls of m2.py into boxes");
    assert.equal(await rows(page), 3);
    assert.match(await page.textContent(".functions .foot"), /Not listed: 2 functions/);
    await openAt(page, 1, 350);
    await page.click("#menu >> text=Show all modules again");
    assert.equal(await rows(page), 4);
  }));

test("the menu key opens it for the selected call, arrow keys walk, Escape closes", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.evaluate(() => __codesnap.select("f2 (m2.py:3)"));
    await page.focus("#picture");
    await page.evaluate(() => document.querySelector("#picture").dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, button: 0, clientX: 300, clientY: 300 })));
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate(() => document.activeElement.firstChild.textContent), "All its calls");
    await page.keyboard.press("Escape");
    assert.ok(await page.isHidden("#menu"));
    assert.equal(await page.evaluate(() => document.activeElement.id), "picture");
  }));
