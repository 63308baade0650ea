// SPDX-License-Identifier: Apache-2.0
//
// columns.test.mjs: columns of the table of functions are chosen and resized.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const html = makePage(shell, tables({ functions: 1 }), [encodeChunk({ events: [[open(0), 0], [0, 1000]] })]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const heads = (page) => page.$$eval("#page-functions .head button", (list) => list.map((one) => one.textContent));

test("a column is left out, in the next page, too, and comes back", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    assert.ok((await heads(page)).includes("Median"));
    await page.click("text=columns");
    await page.click(".choice label:has-text('Median')");
    await page.click(".choice label:has-text('Self')");
    assert.deepEqual((await heads(page)).slice(0, 6), ["Function", "Calls", "In libraries", "Share", "Total", "Min"]);
    await page.reload();
    await page.evaluate(() => window.__codesnap.ready);
    assert.ok(!(await heads(page)).includes("Median"));
    await page.click("text=columns");
    await page.click(".choice label:has-text('Median')");
    assert.ok((await heads(page)).includes("Median"));
  }));

test("a column is as wide as one drags it", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const cell = page.locator("#page-functions .head > *").nth(1);
    const before = await cell.boundingBox();
    await page.mouse.move(before.x + before.width - 3, before.y + 8);
    await page.mouse.down();
    await page.mouse.move(before.x + before.width + 60, before.y + 8);
    await page.mouse.up();
    const after = await cell.boundingBox();
    assert.ok(Math.abs(after.width - before.width - 60) < 12, `${before.width} to ${after.width}`);
  }));
