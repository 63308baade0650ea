// SPDX-License-Identifier: Apache-2.0
//
// waits.test.mjs: the page and the terminal know the same functions that wait.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Names, waits } from "../load.mjs";

const read = (path) => readFileSync(new URL("../../../" + path, import.meta.url), "utf8");

test("the lists of functions that wait are the same in C and in the page", () => {
  const inC = [...read("formats/shape/waits.c").matchAll(/^    "([^"]+)",$/gm)].map((match) => match[1]);
  const owners = [...read("share/viewer/analysis/waits.js").matchAll(/^    (\w+): "([^"]+)",$/gm)];
  assert.deepEqual(inC, owners.flatMap(([, owner, list]) => list.split(" ").map((name) => `${owner}.${name}`)));
  const of = (short) => waits.of({ kind: [Names.C], short: [short] })[0];
  assert.deepEqual([of("time.sleep"), of("_thread.lock.acquire"), of("json.loads")], [1, 1, 0]);
});
