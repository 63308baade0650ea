// SPDX-License-Identifier: Apache-2.0
//
// touch.test.mjs: the timeline below fingers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { page as makePage, tables } from "../encode.mjs";
import { chunks, program } from "../random.mjs";

const skip = missing;
const made = program({ seed: 3, calls: 2000, depth: 30 });
const html = makePage(shell, tables({ functions: 20 }), chunks(made.events));
const more = [3, 4, 5].map((seed) => program({ seed, calls: 400, depth: 12 }));
const threads = makePage(shell, tables({ functions: 20, tracks: 3 }), more.flatMap(({ events }, track) => chunks(events, { track })));
const telephone = { width: 390, height: 844, hasTouch: true, isMobile: true, deviceScaleFactor: 2, reducedMotion: "reduce" };

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

const state = (page) =>
  page.evaluate(() => {
    const { view, selection, area } = __codesnap.viewer.state;
    return { from: view.from, to: view.to, scroll: view.top, selection: selection && selection.start, area };
  });

// Fingers from places to places, all at once.
async function fingers(page, ways, steps = 5) {
  const touch = await page.context().newCDPSession(page);
  const box = await page.locator("#picture").boundingBox();
  const send = (type, list) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: list });
  const at = (share) => ways.map(([from, to], id) => ({ id, x: box.x + from[0] + (to[0] - from[0]) * share, y: box.y + from[1] + (to[1] - from[1]) * share }));
  await send("touchStart", at(0));
  for (let i = 1; i <= steps; i++) await send("touchMove", at(i / steps));
  await send("touchEnd", []);
}

const near = (got, want, slack) => assert.ok(Math.abs(got - want) < slack, `${got} for ${want}`);

test("a finger moves the timeline sideways and up", { skip }, () =>
  withPage(browser, html, telephone, async (page) => {
    await page.evaluate(() => __codesnap.view(10000, 20000));
    const before = await state(page);
    const { width } = await page.locator("#picture").boundingBox();
    await fingers(page, [[[150, 200], [50, 140]]]);
    const now = await state(page);
    near(now.from - before.from, (100 / width) * 10000, 200);
    near(now.to - now.from, 10000, 1);
    near(now.scroll - before.scroll, 60, 2);
    assert.equal(now.selection, null);
  }));

test("two fingers keep their times below them", { skip }, () =>
  withPage(browser, html, telephone, async (page) => {
    await page.evaluate(() => __codesnap.view(10000, 20000));
    const { width } = await page.locator("#picture").boundingBox();
    const timeAt = ({ from, to }, x) => from + (x / width) * (to - from);
    const before = await state(page);
    await fingers(page, [[[100, 150], [40, 150]], [[160, 150], [220, 150]]]);
    const now = await state(page);
    near(now.to - now.from, 10000 / 3, 100);
    near(timeAt(now, 40), timeAt(before, 100), 60);
    near(timeAt(now, 220), timeAt(before, 160), 60);
  }));

// The browser's protocol lifts all fingers at once.
test("the finger that stays after a pinch drags on", { skip }, () =>
  withPage(browser, html, telephone, async (page) => {
    const [pinched, moved, width] = await page.evaluate(() => {
      const { viewer } = __codesnap;
      const picture = document.getElementById("picture");
      picture.setPointerCapture = () => {}; // there are no such fingers
      const { left, top } = picture.getBoundingClientRect();
      const touch = (type, pointerId, x) => picture.dispatchEvent(new PointerEvent("pointer" + type, { pointerId, pointerType: "touch", clientX: left + x, clientY: top + 150, bubbles: true }));
      viewer.timeline.show(10000, 20000);
      for (const [id, x] of [[7, 100], [8, 160]]) touch("down", id, x);
      for (const [id, x] of [[7, 70], [8, 190]]) touch("move", id, x);
      touch("up", 7, 70);
      const pinched = viewer.state.view.from;
      touch("move", 8, 150);
      const moved = viewer.state.view.from;
      touch("up", 8, 150);
      return [pinched, moved, picture.clientWidth];
    });
    near(moved - pinched, (40 / width) * 5000, 1);
  }));

test("a finger on the ruler measures, a tap selects", { skip }, () =>
  withPage(browser, html, telephone, async (page) => {
    await fingers(page, [[[50, -12], [150, -12]]]);
    const { area, from, to } = await state(page);
    const { width } = await page.locator("#picture").boundingBox();
    near(area[1] - area[0], (100 / width) * (to - from), (to - from) / 50);
    const outer = made.spans.filter((span) => span.depth === 0).sort((one, other) => other.end - other.start - one.end + one.start)[0];
    await page.evaluate(([from, to]) => __codesnap.view(from, to), [outer.start, outer.end]);
    await page.locator("#picture").tap({ position: { x: 100, y: 30 + 17 } });
    assert.equal((await state(page)).selection, outer.start);
  }));

test("a finger that stays on a thread's name moves the thread, one that goes on at once does not", { skip }, () =>
  withPage(browser, threads, { ...telephone, height: 500 }, async (page) => {
    const shown = () => page.locator(".track b").allTextContents();
    const touch = await page.context().newCDPSession(page);
    const box = await page.locator(".track b").first().boundingBox();
    const to = await page.locator(".track").nth(1).boundingBox();
    const send = (type, y) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ id: 0, x: box.x + 5, y }] });
    const before = await shown();
    await send("touchStart", box.y + 5);
    await page.waitForSelector(".track.dragged");
    for (let i = 1; i <= 5; i++) await send("touchMove", box.y + 5 + ((to.y + to.height - 10 - box.y - 5) * i) / 5);
    await send("touchEnd");
    assert.deepEqual(await shown(), [before[1], before[0], before[2]]);
    assert.equal((await state(page)).scroll, 0);
    const now = await page.locator(".track b").nth(1).boundingBox();
    const later = () => page.evaluate(() => new Promise((go) => setTimeout(() => go(document.querySelectorAll(".dragged").length), Reorder.HOLD_MS + 100)));
    await send("touchStart", now.y + 5);
    for (let i = 1; i <= 5; i++) await send("touchMove", now.y + 5 - i * 20);
    assert.equal(await later(), 0);
    await send("touchEnd");
    assert.deepEqual(await shown(), [before[1], before[0], before[2]]);
  }));
