// SPDX-License-Identifier: Apache-2.0
//
// flame.test.mjs: the flame graph and the call tree in a browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";
import { head, hook, plain } from "../sample.mjs";

const skip = missing;

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

test("the flame graph goes in on a click and out again", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    await page.click("#tab-flame");
    const root = () => page.evaluate(() => __codesnap.viewer.flamegraph.root);
    await page.locator(".flame canvas").click({ position: { x: 40, y: 28 } });
    assert.notEqual(await root(), 0);
    await page.locator(".path .link").first().click();
    assert.equal(await root(), 0);
  }));

test("the flame graph is walked by keys, which say where they are", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    await page.click("#tab-flame");
    await page.focus(".flame .scroller");
    const state = () =>
      page.evaluate(() => {
        const { flamegraph } = __codesnap.viewer;
        const { flame, active, root } = flamegraph;
        const [first, second] = flame.children(0);
        return { active, root, first, second, inner: flame.children(first)[0], spoken: document.getElementById("spoken").textContent };
      });
    const { first, second, inner } = await state();
    await page.keyboard.press("ArrowDown");
    assert.equal((await state()).active, first);
    assert.match((await state()).spoken, /^f\d+, .*, \d+(\.\d)? ?%, depth 1$/);
    await page.keyboard.press("ArrowRight");
    assert.equal((await state()).active, second);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowDown");
    assert.equal((await state()).active, inner);
    await page.keyboard.press("Enter");
    assert.equal((await state()).root, inner);
    await page.keyboard.press("ArrowUp");
    assert.equal((await state()).active, first);
    await page.keyboard.press("Backspace");
    assert.equal((await state()).root, first);
    await page.keyboard.press("Home");
    assert.deepEqual([(await state()).root, (await state()).active], [0, 0]);
    await page.keyboard.press("ArrowUp");
    assert.equal((await state()).active, 0);
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.selection), null);
  }));

// A call in a call, so many times.
function deep(depth) {
  const events = Array.from({ length: depth }, (_, i) => [open(1), i]).concat(Array.from({ length: depth }, (_, i) => [0, 1e6 + i]));
  return makePage(shell, tables({}), [encodeChunk({ events })]);
}

test("the flame graph shows calls as deep as they are, by wheel and by keys", { skip }, () =>
  withPage(browser, deep(2000), {}, async (page) => {
    await page.click("#tab-flame");
    const bottom = () =>
      page.evaluate(() => {
        const { flamegraph } = __codesnap.viewer;
        const { canvas, scroller, tall } = flamegraph;
        const seen = canvas.getBoundingClientRect();
        const at = (tall.getBoundingClientRect().bottom - seen.top - 8) * devicePixelRatio;
        return { tall: tall.clientHeight, kept: canvas.clientHeight <= scroller.clientHeight, painted: canvas.getContext("2d").getImageData(60, at, 1, 1).data[3] };
      });
    await page.evaluate(() => (__codesnap.viewer.flamegraph.scroller.scrollTop = 1e9));
    await page.waitForTimeout(100);
    const { tall, kept, painted } = await bottom();
    assert.deepEqual([tall, kept, painted], [2001 * 19, true, 255]);
    const box = await page.locator(".flame canvas").boundingBox();
    await page.mouse.click(box.x + 40, box.y + box.height - 8);
    assert.match(await page.textContent(".path"), /all threads › |f1/);
    assert.equal(await page.evaluate(() => __codesnap.viewer.flamegraph.flame.path(__codesnap.viewer.flamegraph.root).length), 2001);
  }));

test("what the pointer was told of a flame graph is gone when an area is set", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    await page.click("#tab-flame");
    await page.hover(".flame canvas", { position: { x: 40, y: 28 } });
    assert.equal(await page.isVisible("#tooltip"), true);
    await page.evaluate(() => __codesnap.viewer.act.setArea(0, 500, true));
    await page.waitForFunction(() => __codesnap.viewer.flamegraph.flame === __codesnap.viewer.state.flame());
    assert.equal(await page.isVisible("#tooltip"), false);
  }));

test("the call tree expands by keyboard, and shows callers and callees", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    await page.click("#tab-tree");
    await page.click("text=Bottom up");
    const rows = page.locator(".tree .body .row");
    const before = await page.getAttribute(".tree", "aria-rowcount");
    await page.focus(".tree");
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await page.getAttribute(".tree", "aria-rowcount"), before);
    assert.equal(await rows.first().getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.getAttribute(".tree", "aria-rowcount"), before);
    await hook(page, `select(${JSON.stringify(head.functions.name[4])}, 1)`);
    await page.keyboard.press("v");
    assert.match(await page.textContent(".tree .body"), /Called by.*outermost/s);
  }));
