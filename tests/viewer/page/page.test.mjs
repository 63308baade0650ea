// SPDX-License-Identifier: Apache-2.0
//
// page.test.mjs: the whole page in a browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, missing, shell, template, withPage } from "../browser.mjs";
import { encodeChunk, encodeAnnotations, open, page as makePage, tables } from "../encode.mjs";
import { head, hook, made, parts, plain } from "../sample.mjs";

const skip = missing;

let browser;
before(async () => {
  if (!skip) browser = await launch();
});
after(() => browser && browser.close());

test("a page tells what it holds, and asks nobody for anything", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const spans = made.flatMap((one) => one.spans);
    const stats = await hook(page, "stats()");
    assert.equal(stats.calls, 9000);
    assert.equal(stats.tracks, 3);
    assert.equal(stats.from_ns, Math.min(...spans.map((span) => span.start)));
    assert.equal(stats.to_ns, Math.max(...spans.map((span) => span.end)));
    const policy = await page.getAttribute('meta[http-equiv="Content-Security-Policy"]', "content");
    assert.match(policy, /^default-src 'none'/);
    assert.equal(await page.isVisible("#banner"), false);
  }));

test("the header says which options left calls out", { skip }, () =>
  withPage(browser, makePage(shell, { ...head, part: "--thread <b>x</b>" }, parts), {}, async (page) => {
    assert.match(await page.textContent("#facts"), /only --thread <b>x<\/b>/);
  }));

test("the header says first which options left calls out of the recording", { skip }, () => {
  const [process, ...others] = head.processes;
  const processes = [{ ...process, filter: "--exclude=json.*:*" }, ...others];
  return withPage(browser, makePage(shell, { ...head, processes }, parts), {}, async (page) => {
    assert.equal(await page.textContent("#facts span:nth-child(3)"), "recorded with --exclude=json.*:*");
  });
});

test("the policy forbids requests", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const failed = await page.evaluate(() => fetch("https://example.org/").then(() => false, () => true));
    assert.ok(failed);
    assert.ok(page.troubles.every((text) => /Content Security Policy|example\.org/.test(text)));
    page.troubles.length = 0;
  }));

test("the table counts each function's calls and time", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const table = await hook(page, "table()");
    const spans = made.flatMap((one) => one.spans);
    for (const row of table) {
      const number = head.functions.name.indexOf(row.name);
      assert.equal(row.calls, spans.filter((span) => span.function === number).length, row.name);
    }
    const inside = spans.filter((span) => !span.parent).reduce((sum, span) => sum + span.end - span.start, 0);
    assert.equal(table.reduce((sum, row) => sum + row.self_ns, 0), inside);
    assert.equal(await page.locator(".grid .body .row").first().locator("[role=rowheader]").count(), 1);
  }));

test("select finds the n-th call and shows it", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const own = made[0].spans.filter((span) => span.function === 4);
    const got = await hook(page, `select(${JSON.stringify(head.functions.name[4])}, 7)`);
    assert.equal(got.start_ns, own[7].start);
    assert.equal(got.end_ns, own[7].end);
    assert.equal(got.depth, own[7].depth);
    assert.match(await page.textContent("#page-details h2"), /f4/);
    assert.match(await page.textContent("#spoken"), /f4.*depth/);
  }));

test("search counts hits, marks them, and n goes to the next", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const want = made.flatMap((one) => one.spans).filter((span) => span.function === 7).length;
    await page.keyboard.press("/");
    await page.keyboard.type("M7.PY");
    assert.equal((await page.textContent("#hits")).replace(/\D/g, ""), String(want));
    await page.keyboard.press("Enter");
    assert.match(await page.textContent("#page-details h2"), /f7/);
    const first = await page.evaluate(() => __codesnap.viewer.state.selection.start);
    await page.keyboard.press("Escape");
    assert.equal(await page.textContent("#hits"), "");
    assert.equal(await hook(page, 'search("f7 (")'), want);
    await page.keyboard.press("n");
    assert.ok((await page.evaluate(() => __codesnap.viewer.state.selection.start)) > first);
  }));

test("keys and wheel zoom and move, 0 shows everything again", { skip }, () =>
  withPage(browser, plain, { reducedMotion: "reduce" }, async (page) => {
    const view = () => page.evaluate(() => [__codesnap.viewer.state.view.from, __codesnap.viewer.state.view.to]);
    const [from, to] = await view();
    const box = await page.locator("#picture").boundingBox();
    await page.mouse.move(box.x + box.width / 4, box.y + 60);
    await page.mouse.wheel(0, -400);
    await page.waitForFunction((width) => __codesnap.viewer.state.view.width < width, (to - from) * 0.9);
    const zoomed = await view();
    assert.ok(Math.abs(zoomed[0] + (zoomed[1] - zoomed[0]) / 4 - (from + (to - from) / 4)) < (to - from) * 0.01, "time below the pointer moved");
    await page.keyboard.down("d");
    await page.waitForFunction((before) => __codesnap.viewer.state.view.from > before, zoomed[0]);
    await page.keyboard.up("d");
    await page.keyboard.down("w");
    await page.waitForFunction((width) => __codesnap.viewer.state.view.width < width, zoomed[1] - zoomed[0]);
    await page.keyboard.up("w");
    await page.keyboard.press("0");
    await page.waitForFunction(() => __codesnap.viewer.state.view.isFitted);
    assert.deepEqual(await view(), [from, to]);
  }));

test("pointing shows a call, clicking selects it, dragging moves", { skip }, () =>
  withPage(browser, plain, { reducedMotion: "reduce" }, async (page) => {
    const longest = made[0].spans.filter((span) => span.depth === 0).sort((one, other) => other.end - other.start - one.end + one.start)[0];
    await hook(page, `view(${longest.start - 50}, ${longest.end + 50})`);
    const box = await page.locator("#picture").boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + 30 + 8 + 9];
    await page.mouse.move(x, y);
    assert.match(await page.textContent("#tooltip"), new RegExp(`f${longest.function}\\b`));
    assert.match(await page.textContent("#tooltip"), /m\d+\.py:\d+.*duration.*depth0/);
    await page.mouse.click(x, y);
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.selection.start), longest.start);
    await hook(page, `view(${longest.start}, ${(longest.start + longest.end) / 2})`);
    const before = await page.evaluate(() => __codesnap.viewer.state.view.from);
    await page.mouse.down();
    await page.mouse.move(x - 100, y, { steps: 3 });
    await page.mouse.up();
    const moved = (await page.evaluate(() => __codesnap.viewer.state.view.from)) - before;
    const want = (100 / box.width) * ((longest.end - longest.start) / 2);
    assert.ok(Math.abs(moved - want) < want * 0.02, `${moved} for ${want}`);
  }));

test("an area that is dragged on the ruler is what the table counts", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const box = await page.locator("#ruler-canvas").boundingBox();
    await page.mouse.move(box.x + 200, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 10, { steps: 4 });
    await page.mouse.up();
    const [from, to] = await page.evaluate(() => __codesnap.viewer.state.area);
    const part = (span) => Math.max(0, Math.min(span.end, to) - Math.max(span.start, from));
    const want = made.flatMap((one) => one.spans).filter((span) => !span.parent).reduce((sum, span) => sum + part(span), 0);
    const got = (await hook(page, "table()")).reduce((sum, row) => sum + row.self_ns, 0);
    assert.ok(Math.abs(got - want) < 1e-3, `${got} for ${want}`);
    await page.keyboard.press("Escape");
    assert.equal((await hook(page, "table()")).reduce((sum, row) => sum + row.calls, 0), 9000);
  }));

test("ruler, overview and picture have the same scale", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const boxes = await Promise.all(["#ruler-canvas", "#overview-canvas", "#picture"].map((id) => page.locator(id).boundingBox()));
    for (const box of boxes) assert.deepEqual([box.x, box.width], [boxes[0].x, boxes[0].width]);
  }));

test("arrow keys walk from call to call", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const selected = () => page.evaluate(() => __codesnap.viewer.state.selection && [__codesnap.viewer.state.selection.depth, __codesnap.viewer.state.selection.start]);
    const outer = made[0].spans.find((span) => made[0].spans.filter((one) => one.parent === span).length > 1);
    const inner = made[0].spans.filter((span) => span.parent === outer);
    const nth = made[0].spans.filter((span) => span.function === outer.function).indexOf(outer);
    await hook(page, `select(${JSON.stringify(head.functions.name[outer.function])}, ${nth})`);
    await page.focus("#picture");
    for (const [key, want] of [["ArrowDown", inner[0]], ["ArrowRight", inner[1]], ["ArrowLeft", inner[0]], ["ArrowUp", outer]]) {
      await page.keyboard.press(key);
      assert.deepEqual(await selected(), [want.depth, want.start], key);
    }
  }));

test("the address leads back to view, selection, search and tab", { skip }, async () => {
  const page = await browser.open(plain, { reducedMotion: "reduce" });
  await hook(page, `select(${JSON.stringify(head.functions.name[4])}, 7)`);
  await hook(page, 'search("f4 ")');
  await hook(page, "view(20000, 50000)");
  await page.click("#tab-slow");
  await page.waitForFunction(() => /search=f4.*tab=slow/.test(location.hash));
  const state = () => page.evaluate(() => {
    const { state: { view, selection }, panel } = __codesnap.viewer;
    return [view.from, view.to, selection.start, panel.shown, document.getElementById("search").value];
  });
  const before = await state();
  await page.reload();
  await page.evaluate(() => __codesnap.ready);
  assert.deepEqual(await state(), before);
  await page.evaluate(() => (location.hash = "view=x..y&call=9.9.9&tab=%3Cb%3E&area=5..1"));
  assert.deepEqual(page.troubles, []);
  await page.close();
});

test("calls that stand out are listed with a jump to each", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    await page.click("#tab-slow");
    await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
    const listed = await page.locator(".outlier").count();
    if (listed === 0) assert.match(await page.textContent("#page-slow .list"), /No function/);
    await hook(page, `select(${JSON.stringify(head.functions.name[2])}, 3)`);
    await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
    await page.keyboard.press("c");
    await page.locator(".calls .link").first().click();
    const longest = await page.evaluate(() => {
      const { viewer } = __codesnap;
      return viewer.state.selection.duration === viewer.state.durations.outermost(2).most;
    });
    assert.ok(longest);
    assert.match(await page.textContent(".differences"), /What was different/);
  }));

test("the table is saved as CSV, with no cell a spreadsheet would run", { skip }, () =>
  withPage(browser, makePage(shell, tables({ names: ['=cmd("x"),1', "b"] }), [encodeChunk({ events: [[open(0), 0], [0, 9]] })]), {}, async (page) => {
    await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=CSV")]);
    const text = (await import("node:fs")).readFileSync(await download.path(), "utf8");
    assert.match(text, /^function,file,line,calls.*\r\n"'=cmd\(""x""\),1",\/srv\/m0\.py,1,1,9,0,100\.0000,9,9,9,9,9,9,9,0\r\n$/);
  }));

test("the calls in sight are saved as JSON, the first by time where there are too many", { skip }, () => {
  const events = Array.from({ length: 20 }, (_, i) => [[open(0), 10 * i], [open(1), 10 * i + 1], [0, 10 * i + 2], [0, 10 * i + 9]]).flat();
  return withPage(browser, makePage(shell, tables({ names: ["a", "b"] }), [encodeChunk({ events })]), {}, async (page) => {
    await page.waitForFunction(() => __codesnap.viewer.slow.isReady);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=JSON")]);
    assert.equal(download.suggestedFilename(), "calls.json");
    assert.equal(JSON.parse((await import("node:fs")).readFileSync(await download.path(), "utf8")).length, 40);
    const { count, calls } = await page.evaluate(() => save.spans(__codesnap.viewer.state.trace, 0, 1000, 7));
    assert.deepEqual([count, calls.map(({ start_ns }) => start_ns)], [40, [0, 1, 10, 11, 20, 21, 30]]);
  });
});

const HOSTILE = [
  "</script><script>document.title='hit'</script>",
  "<!--<script>document.title='hit'</script>",
  "<img src=x onerror=\"document.title='hit'\">",
  "']}];document.title='hit';//",
  "\u2028\u2029\u0000\u0007\u202egnp.exe",
  "]]><svg onload=document.title='hit'>",
  "${document.title='hit'}`",
  "__proto__",
  "constructor",
  "javascript:document.title='hit'",
  "x".repeat(100000),
  "",
];

test("names, files, commands and notes of a hostile program are text", { skip }, async () => {
  const bad = tables({ names: HOSTILE });
  bad.files = ["", ...HOSTILE];
  bad.functions.module = HOSTILE;
  bad.command = bad.host = HOSTILE[0] + HOSTILE[2];
  bad.processes[0].name = bad.processes[0].command = bad.processes[0].interpreter = HOSTILE[2];
  bad.tracks[0].name = HOSTILE[2];
  bad.notes = [{ process: 0, code: 0, count: 0, text: HOSTILE[2] }];
  const events = HOSTILE.flatMap((_, i) => [[open(i), i * 100], [0, i * 100 + 90]]);
  await withPage(browser, makePage(shell, bad, [encodeChunk({ events })], { lost: 3 }), {}, async (page) => {
    assert.equal((await hook(page, "stats()")).calls, HOSTILE.length);
    for (let i = 0; i < HOSTILE.length; i++) {
      await hook(page, `select(${JSON.stringify(HOSTILE[i])}, 0)`);
      const box = await page.locator("#picture").boundingBox();
      await page.mouse.move(box.x + box.width / 2, box.y + 47);
    }
    for (const name of HOSTILE.slice(0, 10)) await hook(page, `search(${JSON.stringify(name)})`);
    assert.doesNotMatch(await page.title(), /^hit$/);
    assert.equal(await page.locator("img, #panel svg, #tooltip svg, #facts svg").count(), 0);
    assert.match(await page.textContent("#command"), /<\/script><script>/);
    assert.match(await page.textContent("#banner"), /<img src=x/);
  });
});

test("threads are filtered, collapsed and pinned", { skip }, () =>
  withPage(browser, plain, {}, async (page) => {
    const shown = () => page.locator(".track b").allTextContents();
    assert.deepEqual(await shown(), ["T0", "T1", "T2"]);
    const box = await page.locator("#picture").boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + 47);
    assert.ok(await page.isVisible("#tooltip"));
    await page.fill("#track-filter", "t1");
    assert.equal(await page.isVisible("#tooltip"), false);
    assert.equal(await hook(page, "viewer.state.hover"), null);
    assert.deepEqual(await shown(), ["T1"]);
    await page.fill("#track-filter", "");
    await page.locator('[aria-label="Pin thread T2"]').click({ force: true });
    assert.deepEqual(await shown(), ["T2", "T0", "T1"]);
    await page.locator('[aria-label="Pin thread T2"]').click({ force: true });
    assert.deepEqual(await shown(), ["T0", "T1", "T2"]);
    await page.fill("#track-filter", "nothing has this name");
    await hook(page, `select(${JSON.stringify(head.functions.name[4])}, 1)`);
    assert.equal(await page.inputValue("#track-filter"), "");
  }));

test("threads are dragged, or moved by keys, to another place", { skip }, () =>
  withPage(browser, plain, { height: 1200 }, async (page) => {
    const shown = () => page.locator(".track b").allTextContents();
    const box = async (name) => page.locator(".track", { hasText: name }).boundingBox();
    const [from, to] = [await box("T0"), await box("T1")];
    await page.mouse.move(from.x + 60, from.y + 60);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + to.height - 10, { steps: 4 });
    assert.equal(await page.locator(".drop").count(), 1);
    await page.mouse.up();
    assert.deepEqual(await shown(), ["T1", "T0", "T2"]);
    assert.equal(await page.locator(".drop, .dragged").count(), 0);
    await page.focus('[aria-label="Thread T2"]');
    await page.keyboard.press("Alt+ArrowUp");
    await page.keyboard.press("Alt+ArrowUp");
    assert.deepEqual(await shown(), ["T2", "T1", "T0"]);
  }));

// The colours of the picture's ground and of the first row's first box.
const colours = (page) =>
  page.evaluate(() => {
    const { viewer } = __codesnap;
    viewer.timeline.draw();
    const { canvas, rows, height } = viewer.timeline.picture;
    const [left, right] = rows[0].boxes;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const at = (x, y) => [...copy.getImageData(x, y, 1, 1).data.subarray(0, 3)];
    return { ground: at(1, rows[0].y + height + 1), box: at((left + right) >> 1, rows[0].y + 1) };
  });

test("on paper the dark page is light", { skip }, () =>
  withPage(browser, plain, { colorScheme: "dark" }, async (page) => {
    assert.ok((await colours(page)).ground.every((part) => part < 60));
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.waitForFunction(() => !__codesnap.viewer.theme.isDark);
    assert.ok((await colours(page)).ground.every((part) => part > 220));
    assert.equal(await page.isVisible(".tools"), false);
  }));

test("where the system forces its colours, calls keep theirs", { skip }, () =>
  withPage(browser, plain, { forcedColors: "active", colorScheme: "light" }, async (page) => {
    const { ground, box } = await colours(page);
    assert.ok(ground.every((part) => part > 220), String(ground));
    assert.ok(new Set(box).size > 1, "a box is grey: " + box);
  }));

test("the source of a function is text, and its line is marked", { skip }, async () => {
  const text = "import os\n\ndef f(x):\n    return '<img src=x onerror=alert(1)>' # </script><b>\n";
  const held = tables({ functions: 1 });
  held.functions.line[0] = 3;
  const element = `<script type="application/octet-stream" class="codesnap-source" data-file="1">${Buffer.concat([Buffer.from([0]), Buffer.from(text)]).toString("base64")}</script>\n`;
  const html = makePage(shell, held, [encodeChunk({ events: [[open(0), 0], [0, 9]] })]).replace('<script type="application/json" id="codesnap-end">', (end) => element + end);
  await withPage(browser, html, {}, async (page) => {
    await hook(page, `select(${JSON.stringify(held.functions.name[0])}, 0)`);
    await page.waitForSelector(".source .marked");
    assert.equal(await page.textContent(".source .marked"), "def f(x):");
    assert.match(await page.textContent(".source ol"), /return '<img src=x onerror=alert\(1\)>' # <\/script><b>/);
    assert.equal(await page.locator("img").count(), 0);
  });
});

test("the source of an imported module is its whole file", { skip }, async () => {
  const held = tables({ names: ["import m0 (m0.py:1)"] });
  const element = `<script type="application/octet-stream" class="codesnap-source" data-file="1">${Buffer.concat([Buffer.from([0]), Buffer.from("import os\nX = 1\nY = 2\n")]).toString("base64")}</script>\n`;
  const html = makePage(shell, held, [encodeChunk({ events: [[open(0), 0], [0, 9]] })]).replace('<script type="application/json" id="codesnap-end">', (end) => element + end);
  await withPage(browser, html, {}, async (page) => {
    await hook(page, `select(${JSON.stringify(held.functions.name[0])}, 0)`);
    await page.waitForSelector(".source ol");
    assert.match(await page.textContent(".source ol"), /import osX = 1Y = 2/);
  });
});

test("of a file that was changed since it ran the page says that", { skip }, async () => {
  const held = tables({ functions: 2 });
  const element = `<script type="application/json" id="codesnap-changed">[1]</script>\n`;
  const html = makePage(shell, held, [encodeChunk({ events: [[open(0), 0], [open(1), 2], [0, 5], [0, 9]] })]).replace('<script type="application/json" id="codesnap-end">', (end) => element + end);
  await withPage(browser, html, {}, async (page) => {
    const said = async (number) => {
      await hook(page, `select(${JSON.stringify(held.functions.name[number])}, 0)`);
      return page.textContent(".source .none");
    };
    assert.match(await said(0), /changed since it was loaded/);
    assert.match(await said(1), /^No source available\.$/);
  });
});

test("greenlets are counted as such", { skip }, () => {
  const tracks = head.tracks.map((track, i) => (i ? { ...track, greenlet: true } : track));
  return withPage(browser, makePage(shell, { ...head, tracks }, parts), {}, async (page) => {
    for (const place of ["#facts", ".process"]) assert.match(await page.textContent(place), /1 thread, 2 greenlets/);
  });
});

test("the page without a recording says what to do", { skip }, () =>
  withPage(browser, shell, {}, async (page) => {
    assert.ok(await page.isVisible("#empty"));
    assert.match(await page.textContent("#empty"), /codesnap-run python3/);
  }));

test("a browser that cannot read the code, or lacks something, gets a sentence", { skip }, async () => {
  const foreign = plain.replaceAll("class Level {", "class Level { a syntax of tomorrow {");
  const page = await browser.open(foreign, { ready: false });
  assert.match(await page.textContent("#empty"), /too old for this page.*the recording is intact/s);
  assert.equal(await page.isVisible("#empty pre"), false);
  await page.close();
  const poor = plain.replace('<script data-part="base/base64.js">', '<script>delete window.DecompressionStream</script><script data-part="base/base64.js">');
  await withPage(browser, poor, {}, async (other) => assert.match(await other.textContent("#why"), /it lacks DecompressionStream\. Open the file in a current Firefox/));
});

test("two fingers zoom: what is below them stays there", { skip }, () =>
  withPage(browser, plain, { hasTouch: true }, async (page) => {
    const box = await page.locator("#picture").boundingBox();
    const client = await page.context().newCDPSession(page);
    const touch = (type, ...xs) => client.send("Input.dispatchTouchEvent", { type, touchPoints: xs.map((x, id) => ({ x: box.x + x, y: box.y + 80, id })) });
    const timeAt = (x) => page.evaluate(([share]) => __codesnap.viewer.state.view.from + share * __codesnap.viewer.state.view.width, [x / box.width]);
    const want = [await timeAt(300), await timeAt(400)];
    await touch("touchStart", 300, 400);
    await touch("touchMove", 250, 450);
    await touch("touchMove", 200, 600);
    const width = ((want[1] - want[0]) * box.width) / 400;
    await page.waitForFunction((wide) => Math.abs(__codesnap.viewer.state.view.width / wide - 1) < 0.02, width);
    const got = [await timeAt(200), await timeAt(600)];
    await touch("touchEnd");
    got.forEach((time, i) => assert.ok(Math.abs(time - want[i]) < (want[1] - want[0]) * 0.02, `${got} for ${want}`));
  }));

test("the template opens by itself with an example", { skip }, async () => {
  const page = await browser.open(template);
  assert.ok((await hook(page, "stats()")).calls > 100);
  assert.deepEqual(page.troubles.filter((text) => !/^file:.*\/share\/viewer\/[a-z]+\/[a-z0-9]+\.(js|css)$/.test(text)), []);
  await page.close();
});

test("a recording without any call opens", { skip }, () =>
  withPage(browser, makePage(shell, tables({}), []), {}, async (page) => {
    assert.equal((await hook(page, "stats()")).calls, 0);
  }));

test("it fits into the window of a telephone, at two device pixels", { skip }, () =>
  withPage(browser, plain, { width: 390, height: 760, deviceScaleFactor: 2 }, async (page) => {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    const picture = await page.locator("#picture").boundingBox();
    assert.ok(picture.width > 200 && picture.height > 150, JSON.stringify(picture));
    assert.equal(await page.evaluate(() => document.getElementById("picture").width), Math.round(picture.width * 2));
  }));

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing serious, ${colorScheme}`, { skip }, () =>
    withPage(browser, plain, { colorScheme }, async (page) => {
      const { default: axe } = await import("axe-core");
      await hook(page, `select(${JSON.stringify(head.functions.name[3])}, 1)`);
      for (const tab of ["functions", "slow", "flame", "tree", "details"]) {
        await page.click("#tab-" + tab);
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => window.axe.run());
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        assert.deepEqual(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html).slice(0, 3)]), []);
      }
    }));
}

const POINT_HEAD = tables({ names: ["f (m0.py:1)", "saved", "queue.waiting"], kinds: [1, 6, 7] });
POINT_HEAD.functions.module = ["m", "", "queue"];
const POINTS = makePage(shell, POINT_HEAD, [
  encodeChunk({ events: [[open(0), 0], [0, 1000]] }),
  encodeAnnotations({ annotations: [[1, 250, '{"to":"<img src=x>"}'], [2, 300, 4], [1, 750, ""], [2, 800, 9]] }),
]);

// A main thread that starts count others, one after the other.
function crowded(count) {
  const facts = tables({ names: ["main (a.py:1)", "_thread.start_new_thread", "work (a.py:9)"], tracks: count + 1 });
  facts.tracks.forEach((track, i) => (track.name = i.toString(2).replaceAll("0", "o").replaceAll("1", "l"))); // share no lanes
  const starts = Array.from({ length: count }, (_, i) => [[open(1), 100 * i + 10], [0, 100 * i + 40]]).flat();
  const main = encodeChunk({ events: [[open(0), 0], ...starts, [0, 100 * count]] });
  const others = Array.from({ length: count }, (_, i) => encodeChunk({ track: i + 1, begin: 100 * i + 30, events: [[open(2), 100 * i + 30], [0, 100 * i + 90]] }));
  return makePage(shell, facts, [main, ...others]);
}

test("arrows of many threads are faint, and only those that begin or end in sight are drawn", { skip }, () =>
  withPage(browser, crowded(1000), {}, async (page) => {
    const arrows = () => hook(page, "viewer.timeline.picture.arrows");
    await page.waitForFunction(() => __codesnap.viewer.timeline.picture.arrows.seen > 0);
    const begin = await arrows();
    assert.equal(begin.seen, 1000);
    assert.ok(begin.drawn < 400 && begin.alpha < 0.15, JSON.stringify(begin));
    await hook(page, "viewer.timeline.scrollTo(20000)");
    await page.waitForFunction(() => __codesnap.viewer.timeline.picture.arrows.seen < 100);
    const below = await arrows();
    assert.ok(below.seen > 0 && below.alpha > begin.alpha, JSON.stringify(below));
  }));

test("few arrows are drawn in full", { skip }, () =>
  withPage(browser, crowded(5), {}, async (page) => {
    await page.waitForFunction(() => __codesnap.viewer.timeline.picture.arrows.seen > 0);
    assert.deepEqual(await hook(page, "viewer.timeline.picture.arrows"), { seen: 5, drawn: 5, alpha: 0.7 });
  }));

test("an arrow of a thread that is filtered out is not drawn", { skip }, () =>
  withPage(browser, crowded(5), {}, async (page) => {
    await page.fill("#track-filter", "loo"); // the fifth thread, and not the one that starts it
    await page.waitForFunction(() => __codesnap.viewer.timeline.layout.lanes.length === 1);
    await page.waitForFunction(() => __codesnap.viewer.timeline.picture.arrows.seen === 0);
  }));

test("an instant is pointed at, selected with what was told, and in the address", { skip }, () =>
  withPage(browser, POINTS, {}, async (page) => {
    const box = await page.locator("#picture").boundingBox();
    const at = (ns) => page.evaluate((time) => __codesnap.viewer.timeline.picture.toX(time), ns);
    const y = await page.evaluate(() => __codesnap.viewer.timeline.layout.items.find((item) => item.track).markersY + 9);
    await page.mouse.move(box.x + (await at(250)), box.y + y);
    assert.match(await page.textContent("#tooltip"), /saved.*to<img src=x>/);
    await page.mouse.click(box.x + (await at(250)) + 2, box.y + y);
    assert.match(await page.textContent("#page-details"), /saved.*<img src=x>.*f/);
    await page.waitForFunction(() => /instant=0\.0/.test(location.hash));
    await page.keyboard.press("]");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.instant.time), 750);
    assert.equal(await hook(page, 'search("saved")'), 2);
    await page.keyboard.press("n");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.instant.time), 250);
    await page.click("#page-details .link");
    assert.equal(await page.evaluate(() => __codesnap.viewer.state.selection.end), 1000);
  }));

test("a counter has a row below its process, and says its value", { skip }, () =>
  withPage(browser, POINTS, {}, async (page) => {
    assert.match(await page.textContent(".counter"), /queue0 to 9/);
    const box = await page.locator("#picture").boundingBox();
    const y = await page.evaluate(() => __codesnap.viewer.timeline.layout.items.find((item) => item.counter).y + 20);
    const x = await page.evaluate(() => __codesnap.viewer.timeline.picture.toX(500));
    await page.mouse.move(box.x + x, box.y + y);
    assert.match(await page.textContent("#tooltip"), /queue.*waiting4/);
    const rows = await page.evaluate((left) => {
      const { picture, layout } = __codesnap.viewer.timeline;
      const item = layout.items.find((one) => one.counter);
      const { data } = picture.context.getImageData(left, picture.toY(item.y) + 1, 1, item.height - 2);
      return Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] !== 255);
    }, Math.round(x));
    const filled = rows.filter(Boolean).length;
    assert.ok(filled > rows.length * 0.25 && filled < rows.length * 0.6, `${filled} of ${rows.length} for 4 of 9`);
  }));
