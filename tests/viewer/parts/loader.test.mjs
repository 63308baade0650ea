// SPDX-License-Identifier: Apache-2.0
//
// loader.test.mjs: when a script of the page is whole, so that it can be taken.
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
