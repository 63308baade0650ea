// SPDX-License-Identifier: Apache-2.0
//
// contrast.test.mjs: every text has a contrast of at least 4.5 to 1 with what is
// behind it, in both themes: in boxes, whatever their colour, and in the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, withPage } from "../browser.mjs";
import { encodeAnnotations, encodeChunk, open, page as makePage, tables } from "../encode.mjs";
import { Names, palette } from "../load.mjs";

const skip = missing;
const LEAST = 4.5;

// WCAG 2's contrast of two colours, [red, green, blue] each.
function contrast(one, other) {
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const parts = (word) => [word & 255, (word >> 8) & 255, (word >> 16) & 255];

// More modules than there are hues, of every kind of function.
function manyNames() {
  const list = Array.from({ length: 2000 }, (_, i) => i);
  const columns = { name: list.map((i) => "f" + i), module: list.map((i) => "m" + (i >> 2)), file: [], line: [], kind: list.map((i) => 1 + (i % 5)) };
  return new Names(columns, [""]);
}

const THEMES = { light: { ground: 0xffffff, text: 0x221a14 }, dark: { ground: 0x19130f, text: 0xfbf7f4 } }; // 0xBBGGRR

for (const [theme, { ground, text }] of Object.entries(THEMES)) {
  test(`text in a box of any colour can be read, ${theme}`, () => {
    const all = palette.colours(manyNames(), theme);
    for (const box of [...all, ...palette.faded(all, [], ground)]) {
      for (const own of [palette.text(box, text), palette.faintText(box, text)]) {
        assert.ok(contrast(parts(own), parts(box)) >= LEAST, `${palette.css(own)} on ${palette.css(box)}`);
      }
    }
  });
}

const head = tables({ names: ["main (m.py:1)", "work (m.py:9)", "saved", "queue.waiting"], kinds: [1, 1, 6, 7], notes: [{ process: 0, code: 2, count: 0, text: "no room" }] });
head.functions.module = ["m", "m", "", "queue"];
const calls = Array.from({ length: 20 }, (_, i) => [[open(1), 10 + 40 * i], [0, 20 + 40 * i + (i === 7 ? 25 : 0)]]).flat();
const html = makePage(shell, head, [
  encodeChunk({ events: [[open(0), 0], ...calls, [0, 1000]] }),
  encodeAnnotations({ annotations: [[2, 250, '{"to":"x"}'], [3, 300, 4]] }),
]);

// What is seen of each text in the page, with the colours of it and behind it.
function texts() {
  const parse = (text) => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    const scale = text.startsWith("color(srgb") ? 255 : 1;
    return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale, numbers[3] ?? 1];
  };
  const over = (below, [red, green, blue, alpha]) => [red, green, blue].map((part, i) => part * alpha + below[i] * (1 - alpha));
  const behind = (element, x, y) => {
    const stack = document.elementsFromPoint(x, y);
    const own = stack.indexOf(element);
    if (own < 0) return null;
    return stack.slice(own).reverse().reduce((below, one) => {
      const style = getComputedStyle(one);
      const [red, green, blue, alpha] = parse(style.backgroundColor);
      return over(below, [red, green, blue, alpha * Number(style.opacity)]);
    }, [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const [box] = range.getClientRects();
    if (!box || !walker.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const ground = behind(element, box.left + 1, box.top + box.height / 2);
    if (ground) found.push({ text: walker.currentNode.data.slice(0, 40), colour: over(ground, parse(getComputedStyle(element).color)), ground });
  }
  return found;
}

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

for (const colorScheme of ["light", "dark"]) {
  test(`every text of the page can be read, ${colorScheme}`, { skip }, () =>
    withPage(browser, html, { colorScheme, height: 1100 }, async (page) => {
      await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
      const check = async (where, least) => {
        const found = await page.evaluate(texts);
        assert.ok(found.length > least, `${found.length} texts ${where}`);
        const poor = found.filter(({ colour, ground }) => contrast(colour, ground) < LEAST);
        assert.deepEqual(poor, [], where);
      };
      await page.evaluate(() => __codesnap.select("work (m.py:9)", 7));
      await page.evaluate(() => __codesnap.search("work"));
      for (const tab of ["functions", "slow", "flame", "tree", "counters", "details"]) {
        await page.click("#tab-" + tab);
        await check(tab, 20);
      }
      await page.keyboard.press("?");
      await check("help", 40);
    }));
}
