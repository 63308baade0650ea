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
  await focus(tab, "<module> (shop.py:");
  await prepare(tab);
  await tab.waitForTimeout(500);
  await tab.screenshot({ path: join(folder, name) });
  await tab.close();
}

// Show the slowest call of a function as wide as the window.
async function focus(tab, begin) {
  await select(tab, begin);
  await tab.keyboard.press("f");
}

async function select(tab, begin) {
  await tab.evaluate((text) => {
    const row = window.__codesnap.table().find((one) => one.name.startsWith(text));
    window.__codesnap.select(row.name, 0);
  }, begin);
}

async function threads(tab) {
  await tab.getByRole("tab", { name: "Functions" }).click();
}

async function slowest(tab) {
  await select(tab, "Ledger.audit");
}

// How the page tells one slow order from the usual ones.
async function slow(tab) {
  await tab.evaluate(() => [...document.querySelectorAll('button[aria-expanded="true"]')].find((one) => /MainThread/.test(one.ariaLabel))?.click());
  await tab.getByRole("tab", { name: "Slow calls" }).click();
  await tab.waitForFunction(() => window.__codesnap.viewer.slow.isReady);
  await tab.locator(".outlier", { has: tab.getByText("Warehouse.weight", { exact: true }) }).click();
  await tab.locator(".calls .link").first().click();
  await tab.keyboard.press("f");
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
await take(browser, "timeline.png", { prepare: threads });
await take(browser, "selected.png", { colorScheme: "dark", prepare: slowest });
await take(browser, "slow.png", { prepare: slow });
await browser.close();
