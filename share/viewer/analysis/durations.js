// SPDX-License-Identifier: Apache-2.0
//
// durations.js: how long the calls of each function took, without the tracer's
// own work: what medians and percentiles, histograms and outliers are read
// from.  Those of pieces that lie in the stretch of time whole are there already
// (digest.js); the others are gathered here, in one column by digest.key.
"use strict";

class Durations {
  // totals are those of the same stretch of time.
  constructor(trace, totals, from = -Infinity, to = Infinity) {
    this.trace = trace;
    this.totals = totals;
    this.isKnown = (one) => one.durations && one.from >= from && one.to <= to;
    this.known = trace.tracks.flatMap((track) => track.digests.filter(this.isKnown)).map((one) => one.durations);
    this.distributions = new Map(); // that were asked for
    this.gather(from, to);
  }

  gather(from, to) {
    const keys = 2 * this.trace.names.count;
    const offset = new Uint32Array(keys + 1);
    this.eachLoose(from, to, (level, first, behind) => Durations.count(level, first, behind, offset));
    for (let key = 0; key < keys; key++) offset[key + 1] += offset[key];
    this.offset = offset;
    this.column = new Float64Array(offset[keys]);
    const next = offset.slice();
    this.eachLoose(from, to, (level, first, behind, track) => this.put(track, level, first, behind, next));
  }

  // Stretches of calls that are in no known run.
  eachLoose(from, to, use) {
    const isKnown = ({ digest: one }) => this.isKnown(one);
    for (const track of this.trace.tracks) {
      for (const level of track.levels) {
        const behind = to === Infinity ? level.count : level.firstStartingAt(to);
        level.split(level.firstEndingAfter(from), behind, isKnown, (first, end) => use(level, first, end, track));
      }
    }
  }

  static count({ word }, first, behind, counts) {
    for (let i = first; i < behind; i++) counts[digest.key(word[i]) + 1]++;
  }

  put(track, level, first, behind, next) {
    const { start, end, word } = level;
    let nextOverhead = first < behind ? track.overhead.next(start[first]) : Infinity;
    for (let i = first; i < behind; i++) {
      const index = next[digest.key(word[i])]++;
      if (end[i] <= nextOverhead) this.column[index] = end[i] - start[i];
      else {
        this.column[index] = Span.netOf(track, level, i);
        nextOverhead = track.overhead.next(end[i]);
      }
    }
  }

  // Those of one key, as a list of columns.
  lists(key) {
    const lists = [this.column.subarray(this.offset[key], this.offset[key + 1]).sort()];
    for (const { keys, offset, values } of this.known) {
      const n = Column.bound(keys, keys.length, (one) => one >= key);
      if (keys[n] === key) lists.push(values.subarray(offset[n], offset[n + 1]));
    }
    return lists;
  }

  // Of all calls of a function.
  of(number) {
    if (!this.distributions.has(number)) this.distributions.set(number, new Distribution([...this.lists(2 * number), ...this.lists(2 * number + 1)]));
    return this.distributions.get(number);
  }

  // Without the calls that a call of the same function made.
  outermost(number) {
    return new Distribution(this.lists(2 * number));
  }

  // The least duration that share of the calls do not exceed.
  quantile(number, share) {
    return Durations.quantileOf(this.of(number), share, this.bins(number));
  }

  // The short calls of a function as [{least, middle, count}]; in a stretch of
  // time they are taken to be spread as in the whole recording.
  bins(number) {
    const all = this.trace.shortBins(number);
    const counted = Durations.countOf(all);
    const here = this.totals.spans[number] - this.totals.single[number];
    return counted ? all.map((bin) => ({ ...bin, count: (bin.count * here) / counted })) : [];
  }

  // Short calls that are only counted stand before all others.
  static quantileOf(distribution, share, bins = []) {
    const short = Durations.countOf(bins);
    const rank = Math.ceil(share * (short + distribution.count));
    if (rank > short || !short) return distribution.count ? distribution.at(Math.max(0, Math.ceil(rank - short) - 1)) : 0;
    let left = Math.max(1, rank);
    const bin = bins.find(({ count }) => (left -= count) <= 1e-6) || bins[bins.length - 1];
    return bin.middle;
  }

  static countOf(bins) {
    return bins.reduce((sum, bin) => sum + bin.count, 0);
  }
}
