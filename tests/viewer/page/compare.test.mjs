// SPDX-License-Identifier: Apache-2.0
//
// compare.test.mjs: a second recording opened in a browser, the table and the flame
// graph of both.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

// f0 calls f1 so many times, each of which takes that long; then come the others.
function recording({ times, each, others = [], realtime = "1700000000000000000" }) {
  const events = [[open(0), 0]];
  let now = 10;
  for (let i = 0; i < times; i++, now += 10) events.push([open(1), now], [0, (now += each + (i % 2))]);
  for (const number of others) events.push([open(number), now], [0, (now += 50)], [open(number), now], [0, (now += 50)]);
  events.push([0, now]);
  return makePage(shell, { ...tables({}), duration_ns: now, realtime_ns: realtime }, [encodeChunk({ events, codec: 1 })]);
}
const older = recording({ times: 20, each: 1000, others: [2] });
const newer = recording({ times: 20, each: 5000, others: [3], realtime: "1700000001000000000" });

async function compare(page, html, name = "other.html") {
  await page.click("#tab-compare");
  await page.setInputFiles(".compare input[type=file]", { name, mimeType: "text/html", buffer: Buffer.from(html) });
  await page.waitForFunction(() => !/^Reading/.test(document.querySelector(".compare .caption").textContent || "Reading"));
}
const rows = (page) => page.locator(".compare .body .row").evaluateAll((list) => list.map((row) => [...row.children].map((cell) => cell.textContent)));

test("a second recording opens beside that of the page: slower, new and gone", { skip }, () =>
  withPage(browser, newer, {}, async (page) => {
    await compare(page, older);
    const [first, ...rest] = await rows(page);
    assert.deepEqual(first, ["f1m1.py:2", "each +400 %", "▲ +80.00 µs", "20.01 µs", "100.0 µs", "▲ +80.00 µs", "20.01 µs", "100.0 µs", "20", "20"]);
    assert.deepEqual(rest.map(([name, change]) => name.slice(0, 2) + change).sort(), ["f0small", "f2gone", "f3new"]);
    assert.match(await page.textContent(".compare .caption"), /^other.html → this page: .*; 1 slower, 0 faster, 0 with more calls, 0 with fewer calls, 1 new, 1 gone$/);
  }));

test("the earlier recording is the one before, until they are swapped", { skip }, () =>
  withPage(browser, older, {}, async (page) => {
    await compare(page, newer);
    assert.match(await page.textContent(".compare .caption"), /^this page → other.html: .* 1 slower/);
    await page.click("text=Swap");
    assert.match(await page.textContent(".compare .caption"), /^other.html → this page: .* 1 faster/);
    assert.equal((await rows(page))[0][1], "each −80 %");
  }));

test("the table of a comparison filters, and a row selects the slowest call", { skip }, () =>
  withPage(browser, newer, {}, async (page) => {
    await compare(page, older);
    await page.fill(".compare input[type=search]", "m2.py");
    assert.deepEqual((await rows(page)).map(([name]) => name), ["f2m2.py:3"]);
    await page.fill(".compare input[type=search]", "f1");
    await page.click(".compare .body .row");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.selection.duration), 5001);
  }));

test("the flame graph of both is red where it took longer, and says so", { skip }, () =>
  withPage(browser, newer, {}, async (page) => {
    await compare(page, older);
    await page.click(".compare .actions >> text=Flame graph");
    await page.focus(".compare .scroller");
    for (const key of ["ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    assert.match(await page.textContent("#spoken"), /^f1, 20.01 µs before, 100.0 µs after, by itself \+80.00 µs, depth 2$/);
    assert.match(await page.textContent("#tooltip"), /self20.01 µs → 100.0 µs/);
    const boxes = () => page.evaluate(() => __codesnap.viewer.compare.flame.boxes.map(({ node, width }) => [__codesnap.viewer.compare.flame.flame.strength(node), Math.round(width)]));
    const [everything, , slower] = await boxes();
    assert.equal(slower[0], 1);
    await page.click(".compare .path >> text=Before");
    assert.ok((await boxes())[2][1] < slower[1] && (await boxes())[0][1] === everything[1]);
  }));

// f0, the user's, calls f2 of a library in T0, and f1 runs in T1.
function threads(each) {
  const head = tables({ functions: 3, tracks: 2 });
  head.functions.own = [1, 1, 0];
  const one = [[open(0), 0], [open(2), 10], [0, 10 + each], [0, 20 + each]];
  return makePage(shell, { ...head, duration_ns: 40 + each }, [encodeChunk({ events: one }), encodeChunk({ track: 1, events: [[open(1), 0], [0, each]] })]);
}

test("a comparison has the functions and the boxes of what is shown", { skip }, () =>
  withPage(browser, threads(1000), {}, async (page) => {
    await compare(page, threads(3000));
    const names = async () => (await rows(page)).map(([name]) => name.slice(0, 2)).sort();
    assert.deepEqual(await names(), ["f0", "f1"]);
    assert.match(await page.textContent(".compare .caption"), /not listed: 1 function that is folded$/);
    await page.keyboard.press("o");
    assert.deepEqual(await names(), ["f0", "f1", "f2"]);
    await page.fill("#track-filter", "T1");
    assert.deepEqual(await names(), ["f1"]);
    assert.match(await page.textContent(".compare .caption"), /\(threads with “T1”\): self time 3.000 µs → 1.000 µs/);
  }));

test("a flame graph of both leaves the foot of the page free, and puts libraries into boxes", { skip }, () =>
  withPage(browser, threads(1000), { viewport: { width: 1280, height: 800 } }, async (page) => {
    await compare(page, threads(3000));
    await page.click(".compare .actions >> text=Flame graph");
    const bottoms = await page.evaluate(() => [".compare .scroller", "#foot"].map((name) => document.querySelector(name).getBoundingClientRect())).then(([graph, foot]) => [graph.bottom, foot.top]);
    assert.ok(bottoms[0] <= bottoms[1], String(bottoms));
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight), 0);
    assert.equal(await page.evaluate(() => __codesnap.viewer.compare.flame.rootName), "all threads");
  }));

test("both timelines start with the selected call and the one that stands for it", { skip }, () =>
  withPage(browser, newer, {}, async (page) => {
    await compare(page, older);
    await page.click(".compare .actions >> text=Timelines");
    assert.match(await page.textContent(".times .hint"), /^Select a call/);
    await page.evaluate(() => __codesnap.select("f1 (m1.py:2)", 4));
    const titles = () => page.locator(".aligned .caption").allTextContents();
    assert.deepEqual(await titles(), ["before: f1, 1.000 µs, T0 (5 of 20)‹›", "after: f1, 5.000 µs, T0 (5 of 20)"]);
    const places = () => page.evaluate(() => __codesnap.viewer.compare.times.strips.map((strip) => [strip.x(strip.span.start), strip.x(strip.span.end) - strip.x(strip.span.start)].map(Math.round)));
    const [[left, width], [other, longer]] = await places();
    assert.deepEqual([left, Math.round(longer / width)], [other, 5]);
    await page.click(".aligned >> text=›");
    assert.deepEqual(await titles(), ["before: f1, 1.001 µs, T0 (6 of 20)‹›", "after: f1, 5.000 µs, T0 (5 of 20)"]);
    await page.keyboard.press("]");
    assert.match((await titles())[1], /6 of 20/);
    const painted = await page.evaluate(() => __codesnap.viewer.compare.times.strips.map(({ canvas }) => canvas.getContext("2d").getImageData(canvas.width / 2, 25, 1, 1).data[3]));
    assert.ok(painted[1] > 0, String(painted));
    assert.equal(await page.evaluate(() => __codesnap.viewer.panel.shown), "compare");
  }));

test("a call that the other recording lacks stands alone", { skip }, () =>
  withPage(browser, newer, {}, async (page) => {
    await compare(page, older);
    await page.click(".compare .actions >> text=Timelines");
    await page.evaluate(() => __codesnap.select("f3 (m3.py:4)"));
    assert.deepEqual(await page.locator(".aligned .caption").allTextContents(), ["before: no call of this function", "after: f3, 50 ns, T0 (1 of 2)"]);
  }));

test("a file that is no page of ours is refused, and what was shown stays", { skip }, () =>
  withPage(browser, newer, {}, async (page) => {
    await compare(page, older);
    await compare(page, "<!DOCTYPE html><p>hello</p>", "letter.html");
    assert.match(await page.textContent(".compare .caption"), /^letter.html is not a page with a recording/);
    assert.equal((await rows(page)).length, 4);
    await compare(page, newer.slice(0, newer.indexOf('id="codesnap-end"')), "cut.html");
    assert.match(await page.textContent(".compare .caption"), /^cut.html \(incomplete\) → this page/);
    await compare(page, shell, "empty.html");
    assert.match(await page.textContent(".compare .caption"), /^empty.html is not a page/);
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious in a comparison, ${colorScheme}`, { skip }, () =>
    withPage(browser, newer, { colorScheme }, async (page) => {
      const { default: axe } = await import("axe-core");
      for (const step of [() => page.click("#tab-compare"), () => compare(page, older), () => page.click(".compare .actions >> text=Flame graph"), () => page.click(".compare .actions >> text=Timelines")]) {
        await step();
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => window.axe.run());
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html).slice(0, 3)]), []);
      }
    }));
}
