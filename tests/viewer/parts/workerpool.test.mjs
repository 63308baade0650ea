// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { WorkerPool } from "../load.mjs";

const SCRIPT = { textContent: "// a part" };
const kind = Uint8Array.of(1, 1);
let begun = [];

class FakeWorker {
  constructor() {
    this.said = [];
    begun.push(this);
  }

  postMessage(...what) {
    this.said.push(what[0]);
  }

  terminate() {}
}

beforeEach(() => {
  begun = [];
  globalThis.document = { querySelector: () => SCRIPT };
  globalThis.Worker = FakeWorker;
});
afterEach(() => {
  delete globalThis.document;
  delete globalThis.Worker;
});

test("the page's first worker has begun before it is given anything", () => {
  WorkerPool.begin();
  assert.equal(begun.length, 1);
  const pool = new WorkerPool(kind);
  assert.deepEqual(pool.workers, begun);
  assert.deepEqual(begun[0].said, [kind]);
});

test("another worker begins once enough texts wait, and no more than are worth it", () => {
  Object.defineProperty(globalThis, "navigator", { value: { hardwareConcurrency: 4 }, configurable: true });
  const pool = new WorkerPool(kind);
  pool.expect(WorkerPool.WORTH);
  assert.equal(begun.length, 1);
  for (let time = 0; time < 9; time++) pool.expect(3 * WorkerPool.WORTH);
  assert.equal(begun.length, 3);
});

test("a worker that failed before it was given anything is not used", () => {
  WorkerPool.begin();
  begun[0].onerror();
  const pool = new WorkerPool(kind);
  assert.equal(pool.workers.includes(begun[0]), false);
});

test("a short first text is read by the page, all else by workers", () => {
  const pool = new WorkerPool(kind);
  pool.decode("short", "calls");
  pool.decode("short", "calls");
  assert.deepEqual(begun[0].said.slice(1), [[1, "short", "calls"]]);
});
