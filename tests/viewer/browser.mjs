// SPDX-License-Identifier: Apache-2.0
//
// browser.mjs: a page of the viewer in Debian's chromium, as from a double
// click.  Every request but that for the page itself is an error, as is every
// message on the console.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../", import.meta.url).pathname;
export const chrome = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
export const playwright = await import("playwright-core").catch(() => null);

// Why there can be no browser test here, or false.
export const missing = (!chrome && "chromium is not installed") || (!playwright && "playwright-core is not installed: npm ci in tests/viewer");

export const shell = execFileSync("awk", ["-f", "share/viewer/join.awk", "share/viewer/viewer.html"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
export const template = join(root, "share/viewer/viewer.html");

export async function launch() {
  const browser = await playwright.chromium.launch({ executablePath: chrome, args: ["--no-sandbox"] });
  const folder = mkdtempSync(join(tmpdir(), "codesnap-viewer-"));
  const close = async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  };
  return { close, open: (html, options) => openPage(browser, folder, html, options), peakMegabytes: () => peakMegabytes(browser) };
}

// The most memory that any one process of pages had, in MB.
export async function peakMegabytes(browser) {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
  const peaks = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]) / 1000);
  return Math.max(...peaks);
}

// A browser that has just started still makes pages of its own, for a second of a
// core: what is timed waits for that.
export const settle = () => new Promise((go) => setTimeout(go, 2500));

// html: the text of a page, or the path of one; isPerson: the page cannot tell
// that a program opens it.  The page gets `troubles`, all that should not have
// happened.
async function openPage(browser, folder, html, { width = 1200, height = 800, ready = true, isPerson = false, ...options } = {}) {
  const path = html.startsWith("/") ? html : join(folder, `page-${Math.random().toString(36).slice(2)}.html`);
  if (path !== html) writeFileSync(path, html);
  const page = await browser.newPage({ viewport: { width, height }, ...options });
  if (isPerson) await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false }));
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => page.troubles.push(message.text()));
  page.on("dialog", (dialog) => page.troubles.push("dialog") && dialog.dismiss());
  page.on("request", (request) => !request.isNavigationRequest() && !/^(data|blob):/.test(request.url()) && page.troubles.push(request.url()));
  await page.goto("file://" + path);
  if (ready) await page.evaluate(() => window.__codesnap.ready);
  return page;
}

// A page that is open for one test, in which nothing may go wrong.
export async function withPage(browser, html, options, use) {
  const page = await browser.open(html, options);
  try {
    await use(page);
    assert.deepEqual(page.troubles, []);
  } finally {
    await page.close();
  }
}
