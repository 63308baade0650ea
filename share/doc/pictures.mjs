// SPDX-License-Identifier: Apache-2.0
//
// pictures.mjs PAGE FOLDER: pictures of an HTML output for the README.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const require = createRequire(new URL("../../tests/viewer/", import.meta.url));
const { chromium } = require("playwright-core");

const [page, folder] = process.argv.slice(2);
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

async function take(browser, name, { colorScheme = "light", prepare = () => {} } = {}) {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 960 }, colorScheme });
  await tab.goto("file://" + resolve(page));
  await tab.evaluate(() => window.__codesnap.ready);
  await tab.evaluate(prepare);
  await tab.waitForTimeout(500);
  await tab.screenshot({ path: join(folder, name) });
  await tab.close();
}

// The slowest call of the function whose slow calls are the story.
function selectSlowest() {
  const row = window.__codesnap.table().find((one) => one.name.startsWith("Ledger.audit"));
  window.__codesnap.select(row.name, 0);
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
await take(browser, "timeline.png");
await take(browser, "selected.png", { colorScheme: "dark", prepare: selectSlowest });
await browser.close();
