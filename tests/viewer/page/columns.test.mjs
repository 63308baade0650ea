// SPDX-License-Identifier: Apache-2.0
//
// columns.test.mjs: columns of the table of functions are chosen and resized.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

const saved = async (page) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=CSV")]);
  return readFileSync(await download.path(), "utf8").trim().split("\r\n").map((line) => line.split(","));
};

test("the CSV has the rows and columns that are shown, with their units", { skip }, async () => {
  // f0, the user's, sleeps; f2 is a generator of his that goes on once.
  const head = tables({ names: ["f0 (m0.py:1)", "time.sleep", "f2 (m2.py:3)"], kinds: [1, 2, 1] });
  head.functions.own = [1, 0, 1];
  const events = [[open(0), 0], [open(1), 100], [0, 500], [open(2), 600], [2, 700], [open(2, 1), 800], [0, 900], [0, 1000]];
  await withPage(browser, makePage(shell, head, [encodeChunk({ events })]), {}, async (page) => {
    await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
    const [columns, ...rows] = await saved(page);
    assert.equal(columns.join(), "function,file,line,calls,steps,self_ns,libraries_ns,share_percent,total_ns,work_ns,min_ns,mean_ns,median_ns,p95_ns,p99_ns,max_ns,waits");
    assert.deepEqual(rows.map((row) => row.slice(3, 11).join()), ["1,1,400,400,80.0000,1000,600,1000", "1,2,200,0,20.0000,200,200,100"]);
    assert.equal(columns.length - 3, (await heads(page)).length); // the name has three columns, and "waits" is its mark
    await page.click("text=everything");
    await page.fill(".functions .bar input[type=search]", "sleep");
    const [fewer, ...left] = await saved(page);
    assert.ok(!fewer.includes("libraries_ns"));
    assert.deepEqual(left.map((row) => [row[0], row.at(-1)]), [["time.sleep", "1"]]);
  });
});

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
