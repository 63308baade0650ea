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
import { encodeChunk, open, page, tables } from "../encode.mjs";
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
  const { functions, ordinary_difference: ordinary, speed, ...recordings } = JSON.parse(execFileSync(codesnap, ["diff", "--json", before, after], { maxBuffer: 1 << 28 }));
  const both = (row, key) => [row.before[key], row.after[key]];
  const rows = functions.map((row) => ({ name: row.name, calls: both(row, "calls"), self: both(row, "self_ns"), total: both(row, "total_ns"), changes: [row.self.change, row.total.change], ns: [row.self.difference_ns, row.total.difference_ns] }));
  const usages = [recordings.before, recordings.after].map(({ cpu_ns: cpu, delay_ns: delay }) => ({ cpu, delay }));
  return { rows, ordinary, speed, usages };
}

const byName = (one, other) => (one.name < other.name ? -1 : 1);

test("the page compares two recordings as codesnap diff does", { skip }, async () => {
  const pages = [record("a.html", program("import json", 30)), record("b.html", program("import re\n\n\ndef more(): return 1\nmore()", 45))];
  const comparison = new Comparison(await Promise.all(pages.map(ledgerOf)));
  const { rows, ordinary, speed, usages } = told(...pages);
  assert.ok(rows.length > 20);
  assert.deepEqual(rowsOf(comparison).sort(byName), rows.sort(byName));
  assert.ok(Math.abs(Math.expm1(comparison.machine.ordinary) - ordinary) < 1e-6);
  assert.ok(Math.abs(Math.exp(comparison.machine.speed) - speed) < 1e-6);
  assert.deepEqual(comparison.sides.map((ledger) => ledger.usage()), usages);
});

// Some calls that take mean or a little less or more, one after the other.
const around = (mean, spread, count) => Array.from({ length: count }, (_, i) => Math.round(mean + spread * Math.sin(i * 2.7)));

// A page in which the calls of each function take what is listed.
function made(name, lists) {
  const events = [];
  let now = 0;
  Object.values(lists).forEach((list, number) => list.forEach((ns) => events.push([open(number), (now += 10)], [0, (now += ns)])));
  const names = Object.keys(lists).map((name, i) => `${name} (app.py:${i + 1})`);
  const [process] = tables({}).processes;
  const facts = { ...tables({ names }), duration_ns: now, processes: [{ ...process, cpu_ns: 1000, delay_ns: 30 }] };
  const path = join(folder, name);
  writeFileSync(path, page(readFileSync(join(build, "viewer.html"), "utf8"), facts, [encodeChunk({ events })], { events: events.length, calls: events.length / 2 }));
  return path;
}

test("what is slower, typically slower, the machine's or noise is the same in both", { skip }, async () => {
  const steady = (mean) => Object.fromEntries([..."abcdefgh"].map((name) => [name, around(mean, 90, 40)]));
  const stalled = (mean) => [...around(mean, 300, 150), 900000, 700000];
  const before = made("quick.html", { ...steady(4000), stalled: stalled(9000), slow: around(9000, 900, 5) });
  const after = made("slow.html", { ...steady(5200), stalled: stalled(18000), slow: around(30000, 900, 5) });
  const comparison = new Comparison(await Promise.all([before, after].map(ledgerOf)));
  const { rows, speed } = told(before, after);
  assert.deepEqual(rowsOf(comparison).sort(byName), rows.sort(byName));
  assert.equal(speed.toFixed(2), "1.29");
  const changes = comparison.rows.map((row) => row.change.self).slice(7);
  assert.deepEqual(changes.map(({ kind, isTypical }) => [kind, isTypical]), [["noise", undefined], ["slower", true], ["slower", false]]);
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
