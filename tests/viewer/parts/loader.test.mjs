// SPDX-License-Identifier: Apache-2.0
//
// loader.test.mjs: when a script of the page is whole, so that it can be taken, and
// when what was taken is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Loader } from "../load.mjs";

const follow = (...names) => names.reduceRight((nextSibling, nodeName) => ({ nodeName, nextSibling }), null);

test("a script is whole when the parser put something behind it, not when the page did", () => {
  globalThis.document = { readyState: "loading" };
  const loader = new Loader([]);
  assert.equal(loader.isWhole(undefined), false);
  assert.equal(loader.isWhole(follow("SCRIPT")), false);
  assert.equal(loader.isWhole(follow("SCRIPT", "DIV")), false);
  assert.equal(loader.isWhole(follow("SCRIPT", "DIV", "#text")), true);
  assert.equal(loader.isWhole(follow("SCRIPT", "SCRIPT")), true);
  globalThis.document = { readyState: "interactive" };
  assert.equal(loader.isWhole(follow("SCRIPT")), true);
  delete globalThis.document;
});

test("the first piece is shown before the second one is there", async () => {
  globalThis.document = { readyState: "interactive" };
  const waiting = [];
  const script = (text) => ({ textContent: text, dataset: {}, classList: { contains: () => false }, remove: () => waiting.shift() });
  waiting.push(script("a"), script("b"));
  const log = [];
  let second = null;
  const pool = { room: 2, expect: () => {}, decode: (text) => (text === "a" ? Promise.resolve({ text }) : new Promise((go) => (second = () => go({ text })))) };
  const show = () => {
    log.push("shown");
    second();
  };
  await new Loader(waiting).chunks(pool, ({ text }) => log.push(text), show);
  assert.deepEqual(log.slice(0, 3), ["a", "shown", "b"]);
  delete globalThis.document;
});
