// SPDX-License-Identifier: Apache-2.0
//
// flame.js: all calls of a stretch of time with the same way to them as one
// node: what a left-heavy flame graph draws.  Columns, since there may be
// millions of calls and many thousands of nodes.  No DOM.
"use strict";

class Flame {
  static MOST = 300000; // nodes; calls on further ways stay in their caller's

  constructor(trace, from = -Infinity, to = Infinity) {
    this.function = [-1]; // node 0 is the root: everything
    this.parent = [0];
    this.total = [0];
    this.count = [0];
    this.self = [0];
    this.ways = new Int32Array(1 << 12); // node by hash of parent and function
    for (const track of trace.tracks) this.addTrack(track, from, to);
    this.children = this.arrange();
  }

  child(parent, number) {
    const slot = this.slotOf(parent, number);
    if (this.ways[slot]) return this.ways[slot];
    const node = this.function.length;
    if (node >= Flame.MOST) {
      this.isCut = true;
      return parent;
    }
    this.ways[slot] = node;
    this.function.push(number);
    this.parent.push(parent);
    for (const column of [this.total, this.count, this.self]) column.push(0);
    if (node * 2 > this.ways.length) this.enlarge();
    return node;
  }

  slotOf(parent, number) {
    const mask = this.ways.length - 1;
    let slot = (Math.imul(parent, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b)) & mask;
    for (let node = this.ways[slot]; node && (this.parent[node] !== parent || this.function[node] !== number); node = this.ways[slot]) slot = (slot + 1) & mask;
    return slot;
  }

  enlarge() {
    this.ways = new Int32Array(this.ways.length * 4);
    for (let node = 1; node < this.function.length; node++) this.ways[this.slotOf(this.parent[node], this.function[node])] = node;
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

  // Children of each node, the heaviest first.
  arrange() {
    this.self[0] = 0;
    const children = this.function.map(() => []);
    for (let node = 1; node < this.function.length; node++) children[this.parent[node]].push(node);
    for (const list of children) list.sort((one, other) => this.total[other] - this.total[one] || this.function[one] - this.function[other]);
    return children;
  }

  // From the root to node, both with.
  way(node) {
    const way = [node];
    while (way[0] !== 0) way.unshift(this.parent[way[0]]);
    return way;
  }
}
