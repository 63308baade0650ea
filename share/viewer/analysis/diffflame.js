// SPDX-License-Identifier: Apache-2.0
//
// diffflame.js: the call paths of two recordings as one tree, as flame.js has them
// for one: a node for each path of functions that match.  `function` is a row of
// the comparison, -1 for the root.  No DOM.
"use strict";

class DiffFlame {
  // foldOf: what is in boxes of a recording (fold.js); null where nothing is.
  constructor(comparison, foldOf = () => null) {
    this.function = [-1];
    this.parent = [0];
    this.totals = [[0], [0]]; // before and after
    this.selfs = [[0], [0]];
    this.counts = [[0], [0]];
    this.nodes = new Map(); // by parent and row
    this.isCut = false;
    comparison.sides.forEach(({ trace }, side) => this.addSide(comparison, trace, foldOf(trace), side));
    this.arrange();
    this.measure(1);
  }

  // All calls that import are one where there are boxes.
  addSide(comparison, trace, fold, side) {
    const rows = DiffFlame.rowsOf(comparison, side);
    const importers = fold ? [...trace.names.rank.keys()].filter((number) => trace.names.isImporter(number)) : [];
    const first = importers.find((number) => rows.has(number));
    if (first !== undefined) for (const number of importers) rows.set(number, rows.get(first));
    this.add(new Flame(trace, -Infinity, Infinity, { fold }), rows, side);
  }

  // The row of each function of a recording.
  static rowsOf(comparison, side) {
    const rows = new Map();
    comparison.rows.forEach(({ numbers }, row) => numbers[side].forEach((number) => rows.set(number, row)));
    return rows;
  }

  // The tracer's own work is in no row, and calls nothing.
  add(flame, rows, side) {
    const own = new Int32Array(flame.function.length);
    this.isCut = this.isCut || flame.isCut;
    this.totals[side][0] = flame.total[0];
    for (let node = 1; node < own.length; node++) {
      const row = rows.get(flame.function[node]);
      if (row === undefined) continue;
      const at = (own[node] = this.nodeOf(own[flame.parent[node]], row));
      this.totals[side][at] += flame.total[node];
      this.selfs[side][at] += flame.self[node];
      this.counts[side][at] += flame.count[node];
    }
  }

  nodeOf(parent, row) {
    const key = parent * 2 ** 24 + row;
    let node = this.nodes.get(key);
    if (node !== undefined) return node;
    this.nodes.set(key, (node = this.function.length));
    this.function.push(row);
    this.parent.push(parent);
    for (const columns of [this.totals, this.selfs, this.counts]) for (const column of columns) column.push(0);
    return node;
  }

  arrange() {
    this.below = this.function.map(() => []);
    for (let node = 1; node < this.function.length; node++) this.below[this.parent[node]].push(node);
    this.most = this.function.reduce((most, _, node) => Math.max(most, Math.abs(this.difference(node))), 1);
  }

  // Widths are those before (0) or after (1).
  measure(side) {
    this.side = side;
    this.total = this.totals[side];
    for (const list of this.below) list.sort((one, other) => this.total[other] - this.total[one] || this.function[one] - this.function[other]);
  }

  // In the function itself, on this path.
  difference(node) {
    return node ? this.selfs[1][node] - this.selfs[0][node] : 0;
  }

  // From -1, the most that anything became faster, to 1; the root of it, so that
  // small ones are seen.
  strength(node) {
    const share = this.difference(node) / this.most;
    return Math.sign(share) * Math.sqrt(Math.abs(share));
  }

  children(node) {
    return this.below[node];
  }

  // From the root to node, both with.
  path(node) {
    const path = [node];
    while (path[0] !== 0) path.unshift(this.parent[path[0]]);
    return path;
  }
}
