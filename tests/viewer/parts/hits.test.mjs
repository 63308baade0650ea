// SPDX-License-Identifier: Apache-2.0
//
// hits.test.mjs: every hit of a search has its mark, at every zoom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tables } from "../encode.mjs";
import { chunk, Hits, Trace } from "../load.mjs";
import { chunks, program } from "../random.mjs";

test("the columns of hits are those that each of them touches", async () => {
  const { events } = program({ seed: 4, calls: 20000, functions: 20 });
  const trace = new Trace(tables({ functions: 20 }));
  for (const part of chunks(events)) trace.add(await chunk.unpack(part));
  trace.finish(null);
  const wanted = Uint8Array.from({ length: trace.names.count }, (_, i) => (i % 7 === 3 ? 1 : 0));
  const hits = new Hits(wanted);
  for (const [from, to] of [[0, trace.to], [trace.to / 3, trace.to / 2], [1000, 3000]]) {
    for (const level of trace.tracks[0].levels) {
      const [got, want] = [new Uint8Array(500), new Uint8Array(500)];
      const cover = (columns, begin, end) => columns.fill(1, begin, Math.min(500, Math.max(begin + 1, Math.floor(end))));
      Hits.each(level, hits.of(level), { from, to, width: 500, most: Infinity }, (begin, end) => cover(got, begin, end));
      const scale = 500 / (to - from);
      for (let i = 0; i < level.count; i++) {
        if (wanted[level.functionOf(i)] && level.end[i] > from && level.start[i] < to) cover(want, Math.max(0, Math.floor((level.start[i] - from) * scale)), (level.end[i] - from) * scale);
      }
      const missed = want.filter((one, x) => one && !got[x] && !got[x - 1]);
      assert.equal(missed.length, 0, "more than a column apart from a mark");
      assert.equal(got.filter((one, x) => one && !want[x]).length, 0, "a mark without a hit");
    }
  }
});
