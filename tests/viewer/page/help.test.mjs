// SPDX-License-Identifier: Apache-2.0
//
// help.test.mjs: the help dialog, wide and narrow.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const html = makePage(shell, tables({}), [encodeChunk({ events: [[open(0), 0], [0, 9]] })]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const boxes = (page, selector) => page.locator(`#help-box ${selector}`).evaluateAll((list) => list.map((one) => one.getBoundingClientRect().toJSON()));

async function opened(page) {
  await page.keyboard.press("?");
  return { terms: await boxes(page, "dt"), texts: await boxes(page, "dd"), dialog: await page.locator("#help-box").boundingBox() };
}

test("the help has its keys on the left, and most of its width is for what they do", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const { terms, texts, dialog } = await opened(page);
    assert.equal(terms.length, texts.length);
    terms.forEach((term, i) => {
      assert.ok(Math.abs(term.top - texts[i].top) < 2, "not beside each other");
      assert.ok(term.right <= texts[i].left, "one over the other");
      assert.ok(texts[i].width > dialog.width * 0.6, `${texts[i].width} of ${dialog.width}`);
    });
  }));

test("in a narrow window each text lies below its key, and nothing is cut off", { skip }, () =>
  withPage(browser, html, { width: 390, height: 760 }, async (page) => {
    const { terms, texts, dialog } = await opened(page);
    terms.forEach((term, i) => assert.ok(texts[i].top >= term.bottom - 1 && texts[i].width > dialog.width * 0.8));
    assert.deepEqual(await page.locator("#help-box").evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth), 0);
    assert.ok(dialog.x >= 0 && dialog.x + dialog.width <= 390);
  }));

test("the help can be closed wherever it is scrolled to", { skip }, () =>
  withPage(browser, html, { width: 390, height: 500 }, async (page) => {
    await opened(page);
    await page.locator("#help-box").evaluate((box) => box.scrollTo(0, 1e6));
    await page.locator("#help-box .close").click();
    assert.equal(await page.isVisible("#help-box"), false);
  }));
