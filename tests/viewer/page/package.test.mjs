// SPDX-License-Identifier: Apache-2.0
//
// package.test.mjs: the page that the Python package writes by itself, where
// there is neither agent nor launcher, in a browser.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { launch, missing } from "../browser.mjs";

const build = process.env.CODESNAP_BUILD || new URL("../../../build", import.meta.url).pathname;
const viewer = join(build, "viewer.html");
const skip = missing || (!existsSync(viewer) && "the viewer is not built");
const PROGRAM = `
import codesnap
def leaf(n): return abs(n)
snap = codesnap.CodeSnap()
snap.start()
for n in range(30000):
    leaf(n)
codesnap.counter("load", 1)
snap.stop("page.html")
`;

function page(folder) {
  const python = execFileSync(process.env.PYTHON || "python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  cpSync(new URL("../../../share/python/codesnap", import.meta.url).pathname, join(folder, "codesnap"), { recursive: true });
  cpSync(viewer, join(folder, "codesnap", "viewer.html"));
  writeFileSync(join(folder, "program.py"), PROGRAM);
  const env = { HOME: folder, TMPDIR: folder, PATH: "/nowhere" };
  execFileSync(python, ["program.py"], { cwd: folder, env, stdio: "inherit" });
  return join(folder, "page.html");
}

test("a page written in Python opens and counts every call", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "codesnap-package-"));
  const browser = await launch();
  try {
    const opened = await browser.open(page(folder), {});
    const rows = await opened.evaluate("__codesnap.table()");
    const calls = Object.fromEntries(rows.map(({ name, calls }) => [name, calls]));
    assert.equal(calls["leaf (program.py:3)"], 30000, JSON.stringify(rows));
    assert.equal(calls["builtins.abs"], 30000);
    assert.equal(await opened.isVisible("#banner"), false);
    assert.deepEqual(opened.troubles, []);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});
