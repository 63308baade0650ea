// SPDX-License-Identifier: Apache-2.0
//
// picture.mjs PAGE OUT.png [dark|light] [EXPRESSION]: a picture of an HTML
// output, after evaluating EXPRESSION in the page: how the README's were made.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { launch, missing } from "./browser.mjs";

const [path, out, colorScheme = "dark", expression = ""] = process.argv.slice(2);
if (missing || !out) {
  console.error(missing || "picture.mjs PAGE OUT.png [dark|light] [EXPRESSION]");
  process.exit(2);
}
const browser = await launch();
const page = await browser.open(resolve(path), { width: 1400, height: 900, colorScheme, reducedMotion: "reduce" });
if (expression) await page.evaluate(expression);
await page.waitForTimeout(300);
writeFileSync(out, await page.screenshot());
if (page.troubles.length) console.error(page.troubles.join("\n"));
await browser.close();
