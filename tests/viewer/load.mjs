// SPDX-License-Identifier: Apache-2.0
//
// load.mjs: the viewer's parts without a page, in the order of the template.
import { readFileSync } from "node:fs";
import { Duplex } from "node:stream";
import vm from "node:vm";
import { createInflateRaw } from "node:zlib";

// Before 20.12 and 21.2 node's stream has no raw deflate, which browsers have
// for as long as the rest that the page needs.
class Inflating {
  constructor(format) {
    if (format !== "deflate-raw") throw new TypeError("no such format here: " + format);
    return Duplex.toWeb(createInflateRaw());
  }
}
try {
  new DecompressionStream("deflate-raw");
} catch {
  globalThis.DecompressionStream = Inflating;
}

const viewer = new URL("../../share/viewer/", import.meta.url);
const template = readFileSync(new URL("viewer.html", viewer), "utf8");
const parts = [...template.matchAll(/^<script src="([^"]+)"><\/script>$/gm)].map((match) => match[1]);

for (const part of parts) {
  if (/(^|\/)(main|fallback)\.js$/.test(part)) continue; // they start at once
  vm.runInThisContext(readFileSync(new URL(part, viewer), "utf8"), { filename: part });
}

export const { WorkerPool, Durations, Distribution, CallPaths, Flame, Histogram, outliers, Overhead, Level, Track, Trace, Names, Span, Totals, State, View, Layout, Labels, base64, chunk, raster, palette, search, time, aggregate, tree, Source, flows, processTree, annotations, Counter, Series, Instant, Raised, Hits, arrows, waits, lanes, Below, activity, imports, ownCode, Summary, PageFile, waitscript, WaitList, waitstrip, OffCpu, Ledger, pairing, Comparison, Fold, FoldedTrack, Unfolded, Loader, Query, Shown, Task, TaskRows, Arguments } =
  vm.runInThisContext("({ WorkerPool, Durations, Distribution, CallPaths, Flame, Histogram, outliers, Overhead, Level, Track, Trace, Names, Span, Totals, State, View, Layout, Labels, base64, chunk, raster, palette, search, time, aggregate, tree, Source, flows, processTree, annotations, Counter, Series, Instant, Raised, Hits, arrows, waits, lanes, Below, activity, imports, ownCode, Summary, PageFile, waitscript, WaitList, waitstrip, OffCpu, Ledger, pairing, Comparison, Fold, FoldedTrack, Unfolded, Loader, Query, Shown, Task, TaskRows, Arguments })");
