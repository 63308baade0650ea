// SPDX-License-Identifier: Apache-2.0
//
// flame.js: all calls of a stretch of time with the same way to them as one
// node: what a left-heavy flame graph draws.  Columns, since there may be
// millions of calls and many thousands of nodes.  No DOM.
"use strict";

class Flame {
  static MOST = 300000; // nodes; calls on further ways stay in their caller's

  constructor(trace, from = -Infinity, to = Infinity) {
    this.nodes = 1; // node 0 is the root: everything
    this.makeColumns(1 << 12);
    this.function[0] = -1;
    this.ways = new Int32Array(1 << 13); // node by hash of parent and function
    for (const track of trace.tracks) this.addTrack(track, from, to);
    this.self[0] = 0;
    this.arrange();
  }

  makeColumns(room) {
    for (const [name, Type] of Object.entries({ function: Int32Array, parent: Uint32Array, total: Float64Array, count: Float64Array, self: Float64Array })) {
      const column = new Type(room);
      if (this[name]) column.set(this[name]);
      this[name] = column;
    }
  }

  child(parent, number) {
    const slot = this.slotOf(parent, number);
    if (this.ways[slot]) return this.ways[slot];
    const node = this.nodes;
    if (node >= Flame.MOST) {
      this.isCut = true;
      return parent;
    }
    if (node === this.parent.length) this.makeColumns(node * 4);
    this.nodes++;
    this.ways[slot] = node;
    this.function[node] = number;
    this.parent[node] = parent;
    if (this.nodes * 2 > this.ways.length) this.enlarge();
    return node;
  }

  slotOf(parent, number) {
    const { ways, parent: parents, function: functions } = this;
    const mask = ways.length - 1;
    let slot = Math.imul(parent, 0x9e3779b1) + Math.imul(number, 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    for (let node = ways[slot]; node && (parents[node] !== parent || functions[node] !== number); node = ways[slot]) slot = (slot + 1) & mask;
    return slot;
  }

  enlarge() {
    this.ways = new Int32Array(this.ways.length * 4);
    for (let node = 1; node < this.nodes; node++) this.ways[this.slotOf(this.parent[node], this.function[node])] = node;
  }

  // Lane by lane; nodes holds those of the lane above, from its first span on.
  addTrack(track, from, to) {
    let above = { nodes: null, first: 0 };
    this.addCrowds(track, 0, from, to, above);
    for (const lane of track.lanes) {
      const first = lane.firstEndingAfter(from);
      const behind = to === Infinity ? lane.count : lane.firstStartingAt(to);
      if (behind <= first) return;
      above = { nodes: this.addLane(track, lane, first, behind, from, to, above), first };
      this.addCrowds(track, lane.depth + 1, from, to, above);
    }
  }

  addLane(track, lane, first, behind, from, to, above) {
    const nodes = new Uint32Array(behind - first);
    let lastParent = -1;
    let lastFunction = -1;
    let node = 0;
    for (let i = first; i < behind; i++) {
      const parent = above.nodes ? above.nodes[lane.parent[i] - above.first] : 0;
      const number = lane.word[i] >>> Lane.FUNCTION_SHIFT;
      if (parent !== lastParent || number !== lastFunction) node = this.child(parent, number);
      nodes[i - first] = node;
      lastParent = parent;
      lastFunction = number;
      if (node === parent) continue;
      const part = Math.min(lane.end[i], track.to, to) - Math.max(lane.start[i], from);
      this.total[node] += part;
      this.self[node] += part;
      this.self[parent] -= part;
      this.count[node]++;
      if (parent === 0) this.total[0] += part;
    }
    return nodes;
  }

  // The short calls right inside those of a lane: each function below the
  // caller, whatever the way to it was, with its own time.
  addCrowds(track, depth, from, to, above) {
    const { crowds } = track;
    for (const i of crowds.within(depth, from, to)) {
      const parent = above.nodes ? above.nodes[crowds.parent[i] - above.first] : 0;
      if (parent === undefined) continue;
      for (let entry = crowds.entryFrom[i]; entry < crowds.entryFrom[i + 1]; entry++) {
        const node = this.child(parent, crowds.function[entry]);
        if (node === parent) continue;
        this.total[node] += crowds.self[entry];
        this.self[node] += crowds.self[entry];
        this.self[parent] -= crowds.self[entry];
        this.count[node] += crowds.calls[entry] + crowds.resumes[entry];
        if (parent === 0) this.total[0] += crowds.self[entry];
      }
    }
  }

  // Side by side the nodes of each parent: those of node from offset[node] on.
  arrange() {
    for (const name of ["function", "parent", "total", "count", "self"]) this[name] = this[name].subarray(0, this.nodes);
    this.offset = new Uint32Array(this.nodes + 1);
    for (let node = 1; node < this.nodes; node++) this.offset[this.parent[node] + 1]++;
    for (let node = 0; node < this.nodes; node++) this.offset[node + 1] += this.offset[node];
    const next = this.offset.slice();
    this.below = new Uint32Array(this.nodes);
    for (let node = 1; node < this.nodes; node++) this.below[next[this.parent[node]]++] = node;
    this.sorted = new Uint8Array(this.nodes);
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
  way(node) {
    const way = [node];
    while (way[0] !== 0) way.unshift(this.parent[way[0]]);
    return way;
  }
}
