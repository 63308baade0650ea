// SPDX-License-Identifier: Apache-2.0
//
// totals.js: what each function took in a stretch of time, over all tracks.
// Self and total count only what lies inside the stretch; a function that calls
// itself counts its outermost call only; the tracer's overhead counts for
// none of the program's functions.  mean, min and max are of
// whole calls.
"use strict";

class Totals {
  constructor(functions) {
    this.spans = new Float64Array(functions); // calls, resumptions and what had begun before
    this.carried = new Float64Array(functions); // of these what had begun before
    this.calls = new Float64Array(functions);
    this.self = new Float64Array(functions);
    this.total = new Float64Array(functions);
    this.whole = new Float64Array(functions); // of the calls' whole durations
    this.min = new Float64Array(functions).fill(Infinity);
    this.max = new Float64Array(functions);
    this.time = 0; // of the program: of the calls that no other call contains
  }

  static of(trace, from = -Infinity, to = Infinity) {
    const totals = new Totals(trace.names.count);
    for (const track of trace.tracks) {
      const known = new Set(track.digests.filter((one) => one.sums && one.from > from && one.to < to));
      for (const { sums } of known) totals.addSums(sums);
      for (const level of track.levels) totals.addLevel(trace, track, level, from, to, known);
    }
    for (const track of trace.tracks) totals.addCarried(track, from, to);
    totals.single = totals.spans.slice(); // those that are not aggregated
    for (const track of trace.tracks) totals.addAggregates(track, from, to, trace.names.kind);
    totals.spans.forEach((spans, number) => {
      if (spans > totals.single[number]) totals.min[number] = Math.min(totals.min[number], trace.shortBins(number)[0]?.least ?? Infinity);
    });
    trace.names.kind.forEach((kind, number) => kind === Names.TRACER && (totals.calls[number] = 0));
    return totals;
  }

  // All but the first and the last span of the stretch lie in it whole; what is
  // in known digests was added.
  addLevel(trace, track, level, from, to, known) {
    const { kind } = trace.names;
    let first = level.firstEndingAfter(from);
    let behind = to === Infinity ? level.count : level.firstStartingAt(to);
    const isWhole = (i) => level.start[i] >= from && level.end[i] <= to && level.end[i] < Infinity;
    if (first < behind && !isWhole(first)) this.addClipped(track, level, first++, from, to, kind);
    if (first < behind && !isWhole(behind - 1)) this.addClipped(track, level, --behind, from, to, kind);
    const block = (one) => known.has(one.digest) || this.addBlock(trace.paths, one, kind);
    level.split(first, behind, block, (begin, end) => this.addWhole(track, level, begin, end, kind));
  }

  // The sums of a piece (sums.js).
  addSums({ function: functions, values, time }) {
    functions.forEach((number, i) => {
      const at = i * Sums.FIELDS;
      this.spans[number] += values[at];
      this.calls[number] += values[at + 1];
      this.self[number] += values[at + 2];
      this.total[number] += values[at + 3];
      this.whole[number] += values[at + 4];
      if (!values[at]) return;
      this.min[number] = Math.min(this.min[number], values[at + 5]);
      this.max[number] = Math.max(this.max[number], values[at + 6]);
    });
    this.time += time;
  }

  addClipped(track, level, i, from, to, kind) {
    const word = level.word[i];
    const number = word >>> Level.FUNCTION_SHIFT;
    const start = level.start[i];
    const end = Math.min(level.end[i], track.to);
    const part = Math.min(end, to) - Math.max(start, from);
    const isTracer = kind[number] === Names.TRACER;
    const overhead = isTracer ? 0 : track.overhead.within(Math.max(start, from), Math.min(end, to));
    const duration = end - start - (isTracer ? 0 : track.overhead.within(start, end));
    this.spans[number]++;
    if ((word & Level.HOW) === 0) this.calls[number]++;
    if (!(word & Level.NESTED)) this.total[number] += part - overhead;
    this.whole[number] += duration;
    if (duration < this.min[number]) this.min[number] = duration;
    if (duration > this.max[number]) this.max[number] = duration;
    this.self[number] += part;
    const outer = level.depth ? track.levels[level.depth - 1] : null;
    if (outer) this.self[outer.functionOf(outer.lastStartingBy(start))] -= part;
    else if (!isTracer) this.time += part - overhead;
  }

  // The sums of a block, if it has some.
  addBlock(paths, { digest: { node, values }, first, last }, kind) {
    for (let i = first; i < last; i++) {
      const number = paths.function[node[i]];
      const outer = paths.parent[node[i]];
      const at = i * digest.FIELDS;
      const time = values[at + 2];
      const net = time - values[at + 3];
      this.spans[number] += values[at];
      this.calls[number] += values[at + 1];
      if (!paths.nested[node[i]]) this.total[number] += net;
      this.whole[number] += net;
      if (values[at + 4] < this.min[number]) this.min[number] = values[at + 4];
      if (values[at + 5] > this.max[number]) this.max[number] = values[at + 5];
      this.self[number] += time;
      if (outer) this.self[paths.function[outer]] -= time;
      else if (kind[number] !== Names.TRACER) this.time += net;
    }
    return last > first;
  }

  // The same of [first, behind), which is run for each call of a recording.
  addWhole(track, level, first, behind, kind) {
    const { start, end, word, depth } = level;
    const { spans, calls, self, total, whole, min, max } = this;
    const above = depth ? track.levels[depth - 1] : null;
    const { start: starts, word: words, count } = above || {};
    const { overhead } = track;
    let nextOverhead = overhead.next(start[first]);
    let parent = above ? above.lastStartingBy(start[first]) : -1;
    for (let i = first; i < behind; i++) {
      const own = word[i];
      const number = own >>> 6; // Level.FUNCTION_SHIFT
      const part = end[i] - start[i];
      let duration = part;
      if (end[i] > nextOverhead) {
        if (kind[number] !== Names.TRACER) duration -= overhead.within(start[i], end[i]);
        nextOverhead = overhead.next(end[i]);
      }
      spans[number]++;
      if ((own & 3) === 0) calls[number]++;
      if ((own & 32) === 0) total[number] += duration;
      whole[number] += duration;
      if (duration < min[number]) min[number] = duration;
      if (duration > max[number]) max[number] = duration;
      self[number] += part;
      if (above) {
        while (parent + 1 < count && starts[parent + 1] <= start[i]) parent++;
        self[words[parent] >>> 6] -= part;
      } else if (kind[number] !== Names.TRACER) this.time += duration;
    }
  }

  // What had begun before is first in its level, or behind a gap.
  addCarried({ gaps, levels }, from, to) {
    for (const level of levels) {
      for (const i of new Set([0, ...gaps.map(([, end]) => level.firstStartingAt(end))])) {
        if (i >= level.count || (level.word[i] & Level.HOW) !== 3) continue;
        if (level.end[i] > from && level.start[i] < to) this.carried[level.functionOf(i)]++;
      }
    }
  }

  // How often a function ran: what had begun before the recording of its thread, as
  // all that is open where a process forks, is no step.
  steps(number) {
    return this.spans[number] - this.carried[number];
  }

  // What is summed up; of an aggregate that lies in the stretch in part, that part.
  addAggregates(track, from, to, kind) {
    const { aggregates } = track;
    for (let i = 0; i < aggregates.count; i++) {
      const { start, end } = { start: aggregates.start[i], end: aggregates.end[i] };
      if (end <= from || start >= to) continue;
      const share = start >= from && end <= to ? 1 : (Math.min(end, to) - Math.max(start, from)) / (end - start);
      const busy = aggregates.busyOf(i) * share;
      if (aggregates.parent[i] !== Aggregates.NONE) this.self[track.levels[aggregates.depth[i] - 1].functionOf(aggregates.parent[i])] -= busy;
      else if (aggregates.depth[i] === 0) this.time += busy - aggregates.overheadOf[i] * share;
      for (let entry = aggregates.entryFrom[i]; entry < aggregates.entryFrom[i + 1]; entry++) this.addEntry(aggregates, entry, share);
    }
  }

  addEntry(aggregates, entry, share) {
    const number = aggregates.function[entry];
    this.spans[number] += (aggregates.calls[entry] + aggregates.resumes[entry]) * share;
    this.calls[number] += aggregates.calls[entry] * share;
    this.self[number] += aggregates.self[entry] * share;
    this.total[number] += aggregates.total[entry] * share;
    this.whole[number] += (aggregates.total[entry] + aggregates.nested[entry]) * share;
    if (aggregates.longest[entry] > this.max[number]) this.max[number] = aggregates.longest[entry];
  }

  // As formats/base/mean.h has it.
  mean(number) {
    return Math.round(this.whole[number] / this.spans[number]);
  }
}
