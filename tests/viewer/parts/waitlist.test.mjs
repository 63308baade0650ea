// SPDX-License-Identifier: Apache-2.0
//
// waitlist.test.mjs: the waits of a thread, as a page has them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitscript, waitstrip, WaitList } from "../load.mjs";

const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
const script = (...numbers) => Uint8Array.from(numbers.flatMap(varint));
// Of [kind, start, end] each, in order.
function listOf(...waits) {
  let now = 0;
  const words = waits.flatMap(([kind, start, end]) => {
    const since = start - now;
    now = start;
    return [kind, since < 0 ? -2 * since - 1 : 2 * since, end - start];
  });
  const list = new WaitList();
  list.take(waitscript.decode(script(0, waits.length, ...words)));
  list.finish();
  return list;
}
const { BLOCKED, PREEMPTED, GIL, CALL } = WaitList;

test("a script of waits is read, and what describes them", () => {
  const bytes = [...script(3, 2, BLOCKED, 200, 50, CALL + 16, 400, 1000, 5, 0, 0, 513, 2), 0x2f, 0x61];
  const piece = waitscript.decode(Uint8Array.from(bytes));
  assert.deepEqual([piece.track, piece.count, piece.broken], [3, 2, false]);
  assert.deepEqual([...piece.kind.subarray(0, 2)], [BLOCKED, CALL]);
  assert.deepEqual([piece.start[1], piece.end[1]], [300, 1300]);
  assert.deepEqual(piece.described, [[1, { name: 4, holder: -1, inside: -1, bytes: 512, on: "/a" }]]);
});

test("one that is cut off keeps what comes before", () => {
  const piece = waitscript.decode(script(0, 2, BLOCKED, 100, 50, PREEMPTED));
  assert.deepEqual([piece.count, piece.broken], [1, true]);
});

test("the sums of a stretch have the parts that lie in it", () => {
  const sums = listOf([BLOCKED, 100, 200], [PREEMPTED, 300, 400], [BLOCKED, 500, 600]).sums(150, 550);
  assert.deepEqual([sums[BLOCKED], sums[PREEMPTED], sums[GIL]], [100, 100, 0]);
});

test("what is told late lies where it belongs", () => {
  const list = listOf([BLOCKED, 500, 600], [WaitList.UNSEEN, 100, 200]);
  assert.deepEqual([...list.kind, ...list.start], [WaitList.UNSEEN, BLOCKED, 100, 500]);
});

test("at a time it says why a thread waits, and whether it is off the CPU", () => {
  const list = listOf([GIL, 100, 1000], [BLOCKED, 110, 500], [BLOCKED, 600, 990]);
  assert.deepEqual(list.at(300), { off: 1, why: 0 });
  assert.deepEqual(list.at(550), { off: -1, why: 0 });
  assert.deepEqual(list.at(50), { off: -1, why: -1 });
});

test("a page without waits knows nothing of the CPU, an empty script does", () => {
  assert.equal(new WaitList().isKnown, false);
  assert.equal(listOf().isKnown, true);
});

test("a stretch narrower than a pixel fills its share of it", () => {
  const sums = new Float32Array(4);
  waitstrip.cover(sums, 0.5, 0.75);
  waitstrip.cover(sums, 1.5, 3.25);
  assert.deepEqual([...sums], [0.25, 0.5, 1, 0.25]);
});
