// SPDX-License-Identifier: Apache-2.0
//
// bookmark.test.mjs: times that one marks on the ruler.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const html = makePage(shell, tables({ functions: 2 }), [encodeChunk({ events: [[open(0), 0], [open(1), 400], [0, 600], [0, 1000]] })]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const marks = (page) => page.evaluate(() => __codesnap.viewer.state.bookmarks);

test("b marks the start of the selected call, the address keeps it, b takes it away", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.evaluate(() => __codesnap.select("f1 (m1.py:2)"));
    await page.keyboard.press("b");
    await page.keyboard.type("here | it is");
    await page.keyboard.press("Enter");
    assert.deepEqual(await marks(page), [{ time: 400, name: "here | it is" }]);
    await page.waitForFunction(() => location.hash.includes("marks="));
    await page.reload();
    await page.evaluate(() => window.__codesnap.ready);
    assert.deepEqual(await marks(page), [{ time: 400, name: "here / it is" }]);
    await page.keyboard.press("b");
    assert.deepEqual(await marks(page), []);
  }));

test("Escape marks nothing, and what makes no sense in the address is left out", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.keyboard.press("b");
    await page.keyboard.press("Escape");
    assert.deepEqual(await marks(page), []);
    await page.evaluate(() => (location.hash = "marks=x,y|12,ok|-4,no"));
    await page.waitForFunction(() => __codesnap.viewer.state.bookmarks.length > 0);
    assert.deepEqual(await marks(page), [{ time: 12, name: "ok" }]);
  }));
