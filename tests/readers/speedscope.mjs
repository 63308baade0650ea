// SPDX-License-Identifier: Apache-2.0
//
// speedscope.mjs: opens a file in speedscope itself, in headless chromium, and
// says what it shows, as JSON: for each profile its name, and the rows of the
// sandwich view (function, total and self milliseconds, or numbers without a unit) that are on the screen.
//
//   node speedscope.mjs FOLDER FILE     (FOLDER: dist/release of npm speedscope)
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { existsSync } from "node:fs";

const [folder, file] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const { chromium } = (await import(path.join(here, "../viewer/node_modules/playwright-core/index.js"))).default;
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const trace = "/trace/" + path.basename(file); // its suffix says what it is
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" };

const server = createServer(async (request, response) => {
  const name = decodeURIComponent(request.url.split("?")[0]);
  try {
    const data = await readFile(name === trace ? file : path.join(folder, path.basename(name)));
    response.writeHead(200, { "content-type": types[path.extname(name)] || "application/octet-stream" });
    response.end(data);
  } catch {
    response.writeHead(404);
    response.end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const base = `http://127.0.0.1:${server.address().port}`;

// Rows look like "1.23ms (4.5%)", "1.00ms (2.2%)", name; without a unit "1,230 (4.5%)".
const milliseconds = (text) => {
  const [, number, unit] = /([\d.,]+)(ns|µs|ms|s|min)?/.exec(text) || [];
  return Number(number.replaceAll(",", "")) * { ns: 1e-6, "µs": 1e-3, ms: 1, s: 1e3, min: 6e4 }[unit || "ms"];
};
const rows = (page) =>
  page.evaluate(() => [...document.querySelectorAll("tr")].map((row) => [...row.cells].map((cell) => cell.innerText.trim())));

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 16000 } });
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("dialog", (dialog) => (errors.push(dialog.message()), dialog.dismiss()));
  await page.goto(`${base}/index.html#profileURL=${encodeURIComponent(base + trace)}`);
  await page.waitForFunction(() => document.title.includes(" - speedscope"), null, { timeout: 20000 });
  // The toolbar says "NAME (1/5)" where there are several profiles.
  const position = () => page.evaluate(() => /(.*)\s\((\d+)\/(\d+)\)/.exec(document.body.innerText)?.slice(1) || [document.title.replace(/ - speedscope$/, ""), 1, 1]);
  const count = Number((await position())[2]);
  const profiles = [];
  await page.keyboard.press("3");
  for (let i = 0; i < count; i++) {
    while (Number((await position())[1]) !== i + 1) await page.waitForTimeout(50);
    await page.waitForTimeout(200);
    const found = (await rows(page)).filter((cells) => cells.length === 3 && /\d/.test(cells[0]));
    profiles.push({
      title: (await position())[0].trim(),
      rows: found.map(([total, own, name]) => ({ total: milliseconds(total), self: milliseconds(own), name })),
    });
    if (i + 1 < count) await page.keyboard.press("n");
  }
  console.log(JSON.stringify({ errors, profiles }));
} finally {
  await browser.close();
  server.close();
}
