// SPDX-License-Identifier: Apache-2.0
//
// banner.test.mjs: what the page says of what is missing, damaged or odd.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { page as makePage } from "../encode.mjs";
import { head, hook, parts } from "../sample.mjs";

const skip = missing;

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

test("a page that was cut off says so and shows the rest", { skip }, () =>
  withPage(browser, makePage(shell, head, parts.slice(0, 2), null), {}, async (page) => {
    assert.match(await page.textContent("#banner"), /cut off/);
    assert.ok((await hook(page, "stats()")).calls > 1000);
  }));

test("a page cut in the middle of a chunk shows what is before it", { skip }, async () => {
  const whole = makePage(shell, head, parts);
  const cut = whole.lastIndexOf('class="codesnap-chunk">') + 400;
  await withPage(browser, whole.slice(0, cut), {}, async (page) => {
    assert.match(await page.textContent("#banner"), /cut off/);
    assert.ok((await hook(page, "stats()")).calls > 6000);
  });
});

test("damaged chunks are counted, lost events and notes told", { skip }, () => {
  const bad = [...parts];
  bad[1] = Buffer.from("nonsense");
  const html = makePage(shell, { ...head, notes: [{ process: 0, code: 2, count: 0, text: "no room" }] }, bad, { lost: 1234, damaged_bytes: 4096 });
  const last = 'class="codesnap-chunk"'; // is of track 1
  const at = html.lastIndexOf(last) + last.length;
  return withPage(browser, html.slice(0, at) + ' data-track="0"' + html.slice(at), {}, async (page) => {
    const text = await page.textContent("#banner");
    for (const part of [/2 of \d+ pieces/, /1,234 events/, /4,096 bytes/, /stopped recording: no room/]) assert.match(text, part);
  });
});

test("a note that counts says its number once", { skip }, () =>
  withPage(browser, makePage(shell, { ...head, notes: [{ process: 0, code: 3, count: 1, text: "1 program started with a cleaned environment, not recorded" }] }, parts), {}, async (page) => {
    assert.equal(await page.textContent("#banner li"), "Process 10: 1 program started with a cleaned environment, not recorded");
  }));

test("what did not fit is said with its location, and the tracer's share", { skip }, () => {
  const place = { ns: 1500000, pid: 10, tid: 10, thread: "MainThread", function: "outer (a.py:7)" };
  const troubles = [
    { kind: "stray_exit", count: 12, first: [place] },
    { kind: "gap", count: 1, first: [{ ...place, end_ns: 1700000, function: undefined }] },
    { kind: "of tomorrow", count: 1, first: null },
  ];
  const sums = { troubles, cost_ns: head.duration_ns * 0.04 };
  return withPage(browser, makePage(shell, head, parts, sums), {}, async (page) => {
    assert.deepEqual(await page.locator("#banner li").allTextContents(), [
      "12 exits without a call: ignored (MainThread of 10: outer (a.py:7) at 1.500 ms; …).",
      "1 gap: nothing was recorded there, or it was lost (MainThread of 10 at 1.500 ms to 1.700 ms).",
    ]);
    assert.match(await page.textContent("#facts"), /tracing took about 4 %/);
  });
});
