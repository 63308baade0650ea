// SPDX-License-Identifier: Apache-2.0
//
// flame.js: all calls of a stretch of time that have the same path as one
// node: what a left-heavy flame graph draws.  Columns, since there may be
// millions of calls and many thousands of nodes.  No DOM.
"use strict";

class Flame {
  // fold: what is inside its boxes is theirs (fold.js); null for none.  skipsWaits:
  // calls that wait are left out, and their time of all around them.  sums: of the
  // same (pathsums.js), where they are there.
  constructor(trace, from = -Infinity, to = Infinity, { fold = null, skipsWaits = false, sums = new PathSums(trace, from, to, { fold, skipsWaits }) } = {}) {
    this.isCut = trace.paths.isCut; // calls on further paths stay in their caller's
    this.waiting = sums.waiting;
    this.waitedAll = sums.waitedAll;
    this.libraries = sums.libraries;
    if (fold) this.foldUp(sums, fold);
    else this.compact(trace.paths, sums);
    this.addUp();
    this.arrange();
  }

  // Let shown paths stand for all.
  foldUp(sums, fold) {
    const { paths, at } = fold.shownPaths;
    const [total, count, calls] = [0, 0, 0].map(() => new Float64Array(paths.count));
    for (let node = 1; node < fold.count; node++) {
      if (fold.how[node] === Fold.INSIDE) continue;
      total[at[node]] += sums.total[node];
      count[at[node]] += sums.count[node];
      calls[at[node]] += sums.calls[node];
    }
    this.compact(paths, { total, count, calls });
  }

  // Keep only the nodes that occur; a caller's comes before those below it.
  compact(paths, { total, count, calls }) {
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
