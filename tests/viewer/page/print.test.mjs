// SPDX-License-Identifier: Apache-2.0
//
// print.test.mjs: the page on print.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { page as makePage, tables } from "../encode.mjs";
import { chunks, program } from "../random.mjs";

const skip = missing;
const FUNCTIONS = 150;
const made = program({ seed: 5, calls: 3000, functions: FUNCTIONS });
const html = makePage(shell, tables({ functions: FUNCTIONS }), chunks(made.events));

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const rows = (page) => page.locator("#page-functions .body .row").count();

test("on paper are a table's first rows, and how many are left", { skip }, () =>
  withPage(browser, html, { width: 1500 }, async (page) => {
    const before = await rows(page);
    assert.ok(before < 40);
    await page.emulateMedia({ media: "print" });
    await page.waitForSelector(".print");
    assert.equal(await rows(page), 60);
    assert.equal(await page.textContent("#page-functions .rest"), `and ${FUNCTIONS - 60} more`);
    assert.equal(await page.isVisible("#tabs"), false);
    const { drawn, shown } = await page.evaluate(() => ({ drawn: document.getElementById("picture").width, shown: document.getElementById("picture").clientWidth }));
    assert.equal(drawn, shown);
    assert.ok(drawn < 1000);
    await page.emulateMedia({ media: "screen" });
    await page.waitForSelector("html:not(.print)");
    assert.equal(await rows(page), before);
    assert.equal(await page.locator(".rest").count(), 0);
  }));

test("a sheet is laid out before it is taken", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const seen = await page.evaluate(() => {
      window.dispatchEvent(new Event("beforeprint"));
      const { width } = document.getElementById("picture");
      window.dispatchEvent(new Event("afterprint"));
      return [width, document.getElementById("picture").width, __codesnap.viewer.theme.isDark];
    });
    assert.notEqual(seen[0], seen[1]);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    assert.ok(pdf.toString("latin1").match(/\/Type \/Page\b/g).length > 2);
  }));
