// SPDX-License-Identifier: Apache-2.0
//
// durations.js: how long the calls of each function took, sorted: what medians
// and percentiles, histograms and outliers are read from.  One column for all
// functions, without the tracer's own work, each with its own stretch of it, sorted when it is first asked for.
"use strict";

class Durations {
  // totals are those of the same stretch of time.
  constructor(trace, totals, from = -Infinity, to = Infinity) {
    const count = totals.spans.length;
    this.trace = trace;
    this.totals = totals;
    this.offset = new Uint32Array(count + 1);
    for (let i = 0; i < count; i++) this.offset[i + 1] = this.offset[i] + totals.told[i];
    this.column = new Float64Array(this.offset[count]);
    this.nested = new Uint32Array(count); // calls inside another of the same function
    this.outermost = new Map(); // without those, for the functions that have some
    this.isSorted = new Uint8Array(count);
    this.fill(trace, from, to);
  }

  // A call inside another of its function goes to the end of the stretch.
  fill(trace, from, to) {
    const front = this.offset.slice();
    for (const track of trace.tracks) {
      for (const lane of track.lanes) this.fillLane(track, lane, front, from, to);
    }
  }

  fillLane(track, lane, front, from, to) {
    const { start, end, word } = lane;
    const { column, nested, offset } = this;
    const first = lane.firstEndingAfter(from);
    const behind = to === Infinity ? lane.count : lane.firstStartingAt(to);
    let nextWork = first < behind ? track.work.next(start[first]) : Infinity;
    for (let i = first; i < behind; i++) {
      const own = word[i];
      const number = own >>> 6; // Lane.FUNCTION_SHIFT
      const place = own & 32 ? offset[number + 1] - ++nested[number] : front[number]++;
      if (end[i] <= nextWork) column[place] = end[i] - start[i];
      else {
        column[place] = Span.netOf(track, lane, i);
        nextWork = track.work.next(end[i]);
      }
    }
  }

  sorted(number) {
    const own = this.column.subarray(this.offset[number], this.offset[number + 1]);
    if (!this.isSorted[number]) {
      if (this.nested[number]) this.outermost.set(number, own.slice(0, own.length - this.nested[number]).sort());
      own.sort();
      this.isSorted[number] = 1;
    }
    return own;
  }

  // Without the calls that a call of the same function made.
  sortedOutermost(number) {
    const all = this.sorted(number);
    return this.nested[number] ? this.outermost.get(number) : all;
  }

  // The least duration that share of the calls do not exceed.
  quantile(number, share) {
    return Durations.quantileOf(this.sorted(number), share, this.bins(number));
  }

  quantileOutermost(number, share) {
    return Durations.quantileOf(this.sortedOutermost(number), share, this.bins(number));
  }

  // The short calls of a function as [{least, middle, count}]; in a stretch of
  // time they are taken to be spread as in the whole recording.
  bins(number) {
    const all = this.trace.shortBins(number);
    const counted = Durations.countOf(all);
    const here = this.totals.spans[number] - this.totals.told[number];
    return counted ? all.map((bin) => ({ ...bin, count: (bin.count * here) / counted })) : [];
  }

  // Short calls that are only counted stand before all others.
  static quantileOf(sorted, share, bins = []) {
    const short = Durations.countOf(bins);
    const rank = Math.ceil(share * (short + sorted.length));
    if (rank > short || !short) return sorted.length ? sorted[Math.max(0, Math.ceil(rank - short) - 1)] : 0;
    let left = Math.max(1, rank);
    const bin = bins.find(({ count }) => (left -= count) <= 1e-6) || bins[bins.length - 1];
    return bin.middle;
  }

  static countOf(bins) {
    return bins.reduce((sum, bin) => sum + bin.count, 0);
  }
}
