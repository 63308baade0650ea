// SPDX-License-Identifier: Apache-2.0
//
// fold.js: which calls are shown one by one and which only as a part of a box:
// in a run of calls of code that is not looked at (of libraries, say) the
// outermost one is a box, the rest is inside it.  It is decided for each path to
// a call (callpaths.js), so that it costs next to nothing for each call.  No DOM.
"use strict";

class Fold {
  // A path's calls are: shown, a box (shown, too), or inside a box.
  static SHOWN = 0;
  static BOX = 1;
  static INSIDE = 2;

  // least: the functions of this rank (Names.rank) or more are shown.  opened: the
  // boxes, by node, that are unfolded.  hidden: modules whose functions are not.
  constructor(paths, names, least, opened = new Map(), hidden = new Set()) {
    Object.assign(this, { paths, names, least, opened, hidden });
    this.count = 1;
    this.makeRoom();
    this.row[0] = -1;
    this.update();
  }

  makeRoom() {
    const room = this.paths.parent.length;
    const types = { how: Uint8Array, machine: Uint8Array, isOpen: Uint8Array, holds: Uint8Array, row: Int32Array, box: Uint32Array, code: Int32Array };
    for (const [name, Type] of Object.entries(types)) this[name] = Column.enlarged(this[name] || new Type(0), room);
  }

  // Paths came; a caller's is before those below it.
  update() {
    if (this.row.length < this.paths.count) this.makeRoom();
    for (; this.count < this.paths.count; this.count++) this.decide(this.count);
  }

  // Whether the calls of a function are shown, by itself.
  takes(number) {
    const { names, least, hidden } = this;
    return names.rank[number] >= least && !(hidden.size && hidden.has(names.module[number]));
  }

  // A C function that the import machinery calls is a part of it.
  isForeign(node, parent) {
    const { names, paths, machine } = this;
    const number = paths.function[node];
    machine[node] = names.rank[number] === Names.MACHINERY || (machine[parent] && names.kind[number] === Names.C) ? 1 : 0;
    return (machine[node] && this.least > Names.MACHINERY) || !this.takes(number);
  }

  decide(node) {
    const { how, row, box, isOpen } = this;
    const parent = this.paths.parent[node];
    const outer = how[parent] !== Fold.SHOWN ? box[parent] : 0;
    if (!this.isForeign(node, parent)) how[node] = Fold.SHOWN;
    else if (isOpen[parent]) isOpen[node] = 1;
    else if (outer) this.putInside(node, outer);
    else this.putBox(node);
    if (how[node] !== Fold.INSIDE) row[node] = row[parent] + 1;
    this.code[node] = how[node] === Fold.INSIDE ? -1 - row[node] : row[node];
  }

  putInside(node, box) {
    this.how[node] = Fold.INSIDE;
    this.box[node] = box;
    this.row[node] = this.row[box];
    this.holds[box] = 1;
  }

  putBox(node) {
    if (this.opened.has(node)) {
      this.isOpen[node] = 1; // and so are the calls of its run
      this.box[node] = node;
      return;
    }
    this.how[node] = Fold.BOX;
    this.box[node] = node;
  }

  // What all calls of a block have as their code (FoldedTrack), null if not the same.
  codeOfBlock({ digest: { node }, first, last }) {
    if (first === last) return null;
    const code = this.code[node[first]];
    for (let i = first + 1; i < last; i++) if (this.code[node[i]] !== code) return null;
    return code;
  }

  // The box that a path's calls are in or are; 0 for none.
  boxOf(node) {
    return this.how[node] === Fold.SHOWN ? 0 : this.box[node];
  }

  // The unfolded box that a path's calls belong to; 0 for none.
  openedOf(node) {
    let at = node;
    while (at && this.isOpen[at] && !this.opened.has(at)) at = this.paths.parent[at];
    return this.isOpen[at] ? at : 0;
  }

  // 1 for each function of which there are calls that are not inside boxes.
  get functions() {
    const found = new Uint8Array(this.names.count);
    for (let node = 1; node < this.count; node++) if (this.how[node] !== Fold.INSIDE) found[this.paths.function[node]] = 1;
    return found;
  }

  // The paths of what is shown, as a tree of their own: {paths, at: for each node
  // here the one there, of what is inside a box the box's}.
  // All that imports is one.
  get shownPaths() {
    const paths = new CallPaths();
    const at = new Uint32Array(this.count);
    const importers = Array.from(this.names.rank.keys()).filter((number) => this.names.isImporter(number));
    const known = Uint32Array.from(this.names.rank, (_, number) => number);
    for (const number of importers) known[number] = importers[0];
    for (let node = 1; node < this.count; node++) {
      const above = at[this.paths.parent[node]];
      at[node] = this.how[node] === Fold.INSIDE ? above : paths.child(above, known[this.paths.function[node]]);
    }
    return { paths, at };
  }
}
