// SPDX-License-Identifier: Apache-2.0
//
// pathsums.js: what the calls of a stretch of time took, by their path
// (callpaths.js).  Columns, since there may be millions of calls and many thousands
// of paths.  No DOM.
"use strict";

class PathSums {
  // As Flame has them.  waiting: by function, how long calls inside its outermost
  // ones waited; libraries: by function, what the calls in boxes took that it made.
  constructor(trace, from, to, { fold, skipsWaits }) {
    const { count } = trace.paths;
    this.total = new Float64Array(count);
    this.count = new Float64Array(count); // calls and resumptions
    this.calls = new Float64Array(count);
    for (const track of trace.tracks) this.addTrack(track, from, to);
    this.leaveOutTracer(trace);
    this.addWaiting(trace, skipsWaits);
    if (fold) this.addLibraries(trace.paths, trace.names, fold);
  }

  addTrack(track, from, to) {
    for (const level of track.levels) {
      const first = level.firstEndingAfter(from);
      const behind = to === Infinity ? level.count : level.firstStartingAt(to);
      if (first >= behind) break;
      this.addClipped(track, level, first, from, to);
      level.split(first + 1, behind - 1, (block) => this.addBlock(block), (begin, end) => this.addWhole(level, begin, end));
      if (first < behind - 1) this.addClipped(track, level, behind - 1, from, to);
    }
    for (let depth = 0; depth <= track.levels.length; depth++) this.addAggregates(track.aggregates, depth, from, to);
  }

  addClipped(track, level, i, from, to) {
    this.total[level.node[i]] += Math.min(level.end[i], track.to, to) - Math.max(level.start[i], from);
    this.count[level.node[i]]++;
    if ((level.word[i] & Level.HOW) === 0) this.calls[level.node[i]]++;
  }

  // Node 0 gets those without a node; it is set right in the end.
  addWhole({ node, start, end, word }, first, behind) {
    const { total, count, calls } = this;
    for (let i = first; i < behind; i++) {
      total[node[i]] += end[i] - start[i];
      count[node[i]]++;
      if ((word[i] & 3) === 0) calls[node[i]]++; // Level.HOW
    }
  }

  addBlock({ digest: { node, values }, first, last }) {
    for (let i = first; i < last; i++) {
      this.count[node[i]] += values[i * digest.FIELDS];
      this.calls[node[i]] += values[i * digest.FIELDS + 1];
      this.total[node[i]] += values[i * digest.FIELDS + 2];
    }
    return last > first;
  }

  // The short calls right inside those of a level.
  addAggregates(aggregates, depth, from, to) {
    for (const i of aggregates.within(depth, from, to)) {
      for (let entry = aggregates.entryFrom[i]; entry < aggregates.entryFrom[i + 1]; entry++) {
        this.total[aggregates.node[entry]] += aggregates.self[entry];
        this.count[aggregates.node[entry]] += aggregates.calls[entry] + aggregates.resumes[entry];
        this.calls[aggregates.node[entry]] += aggregates.calls[entry];
      }
    }
  }

  addWaiting({ paths, names }, skipsWaits) {
    const isWait = waits.of(names);
    const waited = this.timesOf(paths, isWait);
    this.waiting = new Float64Array(names.count);
    for (let node = 1; node < waited.length; node++) if (!paths.nested[node]) this.waiting[paths.function[node]] += waited[node];
    this.waitedAll = waited[0];
    if (skipsWaits) PathSums.leaveOut(this, paths, waited, isWait);
  }

  // The tracer's own work is in no sum.
  leaveOutTracer({ paths, names }) {
    const isTracer = names.kind.map((kind) => (kind === Names.TRACER ? 1 : 0));
    const traced = this.timesOf(paths, isTracer);
    if (traced[0]) PathSums.leaveOut(this, paths, traced, isTracer);
  }

  // For each path, and for all as that of node 0, what calls of the wanted
  // functions took in it.
  timesOf(paths, wanted) {
    const { total } = this;
    const times = new Float64Array(total.length);
    for (let node = total.length - 1; node > 0; node--) {
      if (wanted[paths.function[node]]) times[node] = total[node];
      times[paths.parent[node]] += times[node];
    }
    return times;
  }

  static leaveOut({ total, count }, paths, times, isOut) {
    for (let node = 1; node < total.length; node++) {
      total[node] -= times[node];
      if (isOut[paths.function[node]]) count[node] = 0;
    }
  }

  // A path's own time is what it took without those below it.
  addLibraries({ parent, function: functions }, { rank }, fold) {
    const { count } = fold;
    this.libraries = new Float64Array(rank.length);
    const isOwn = rank.map((_, number) => (fold.takes(number) ? 1 : 0));
    const self = this.total.slice(0, count);
    const owner = new Int32Array(count).fill(-1); // the function that it counts for
    for (let node = 1; node < count; node++) {
      self[parent[node]] -= this.total[node];
      owner[node] = isOwn[functions[node]] ? functions[node] : owner[parent[node]];
    }
    for (let node = 1; node < count; node++) if (owner[node] >= 0 && !isOwn[functions[node]]) this.libraries[owner[node]] += self[node];
  }
}
