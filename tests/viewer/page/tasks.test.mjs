// SPDX-License-Identifier: Apache-2.0
//
// tasks.test.mjs: the tasks of a thread in the page: their bars, what is told of one, and
// the way from it to its call.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const head = tables({ names: ["main (a.py:1)", "fetch (a.py:2)", "sleep (tasks.py:3)"], kinds: [1, 1, 1] });
const chunk = encodeChunk({ begin: 0, events: [[open(0), 0], [open(1), 100], [0, 200], [open(1), 700], [0, 800], [0, 1000]] });
const tasks = [{ track: 0, name: "Task-7", function: 1, start_ns: 50, count: 2, running_ns: 200, ended: "exception", steps: [50, 100, 3, 500, 100, 0] }];
const html = makePage(shell, head, [chunk], { tasks });

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

// Where the first task is at that time.
async function point(page, ns) {
  const box = await page.locator("#picture").boundingBox();
  const { x, y } = await page.evaluate((at) => {
    const { picture, layout, view } = __codesnap.viewer.timeline;
    return { x: picture.toX(at), y: layout.items.find((item) => item.kind === "tasks").rowsY - view.top };
  }, ns);
  return [box.x + x, box.y + y + 7];
}

test("below the pointer is what a task does, and a click leads to its call", { skip }, () =>
  withPage(browser, html, { reducedMotion: "reduce" }, async (page) => {
    assert.match(await page.locator(".track.tasks").textContent(), /1 task/);
    await page.mouse.move(...(await point(page, 400)));
    const told = await page.locator("#tooltip").innerText();
    assert.match(told, /Task-7/);
    assert.match(told, /awaits\s+sleep \(tasks\.py:3\)/);
    assert.match(told, /ended\s+exception/);
    await page.mouse.click(...(await point(page, 750)));
    assert.deepEqual(await page.evaluate(() => [__codesnap.viewer.state.selection.function, __codesnap.viewer.state.selection.start]), [1, 700]);
  }));
