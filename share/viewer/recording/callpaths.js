// SPDX-License-Identifier: Apache-2.0
//
// callpaths.js: the paths to calls, each a node of one tree: a function below the
// node of its caller.  Node 0 is the root.  Columns, since there may be many
// thousands.  Runs in workers too.  No DOM.
"use strict";

class CallPaths {
  static MOST = 300000; // nodes of a recording

  constructor(most = Infinity) {
    this.most = most;
    this.isCut = false; // there are more
    this.count = 1;
    this.function = Int32Array.of(-1);
    this.parent = new Uint32Array(1);
    this.nested = new Uint8Array(1); // the function is further out, too
    this.recent = new Uint32Array(1); // the node below it that was asked for last
    this.slots = new Uint32Array(64); // node by hash of parent and function
    this.enlarge();
    this.rehash();
  }

  // Forget all.
  clear(most) {
    this.most = most;
    this.isCut = false;
    this.count = 1;
    this.recent[0] = 0;
    this.slots.fill(0);
  }

  // The node of a function below parent; 0 if there are too many.  nested: whether
  // it is further out, too, for those who know.
  child(parent, number, nested = -1) {
    const recent = this.recent[parent];
    if (this.function[recent] === number) return recent;
    const slot = this.slotOf(parent, number);
    const node = this.slots[slot] || this.add(parent, number, slot, nested);
    this.recent[parent] = node;
    return node;
  }

  slotOf(parent, number) {
    const { slots, parent: parents, function: functions } = this;
    const mask = slots.length - 1;
    let slot = Math.imul(parent, 0x9e3779b1) + Math.imul(number, 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    for (let node = slots[slot]; node && (parents[node] !== parent || functions[node] !== number); node = slots[slot]) slot = (slot + 1) & mask;
    return slot;
  }

  add(parent, number, slot, nested) {
    if (this.count >= this.most) {
      this.isCut = true;
      return 0;
    }
    if (this.count === this.parent.length) this.enlarge();
    const node = this.count++;
    this.slots[slot] = node;
    this.function[node] = number;
    this.parent[node] = parent;
    this.nested[node] = nested < 0 ? this.isInside(parent, number) : nested;
    this.recent[node] = 0;
    if (node * 2 > this.slots.length) this.rehash();
    return node;
  }

  isInside(parent, number) {
    let node = parent;
    while (node && this.function[node] !== number) node = this.parent[node];
    return node > 0 ? 1 : 0;
  }

  enlarge() {
    const room = Math.max(64, this.count * 4);
    for (const name of ["function", "parent", "nested", "recent"]) this[name] = Column.enlarged(this[name], room);
  }

  rehash() {
    this.slots = new Uint32Array(this.slots.length * 4);
    for (let node = 1; node < this.count; node++) this.slots[this.slotOf(this.parent[node], this.function[node])] = node;
  }

  get columns() {
    return { function: this.function.slice(0, this.count), parent: this.parent.slice(0, this.count), nested: this.nested.slice(0, this.count), isCut: this.isCut };
  }

  // For each node of other, given as columns, the one here; that of its nodes
  // 1 to open.length is known.  0 for those that are too many.  isWhole: other
  // knows which nodes are nested.
  adopt({ function: functions, parent: parents, nested, isCut }, open, isWhole) {
    if (isCut) this.isCut = true;
    const own = new Uint32Array(functions.length);
    own.set(open, 1);
    for (let node = open.length + 1; node < own.length; node++) {
      const parent = own[parents[node]];
      if (parent || parents[node] === 0) own[node] = this.child(parent, functions[node], isWhole ? nested[node] : -1);
    }
    return own;
  }
}
