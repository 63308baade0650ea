// SPDX-License-Identifier: Apache-2.0
//
// exceptions.test.mjs: the tab of exceptions, their marks, and the calls that they end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeAnnotations, encodeChunk, open, page as makePage, tables } from "../encode.mjs";

const skip = missing;
const told = (message, more) => JSON.stringify({ message, function: "pay (m2.py:3)", line: 4, caught: "main (m0.py:1)", caught_line: 9, calls: 1, ...more });
const events = [[open(0), 0], [open(1), 1000], [1, 401000], [open(1), 500000], [1, 510000], [0, 900000]];
const of = (entries) => makePage(shell, tables({ names: ["main (m0.py:1)", "pay (m2.py:3)", "ValueError"], kinds: [1, 1, 9] }), [encodeChunk({ events }), ...(entries.length ? [encodeAnnotations({ annotations: entries })] : [])]);
const some = of([[2, 300000, told("no money")], [2, 505000, told("<b>none</b>")]]);

let browser;
before(async () => !skip && (browser = await launch()));
after(() => browser?.close());

test("the tab lists exceptions with place, catcher and cost, and leads to each", { skip }, () =>
  withPage(browser, some, {}, async (page) => {
    assert.equal(await page.textContent("#tab-exceptions small"), "2");
    await page.click("#tab-exceptions");
    const text = await page.textContent(".exceptions .outlier");
    for (const part of ["ValueError", "in pay (m2.py:3), line 4", "2 times, caught by main (m0.py:1), line 9", "410.0 µs"]) assert.ok(text.includes(part), `${part} in ${text}`);
    assert.deepEqual(await page.$$eval(".exceptions .calls li span:last-child", (all) => all.map((one) => one.textContent.split(": ")[1])), ["no money", "<b>none</b>"]);
    await page.click(".exceptions .calls .link");
    assert.match(await page.textContent(".details dl"), /messageno money.*caught bymain \(m0\.py:1\), line 9.*outermostpay \(m2\.py:3\), 400\.0/);
    await page.click(".details dl .link");
    assert.match(await page.textContent(".details dl"), /ended byValueError: no money/);
    assert.deepEqual(page.troubles, []);
  }));

test("a page without any says how to record them", { skip }, () =>
  withPage(browser, of([]), {}, async (page) => {
    await page.click("#tab-exceptions");
    assert.match(await page.textContent(".exceptions"), /record with “codesnap run --exceptions”/);
    assert.equal(await page.$("#tab-exceptions small"), null);
  }));
