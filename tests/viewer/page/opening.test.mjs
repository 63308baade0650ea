// SPDX-License-Identifier: Apache-2.0
//
// opening.test.mjs: what a page shows first: its first line, the stretch it opens
// on, the hints for the first time, and what stands where nothing is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const head = tables({ names: ["<module> (app.py:1)", "_find_and_load (<frozen importlib._bootstrap>:1)", "<module> (json.py:1)", "run (app.py:7)"] });
head.functions.module = ["__main__", "importlib._bootstrap", "json", "__main__"];
head.files = ["", "/srv/app.py", "<frozen importlib._bootstrap>", "/usr/lib/python3.12/json.py"];
head.functions.file = [1, 2, 3, 1];
head.functions.line = [1, 1, 1, 7];
const imported = [[open(0), 0], [open(1), 1000], [open(2), 2000], [0, 7000], [0, 8000], [open(3), 8500], [0, 9500], [0, 10000]];
const html = makePage(shell, head, [encodeChunk({ events: imported })]);
const empty = makePage(shell, tables({}), []);
const quiet = { reducedMotion: "reduce" };
const person = { ...quiet, isPerson: true };

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const line = (page) => page.textContent("#first-line");
const view = (page) => page.evaluate(() => [__codesnap.viewer.state.view.from, __codesnap.viewer.state.view.to]);
const selected = (page) => page.evaluate(() => __codesnap.viewer.state.selection.start);

test("the first line says what the recording is about, and each part leads to it", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    assert.equal(await line(page), "7.000 µs of 10.00 µs are imports; slowest own function: run 1.000 µs; no slow calls. The picture starts on your code: show everything.");
    await page.click("#first-line >> text=imports");
    assert.equal(await selected(page), 2000);
    assert.deepEqual(await view(page), [1700, 7300]);
    await page.click("#first-line >> text=run");
    assert.equal(await selected(page), 8500);
    await page.click("#first-line >> text=no slow calls");
    assert.equal(await page.isVisible("#page-slow"), true);
  }));

test("where imports are most of it, the picture opens on the own code", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    assert.deepEqual(await view(page), [8440, 9560]);
    await page.click("#first-line >> text=show everything");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.view.isFitted), true);
  }));

test("a snapshot opens at the call that it was written for", { skip }, async () => {
  const occasion = { text: "__main__:run>500ns", track: 0, start_ns: 8450, end_ns: 9510 };
  await withPage(browser, makePage(shell, { ...head, occasion }, [encodeChunk({ events: imported })]), quiet, async (page) => {
    assert.equal(await selected(page), 8500);
    assert.equal(await page.isVisible("#page-details"), true);
    assert.deepEqual(await view(page), [-100, 10100]);
  });
});

test("the picture opens as it stays, before anything is added up", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    const found = await page.evaluate(() => {
      const { viewer } = __codesnap;
      viewer.state.totals = null;
      viewer.state.view.fit();
      viewer.openPicture();
      const { view, shown } = viewer.state;
      return { view: [view.from, view.to], mode: shown.mode, drawn: viewer.timeline.picture.rows.some(({ level }) => level?.count > 0) };
    });
    assert.deepEqual(found, { view: [8440, 9560], mode: "own", drawn: true });
  }));

test("who moved the picture while the page was read stays there", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    await page.evaluate(() => {
      __codesnap.view(100, 200);
      __codesnap.viewer.openPicture();
    });
    assert.deepEqual(await view(page), [100, 200]);
  }));

test("what was not read to its end says so", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    assert.equal(await page.textContent(".track .label span"), "4 calls");
    await page.evaluate(() => {
      const { state, timeline, functions } = __codesnap.viewer;
      state.trace.tracks[0].isWhole = false;
      timeline.relayout();
      functions.totals = null;
      functions.grid.set([]);
    });
    assert.equal(await page.textContent(".track .label span"), "4 calls so far");
    assert.match(await page.textContent("#page-functions .none"), /once the whole recording was read/);
  }));

test("a link to a view opens that, and brings no hints", { skip }, async () => {
  const page = await browser.open(empty, person);
  await page.keyboard.press("Escape");
  await page.evaluate(() => localStorage.clear());
  await page.evaluate(() => (location.hash = "view=10..20"));
  await page.reload();
  await page.evaluate(() => window.__codesnap.ready);
  assert.equal(await page.isVisible(".tour"), false);
  await page.close();
});

test("who opens a page for the first time gets five hints, and never again", { skip }, async () => {
  const page = await browser.open(html, person);
  for (let i = 1; i <= 5; i++) {
    assert.match(await page.textContent(".tour small"), new RegExp(`^${i} of 5`));
    const box = await page.locator(".tour").boundingBox();
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1200 && box.y + box.height <= 800, JSON.stringify(box));
    await page.locator(".tour button").last().click();
  }
  assert.equal(await page.isVisible(".tour"), false);
  await page.evaluate(() => history.replaceState(null, "", location.pathname));
  await page.reload();
  await page.evaluate(() => window.__codesnap.ready);
  assert.equal(await page.isVisible(".tour"), false);
  await page.close();
});

test("one key ends the hints and does what it does, Escape no more than that", { skip }, () =>
  withPage(browser, html, person, async (page) => {
    await page.keyboard.press("0");
    assert.equal(await page.isVisible(".tour"), false);
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.view.isFitted), true);
    await page.evaluate(() => __codesnap.select("run (app.py:7)"));
    await page.keyboard.press("?");
    await page.click("#help-box .again");
    assert.equal(await page.isVisible(".tour"), true);
    await page.keyboard.press("Escape");
    assert.equal(await page.isVisible(".tour"), false);
    assert.equal(await selected(page), 8500);
  }));

test("hints do not come to programs, nor where nothing can be remembered", { skip }, async () => {
  await withPage(browser, html, quiet, async (page) => assert.equal(await page.isVisible(".tour"), false));
  const forgetful = html.replace("<head>", "<head><script>Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })</script>");
  await withPage(browser, forgetful, person, async (page) => {
    assert.equal(await page.isVisible(".tour"), false);
    await page.keyboard.press("t");
    assert.equal(await page.evaluate(() => __codesnap.viewer.theme.choice), "light");
  });
});

test("every empty place says what is there otherwise", { skip }, () =>
  withPage(browser, empty, quiet, async (page) => {
    await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
    assert.equal(await line(page), "No call was recorded.");
    assert.match(await page.textContent(".nothing"), /^No call was recorded\. Each thread has/);
    assert.match(await page.textContent("#pointer"), /^Point at a call/);
    const said = { functions: [/Each function that ran has a row/], slow: [/far slower than usual/, /Select a call and press c/, /what was different/], flame: [/Each call path has a box/], tree: [/Each call path has a row/], details: [/Click a call/] };
    for (const [tab, texts] of Object.entries(said)) {
      await page.click("#tab-" + tab);
      for (const text of texts) assert.match(await page.locator("#page-" + tab).innerText(), text);
    }
  }));

test("a flame graph comes back when the area has calls again", { skip }, () =>
  withPage(browser, html, quiet, async (page) => {
    await page.click("#tab-flame");
    await page.evaluate(() => __codesnap.viewer.act.setArea(10100, 10200, true));
    assert.equal(await page.isVisible("#page-flame .hint"), true);
    await page.evaluate(() => __codesnap.viewer.act.setArea(0, 0, true));
    assert.equal(await page.isVisible("#page-flame .hint"), false);
    assert.ok((await page.evaluate(() => __codesnap.viewer.flamegraph.boxes.length)) > 3);
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious in the first line and the hints, ${colorScheme}`, { skip }, () =>
    withPage(browser, html, { ...person, colorScheme }, async (page) => {
      const { default: axe } = await import("axe-core");
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => [id, nodes[0].html]), []);
    }));
}
