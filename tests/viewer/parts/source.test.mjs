// SPDX-License-Identifier: Apache-2.0
//
// source.test.mjs: which lines are a function's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Source } from "../load.mjs";

const text = `import os

@cache
def one(a,
        b=(1,
           2)):
    if a:
        return b

    return {
        a: b}

class Two:
    def three(self): return 3

    def four(self):  # (
        pass
x = lambda: 5`;
const lines = text.split("\n");
const shown = (line) => Source.extent(lines, line);

test("a function ends where the lines are indented no deeper", () => {
  assert.deepEqual(shown(3), [2, 11]);
  assert.deepEqual(shown(13), [12, 17]);
  assert.deepEqual(shown(14), [13, 14]);
  assert.deepEqual(shown(16), [15, 17]);
  assert.deepEqual(shown(18), [17, 18]);
});

test("a line that the file does not have leads to its last", () => {
  assert.deepEqual(shown(9999), [17, 18]);
  assert.deepEqual(shown(0), [0, 1]);
});
