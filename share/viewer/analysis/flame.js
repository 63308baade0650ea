// SPDX-License-Identifier: Apache-2.0
//
// flame.js: all calls of a stretch of time that have the same path as one
// node: what a left-heavy flame graph draws.  Columns, since there may be
// millions of calls and many thousands of nodes.  No DOM.
"use strict";

class Flame {
  // fold: what is inside its boxes is theirs (fold.js); null for none.  skipsWaits:
  // calls that wait (waits.js) are left out, and their time of all around them.
  constructor(trace, from = -Infinity, to = Infinity, { fold = null, skipsWaits = false } = {}) {
    const { count } = trace.paths;
    this.isCut = trace.paths.isCut; // calls on further paths stay in their caller's
    this.total = new Float64Array(count); // of trace.paths until compact
    this.count = new Float64Array(count); // calls and resumptions
    this.calls = new Float64Array(count);
    for (const track of trace.tracks) this.addTrack(track, from, to);
    this.leaveOutTracer(trace);
    this.addWaiting(trace, skipsWaits);
    this.compact(fold ? this.foldUp(trace, fold) : trace.paths);
    this.addUp();
    this.arrange();
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

  // waiting: by function, how long calls inside its outermost ones waited.
  addWaiting({ paths, names }, skipsWaits) {
    const isWait = waits.of(names);
    const waited = this.timesOf(paths, isWait);
    this.waiting = new Float64Array(names.count);
    for (let node = 1; node < waited.length; node++) if (!paths.nested[node]) this.waiting[paths.function[node]] += waited[node];
    this.waitedAll = waited[0];
    if (skipsWaits) Flame.leaveOut(this, paths, waited, isWait);
  }

  // The tracer's own work is in no sum.
  leaveOutTracer({ paths, names }) {
    const isTracer = names.kind.map((kind) => (kind === Names.TRACER ? 1 : 0));
    const traced = this.timesOf(paths, isTracer);
    if (traced[0]) Flame.leaveOut(this, paths, traced, isTracer);
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

  // Let shown paths stand for all; libraries: by function, what the calls in boxes
  // took that it made.
  foldUp({ paths, names }, fold) {
    const { paths: shown, at } = fold.shownPaths;
    const [total, count, calls] = [0, 0, 0].map(() => new Float64Array(shown.count));
    this.libraries = new Float64Array(names.count);
    for (let node = 1; node < fold.count; node++) {
      if (fold.how[node] === Fold.INSIDE) continue;
      total[at[node]] += this.total[node];
      count[at[node]] += this.count[node];
      calls[at[node]] += this.calls[node];
    }
    this.addLibraries(paths, names, fold);
    Object.assign(this, { total, count, calls });
    return shown;
  }

  // A path's own time is what it took without those below it.
  addLibraries({ parent, function: functions }, { rank }, fold) {
    const { count } = fold;
    const isOwn = rank.map((_, number) => (fold.takes(number) ? 1 : 0));
    const self = this.total.slice(0, count);
    const owner = new Int32Array(count).fill(-1); // the function that it counts for
    for (let node = 1; node < count; node++) {
      self[parent[node]] -= this.total[node];
      owner[node] = isOwn[functions[node]] ? functions[node] : owner[parent[node]];
    }
    for (let node = 1; node < count; node++) if (owner[node] >= 0 && !isOwn[functions[node]]) this.libraries[owner[node]] += self[node];
  }

  // Keep only the nodes that occur; a caller's comes before those below it.
  compact(paths) {
    const { total, count, calls } = this;
    const own = new Uint32Array(paths.count);
    let nodes = 1;
    for (let node = 1; node < paths.count; node++) if (count[node]) own[node] = nodes++;
    for (const [name, Type] of Object.entries({ function: Int32Array, parent: Uint32Array, total: Float64Array, count: Float64Array, calls: Float64Array })) this[name] = new Type(nodes);
    this.function[0] = -1;
    for (let node = 1; node < paths.count; node++) {
      if (!own[node]) continue;
      this.function[own[node]] = paths.function[node];
      this.parent[own[node]] = own[paths.parent[node]];
      this.total[own[node]] = total[node];
      this.count[own[node]] = count[node];
      this.calls[own[node]] = calls[node];
    }
  }

  // Each node's own time, and everything.
  addUp() {
    const { total, parent } = this;
    this.self = total.slice();
    for (let node = 1; node < total.length; node++) {
      if (parent[node]) this.self[parent[node]] -= total[node];
      else total[0] += total[node];
    }
  }

  // Side by side the nodes of each parent: those of node from offset[node] on.
  arrange() {
    const nodes = this.function.length;
    this.offset = new Uint32Array(nodes + 1);
    for (let node = 1; node < nodes; node++) this.offset[this.parent[node] + 1]++;
    for (let node = 0; node < nodes; node++) this.offset[node + 1] += this.offset[node];
    const next = this.offset.slice();
    this.below = new Uint32Array(nodes);
    for (let node = 1; node < nodes; node++) this.below[next[this.parent[node]]++] = node;
    this.sorted = new Uint8Array(nodes);
  }

  isLeaf(node) {
    return this.offset[node] === this.offset[node + 1];
  }

  // The nodes below a node, the heaviest first.
  children(node) {
    const list = this.below.subarray(this.offset[node], this.offset[node + 1]);
    if (!this.sorted[node]) list.sort((one, other) => this.total[other] - this.total[one] || this.function[one] - this.function[other]);
    this.sorted[node] = 1;
    return list;
  }

  // From the root to node, both with.
  path(node) {
    const path = [node];
    while (path[0] !== 0) path.unshift(this.parent[path[0]]);
    return path;
  }
}
