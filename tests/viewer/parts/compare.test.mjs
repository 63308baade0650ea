// SPDX-License-Identifier: Apache-2.0
//
// compare.test.mjs: two recordings compared in the page: the same rows and changes
// as codesnap diff says of the same pages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { base64, chunk, Comparison, Ledger, pairing, PageFile, Totals, Trace } from "../load.mjs";

const build = process.env.CODESNAP_BUILD || new URL("../../../build", import.meta.url).pathname;
const [codesnap, agent] = ["codesnap", "libcodesnap_agent.so"].map((name) => join(build, name));
const skip = !(existsSync(codesnap) && existsSync(agent)) && "codesnap is not built";

// How often each function is called in two versions of a program.
const program = (head, times) => `${head}
def leaf(n): return sum(range(n))
def tree(n): return n and tree(n - 1) + leaf(50)
def steps():
    yield leaf(3)
    yield leaf(4)
class Shop:
    def buy(self, n): return sorted(range(n), key=lambda v: -v)
for i in range(${times}): tree(5); list(steps()); Shop().buy(20)
`;

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "codesnap-compare-"));
});
after(() => rmSync(folder, { recursive: true }));

function record(name, text) {
  writeFileSync(join(folder, "app.py"), text);
  execFileSync(join(build, "codesnap-run"), ["-q", "-o", join(folder, name), "python3", join(folder, "app.py")]);
  return join(folder, name);
}

// As a loader does it, without workers.
async function ledgerOf(path) {
  const scripts = [...PageFile.scripts(readFileSync(path, "utf8"))];
  const json = (id) => JSON.parse(scripts.find((script) => script.id === id).textContent);
  const trace = new Trace(json("codesnap-tables"));
  for (const { classList, textContent, dataset } of scripts) {
    if (classList.contains("codesnap-chunk")) trace.add(await chunk.unpack(base64.decode(textContent, dataset.sum)));
  }
  trace.finish(json("codesnap-end"));
  return new Ledger(trace, Totals.of(trace));
}

// Both sides say the same of each function.
function rowsOf(comparison) {
  return comparison.rows.map((row) => {
    const [side, number] = Comparison.shown(row);
    const { self, total } = row.change;
    return { name: comparison.sides[side].trace.names.full[number], calls: row.calls, self: row.self, total: row.total, changes: [self.kind, total.kind], ns: [self.ns, total.ns] };
  });
}

function told(before, after) {
  const { functions, ordinary_difference: ordinary } = JSON.parse(execFileSync(codesnap, ["diff", "--json", before, after], { maxBuffer: 1 << 28 }));
  const both = (row, key) => [row.before[key], row.after[key]];
  const rows = functions.map((row) => ({ name: row.name, calls: both(row, "calls"), self: both(row, "self_ns"), total: both(row, "total_ns"), changes: [row.self.change, row.total.change], ns: [row.self.difference_ns, row.total.difference_ns] }));
  return { rows, ordinary };
}

test("the page compares two recordings as codesnap diff does", { skip }, async () => {
  const pages = [record("a.html", program("import json", 30)), record("b.html", program("import re\n\n\ndef more(): return 1\nmore()", 45))];
  const comparison = new Comparison(await Promise.all(pages.map(ledgerOf)));
  const { rows, ordinary } = told(...pages);
  const byName = (one, other) => (one.name < other.name ? -1 : 1);
  assert.ok(rows.length > 20);
  assert.deepEqual(rowsOf(comparison).sort(byName), rows.sort(byName));
  assert.equal(comparison.ordinary, ordinary);
});

const at = (name, file, line, module = "m") => ({ name, file, line, module });

test("functions are matched though lines, folders and modules differ", () => {
  const shop = [at("buy", "/old/shop.py", 3), at("buy", "/new/x/shop.py", 40)];
  assert.deepEqual(pairing.pairs([shop[0]], [shop[1]]), [[[shop[0]], [shop[1]]]]);
  const other = at("buy", "/new/cart.py", 3);
  assert.deepEqual(pairing.pairs([shop[0]], [other]), [[[shop[0]], []], [[], [other]]]);
  const main = at("buy", "/old/shop.py", 3, "__main__");
  assert.deepEqual(pairing.pairs([main], [shop[1]]), [[[main], [shop[1]]]]);
});

test("functions of one name and file are matched by their lines, or are one row", () => {
  const lambda = (line) => at("<lambda>", "/app.py", line);
  const [before, after] = [[lambda(9), lambda(2)], [lambda(4), lambda(12)]];
  assert.deepEqual(pairing.pairs(before, after), [[[before[1]], [after[0]]], [[before[0]], [after[1]]]]);
  assert.deepEqual(pairing.pairs(before, [after[0]]), [[[before[1], before[0]], [after[0]]]]);
});
