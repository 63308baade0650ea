// SPDX-License-Identifier: Apache-2.0
//
// mode.test.mjs: the switch between one's own code, libraries and everything, and
// what follows it: rows, table, search, address.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
// f0, the user's, calls f2 of a library, which calls f3, which calls f1, the user's.
const head = tables({ functions: 4, tracks: 1 });
head.functions.own = [1, 1, 0, 0];
head.duration_ns = 1000;
const events = [[open(0), 0], [open(2), 100], [open(3), 200], [open(1), 300], [0, 400], [0, 500], [0, 600], [0, 1000]];
const html = makePage(shell, head, [encodeChunk({ events })]);
const foreign = tables({ functions: 1, tracks: 1 });
foreign.functions.own = [0];
const without = makePage(shell, foreign, [encodeChunk({ events: [[open(0), 0], [0, 10]] })]);

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const rows = (page) => page.evaluate(() => __codesnap.viewer.timeline.layout.lanes[0].rows);
const pressed = (page) => page.textContent("#mode [aria-pressed=true]");
const listed = (page) => page.$$eval("#page-functions .body .row .name", (cells) => cells.map((cell) => cell.querySelector("span").childNodes[1].textContent));

test("a page opens with the user's own code, and o shows more", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    assert.deepEqual([await pressed(page), await rows(page)], ["my code", 3]);
    assert.deepEqual(await listed(page), ["f0", "f1"]);
    await page.keyboard.press("o");
    assert.deepEqual([await pressed(page), await rows(page)], ["+ libraries", 4]);
    assert.deepEqual((await listed(page)).sort(), ["f0", "f1", "f2", "f3"]);
    await page.click("text=everything");
    assert.equal(await rows(page), 4);
  }));

test("the table says what is in libraries, and what it leaves out", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const first = await page.$$eval("#page-functions .body .row:first-child > *", (cells) => cells.map((cell) => cell.textContent));
    assert.deepEqual(first.slice(1, 6), ["1", "500 ns", "400 ns", "90.0 %", "1.000 µs"]);
    assert.match(await page.textContent(".functions .foot"), /Not listed: 2 functions of libraries and of Python itself, 0 ns of their time is in nothing of yours/);
    await page.click(".functions .foot >> text=List them");
    assert.equal(await pressed(page), "+ libraries");
    assert.equal(await page.textContent(".functions .foot"), "");
  }));

test("a box is unfolded by a click on its sign, by u, and by who leads to what is inside", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    const { x, y, width } = await page.locator("#picture").boundingBox();
    const from = await page.evaluate(() => __codesnap.viewer.timeline.picture.toX(100) / devicePixelRatio);
    const top = await page.evaluate(() => __codesnap.viewer.timeline.layout.lanes[0].rowsY);
    assert.ok(from < width);
    await page.mouse.click(x + from + 6, y + top + 19 + 8);
    assert.equal(await rows(page), 4);
    await page.keyboard.press("u");
    assert.equal(await rows(page), 3);
    await page.evaluate(() => __codesnap.select("f3 (m3.py:4)"));
    assert.equal(await rows(page), 4);
    await page.click("text=fold again");
    assert.equal(await rows(page), 3);
    assert.equal(await page.textContent("#page-details h2"), "f2");
    await page.click("text=unfold 2 calls inside");
    assert.equal(await rows(page), 4);
  }));

test("a search finds what is shown, says what is inside boxes, and goes there", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.fill("#search", "f3");
    assert.equal(await page.textContent("#hits"), "no hits+1");
    await page.press("#search", "Enter");
    assert.equal(await page.textContent("#hits"), "1 of 1");
  }));

// Two calls of f0: each calls f2, which calls f3; the second f3 fails after 500 ns.
const failing = [[open(0), 0], [open(2), 10], [open(3), 20], [0, 30], [0, 40], [0, 50], [open(0), 100], [open(2), 110], [open(3), 120], [1, 620], [1, 630], [1, 640]];
const errors = makePage(shell, head, [encodeChunk({ events: failing })]);

for (const [text, want, all] of [["error:", "2+1", 3], ["dur:>500ns", "2+1", 3], ["dur:<=10ns", "no hits+1", 1]]) {
  test(`${text} says what boxes hold in every mode, and shows it at a click`, { skip }, () =>
    withPage(browser, errors, {}, async (page) => {
      await page.fill("#search", text);
      assert.equal(await page.textContent("#hits"), want);
      await page.click("#matches >> text=1 more hit in boxes");
      assert.equal(await page.textContent("#hits"), `${all} of ${all}`);
      await page.click("#mode >> text=everything");
      assert.equal(await page.textContent("#hits"), `${all} of ${all}`);
    }));
}

test("a search for calls lists how many fit, and a click leads to one of these", { skip }, () =>
  withPage(browser, errors, {}, async (page) => {
    await page.fill("#search", "error: dur:<=530ns");
    assert.deepEqual(await page.$$eval("#matches button span", (list) => list.map((one) => one.textContent)), ["1 hit", "show"]);
    await page.click("#matches >> text=f2");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.selection.start), 110);
  }));

test("a box alone is unfolded by a click or Enter, all like it with Shift, and folded as easily", { skip }, () =>
  withPage(browser, errors, {}, async (page) => {
    const unfolded = () => page.evaluate(() => [0, 1].map((index) => !__codesnap.viewer.state.shown.isBox(new Span(__codesnap.viewer.state.trace.tracks[0], 1, index))));
    const place = await page.evaluate(() => {
      const { picture, layout } = __codesnap.viewer.timeline;
      const box = picture.canvas.getBoundingClientRect();
      return [box.left + picture.toX(110) / devicePixelRatio + 6, box.top + layout.lanes[0].rowsY + 27];
    });
    await page.mouse.click(...place);
    assert.deepEqual(await unfolded(), [false, true]);
    await page.mouse.click(...place);
    assert.deepEqual(await unfolded(), [false, false]);
    await page.focus("#picture");
    await page.keyboard.press("Enter");
    assert.deepEqual(await unfolded(), [false, true]);
    await page.keyboard.press("U");
    assert.deepEqual(await unfolded(), [false, false]);
    await page.keyboard.down("Shift");
    await page.mouse.click(...place);
    await page.keyboard.up("Shift");
    assert.deepEqual(await unfolded(), [true, true]);
    await page.click("#mode >> text=my code");
    assert.deepEqual(await unfolded(), [false, false]);
  }));

test("a selected import is called after what it imports, as its box is", { skip }, async () => {
  const head = tables({ names: ["main (app.py:1)", "_find_and_load (<frozen importlib._bootstrap>:5)", "import json (json/__init__.py:1)"] });
  head.functions.own = [1, 0, 0];
  head.files[2] = "<frozen importlib._bootstrap>";
  await withPage(browser, makePage(shell, head, [encodeChunk({ events: [[open(0), 0], [open(1), 100], [open(2), 200], [0, 300], [0, 900], [0, 1000]] })]), {}, async (page) => {
    await page.evaluate(() => __codesnap.viewer.act.select(new Span(__codesnap.viewer.state.trace.tracks[0], 1, 0), true));
    assert.match(await page.textContent("#page-details h2"), /^import json/);
    assert.match(await page.textContent("#page-details .location"), /^_find_and_load.*, <frozen importlib/);
    await page.keyboard.press("u");
    assert.match(await page.textContent("#page-details h2"), /^_find_and_load/);
  });
});

test("functions that wait are marked, left out at a click, and nothing of theirs is work", { skip }, async () => {
  const names = ["main (app.py:1)", "time.sleep"];
  const head = tables({ names, kinds: [1, 2] });
  head.functions.own = [1, 0];
  const waiting = makePage(shell, head, [encodeChunk({ events: [[open(0), 0], [open(1), 100], [0, 900], [0, 1000]] })]);
  await withPage(browser, waiting, {}, async (page) => {
    const cells = () => page.$$eval("#page-functions .body .row", (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
    const [main] = await cells();
    assert.deepEqual([main[2], main[3], main[5], main[6]], ["200 ns", "800 ns", "1.000 µs", "200 ns"]);
    await page.evaluate(() => __codesnap.select("main (app.py:1)"));
    assert.equal(await page.textContent(".inside .waits"), "waits");
    await page.fill("#search", "sleep");
    assert.equal(await page.textContent("#matches .waits"), "waits");
    await page.click("#tab-functions");
    await page.click("text=without waits");
    assert.match(await page.textContent(".functions .foot"), /Not listed: 1 function that waits or is folded, 0 ns of their time/);
    await page.click("text=without waits");
    await page.click("text=everything");
    assert.equal(await page.textContent("#page-functions .waits"), "waits");
    await page.click("text=without waits");
    assert.deepEqual((await cells()).map(([name]) => name), ["main (app.py:1)m0.py:1"]);
    assert.match(await page.textContent(".functions .foot"), /Not listed: 1 function that waits, 800 ns/);
    await page.click(".functions .foot >> text=List them");
    assert.equal((await cells()).length, 2);
  });
});

test("the address keeps unfolded boxes and the way the call tree is turned", { skip }, () =>
  withPage(browser, html, {}, async (page) => {
    await page.evaluate(() => __codesnap.select("f3 (m3.py:4)"));
    await page.click("#tab-tree");
    await page.click("text=Bottom up");
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => location.hash === "#boxes=0.1.0&tab=tree&tree=up");
    await page.reload();
    await page.evaluate(() => window.__codesnap.ready);
    assert.equal(await rows(page), 4);
    assert.equal(await page.textContent(".tree ~ * [aria-pressed=true], #page-tree .bar [aria-pressed=true]"), "Bottom up");
  }));

test("the address keeps the mode, and a page without own code has no switch", { skip }, async () => {
  await withPage(browser, html, {}, async (page) => {
    await page.click("text=+ libraries");
    await page.waitForFunction(() => location.hash === "#show=libraries");
    await page.reload();
    await page.evaluate(() => window.__codesnap.ready);
    assert.equal(await pressed(page), "+ libraries");
  });
  await withPage(browser, without, {}, async (page) => {
    assert.ok(await page.isHidden("#mode"));
    assert.deepEqual(await listed(page), ["f0"]);
  });
});
