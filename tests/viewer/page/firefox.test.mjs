// SPDX-License-Identifier: Apache-2.0
//
// firefox.test.mjs: the page in Firefox: that it is read, drawn and answers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { shell } from "../browser.mjs";
import { encodeChunk, encodeAnnotations, open, page as makePage, tables } from "../encode.mjs";
import { launch, missing as skip } from "../firefox.mjs";
import { chunks, program } from "../random.mjs";

const { events, spans } = program({ seed: 5, calls: 4000, functions: 15 });
const page = makePage(shell, tables({ functions: 15 }), chunks(events, { size: 1500, codec: 1 }));

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

test("a page is read to the last call", { skip }, async () => {
  await browser.open(page);
  const stats = await browser.run("return window.__codesnap.stats()");
  assert.equal(stats.calls, 4000);
  assert.equal(stats.to_ns, Math.max(...spans.map((span) => span.end)));
  assert.equal(await browser.run("return document.getElementById('banner').hidden"), true);
});

test("the picture has every row of it in colour", { skip }, async () => {
  await browser.open(page);
  const drawn = await browser.run(`
    const { viewer } = window.__codesnap;
    viewer.timeline.draw();
    const { context, canvas, rows, height } = viewer.timeline.picture;
    return rows.map(({ y }) => {
      const { data } = context.getImageData(0, y + Math.floor(height / 2), canvas.width, 1);
      return data.some((value, i) => i % 4 < 3 && value < 200);
    });`);
  assert.ok(drawn.length > 5 && drawn.every(Boolean), JSON.stringify(drawn));
});

test("search, selection, table and address work", { skip }, async () => {
  await browser.open(page);
  const want = spans.filter((span) => span.function === 7).length;
  assert.equal(await browser.run("return window.__codesnap.search('f7 (')"), want);
  await browser.run("window.__codesnap.viewer.act.stepHit(1)");
  assert.match(await browser.run("return document.querySelector('#page-details h2').textContent"), /f7/);
  assert.equal(await browser.run("return window.__codesnap.table().length"), 15);
  await browser.run("return new Promise((go) => setTimeout(go, 600))");
  assert.match(await browser.run("return location.hash"), /call=0\.\d+\.\d+&search=f7/);
});

test("instants and counters are there", { skip }, async () => {
  const head = tables({ names: ["f (m0.py:1)", "saved", "queue.waiting"], kinds: [1, 6, 7] });
  await browser.open(makePage(shell, head, [encodeChunk({ events: [[open(0), 0], [0, 1000]] }), encodeAnnotations({ annotations: [[1, 250, "{}"], [2, 300, 4]], codec: 1 })]));
  assert.equal(await browser.run("return window.__codesnap.viewer.state.trace.tracks[0].instants.length"), 1);
  assert.equal(await browser.run("return document.querySelectorAll('.counter').length"), 1);
});

test("a second recording opens beside it", { skip }, async () => {
  await browser.open(page);
  const script = `
    const { viewer } = window.__codesnap;
    viewer.panel.show("compare");
    return viewer.comparing.open(new File([arguments[0]], "same.html")).then(() => {
      viewer.compare.turn("flame");
      return [viewer.compare.caption.textContent, viewer.compare.flame.boxes.length];
    });`;
  const [caption, boxes] = await browser.run(script, [page]);
  assert.match(caption, /^same.html → this page: .* 0 slower, 0 faster, .* 0 new, 0 gone/);
  assert.ok(boxes > 10, String(boxes));
});
