// SPDX-License-Identifier: Apache-2.0
//
// shown.js: which calls are shown one by one: those of the user's own code, those
// of libraries, too, or all of them; the rest is inside boxes (fold.js), of which
// each can be unfolded, alone or with all on its path.  Nothing is thrown away.  No
// DOM.
"use strict";

class Shown {
  // From the fewest calls to all of them: the least rank of a function's.
  static MODES = { own: Names.OWN, libraries: Names.LIBRARY, everything: Names.MACHINERY };

  static ALONE = 3e6; // paths times calls: so many boxes are unfolded one by one
  static LOOK = 2000; // calls of a depth in which a module is looked for

  constructor(trace) {
    this.trace = trace;
    this.hidden = new Set(); // modules (names.module) that are never shown one by one
    this.kept = new Map(); // of each mode, as it is with all boxes folded: {fold, tracks, spans}
    this.choose("everything");
  }

  choose(mode) {
    this.mode = mode;
    this.opened = new Map(); // boxes unfolded on their whole path: node, and a call of it
    this.unfolded = new Unfolded(); // and one by one
    this.renew();
  }

  get isEverything() {
    return this.mode === "everything";
  }

  // Whether there are boxes that were unfolded.
  get isUnfolded() {
    return this.opened.size + this.unfolded.size > 0;
  }

  renew() {
    const isPlain = this.hidden.size === 0 && (this.isEverything || this.opened.size === 0);
    const { fold, tracks } = (isPlain && this.keptMode()) || this.make(isPlain);
    this.fold = fold;
    this.tracks = tracks;
    this.folds = new Map(); // others, by what is unfolded there
    this.refold();
    this.sizes = new Map(); // of boxes, by Shown.key
    this.titles = new Map();
  }

  // What was made of this mode, unless the recording has grown meanwhile.
  keptMode() {
    const kept = this.kept.get(this.mode);
    return kept && kept.spans === this.trace.spans ? kept : null;
  }

  make(isPlain) {
    const isWhole = isPlain && this.isEverything;
    const made = { fold: isWhole ? null : this.foldWith(new Map(this.opened)), tracks: new Map(), spans: this.trace.spans };
    if (isPlain && !isWhole) this.kept.set(this.mode, made);
    return made;
  }

  foldWith(opened) {
    const { paths, names } = this.trace;
    return new Fold(paths, names, Shown.MODES[this.mode], opened, new Set(this.hidden));
  }

  // What single boxes are unfolded has changed.
  refold() {
    this.special = new Map(); // the tracks that have some, as they are shown
    if (this.fold) this.unfolded.refold(this.opened, (opened) => this.knownFold(opened));
  }

  // One for all that have the same unfolded.
  knownFold(opened) {
    const key = [...opened.keys()].sort().join();
    if (!this.folds.has(key)) this.folds.set(key, this.foldWith(opened));
    return this.folds.get(key);
  }

  // Put the calls of a module into boxes, or null: none.
  hide(module) {
    if (module === null) this.hidden.clear();
    else this.hidden.add(module);
    this.renew();
  }

  // Whether a function's calls are shown one by one.
  shows(number) {
    return !this.fold || this.fold.takes(number);
  }

  // The same for another recording; null where all is shown.
  foldOf({ paths, names }) {
    return this.fold && new Fold(paths, names, this.fold.least, new Map(), this.hidden);
  }

  // What calls that import are called.
  get importsName() {
    return this.mode === "own" ? "imports" : "import machinery";
  }

  // The mode that a recording is opened in.
  get first() {
    const { own } = this.trace.names;
    const { function: functions, count } = this.trace.paths;
    for (let node = 1; node < count; node++) if (own[functions[node]]) return "own";
    return "everything";
  }

  // What stands for a track: levels, rows and aggregates.
  of(track) {
    if (!this.fold) return track;
    const boxes = this.unfolded.of(track);
    const made = boxes.length ? this.special : this.tracks;
    if (!made.has(track)) made.set(track, new FoldedTrack(track, this.fold, boxes));
    return made.get(track);
  }

  nodeOf(span) {
    return this.fold ? span.level.node[span.index] : 0;
  }

  // The fold that a call is shown by; there is one.
  foldOf({ track, depth, start }) {
    return this.unfolded.around(track, depth, start)?.fold || this.fold;
  }

  // The row of a call, or of the box that it is in.
  rowOf(span) {
    const node = this.nodeOf(span);
    if (node) return this.foldOf(span).row[node];
    return this.fold && span.parent ? this.rowOf(span.parent) : span.depth;
  }

  // The same of the call of a track that runs at depth then.
  rowAt(track, depth, time) {
    const span = this.fold && Span.at(track, depth, time);
    return span ? this.rowOf(span) : depth;
  }

  isInside(span) {
    const node = this.nodeOf(span);
    return node > 0 && this.foldOf(span).how[node] === Fold.INSIDE;
  }

  // Whether it is a box with something in it.
  isBox(span) {
    const node = this.nodeOf(span);
    const fold = node > 0 && this.foldOf(span);
    return node > 0 && fold.how[node] === Fold.BOX && fold.holds[node] === 1 && Shown.hasInside(span);
  }

  // Whether a call made others; not all on its path need to.
  static hasInside(span) {
    const { from, to } = span.children;
    return from < to || [...span.aggregates].length > 0;
  }

  // Whether it is in a box that was unfolded, or was one.
  isOpened(span) {
    const node = this.nodeOf(span);
    return node > 0 && this.foldOf(span).openedOf(node) > 0;
  }

  // Whether it was a box itself.
  isOpenedBox(span) {
    const node = this.nodeOf(span);
    return node > 0 && this.foldOf(span).openedOf(node) === node;
  }

  // The call that stands for one inside a box.
  boxOf(span) {
    let box = span;
    while (this.isInside(box)) box = box.parent;
    return box;
  }

  // The box that a call is or is in, folded or not; null for none.
  headOf(span) {
    const node = this.nodeOf(span);
    const head = node && (this.foldOf(span).boxOf(node) || this.foldOf(span).openedOf(node));
    if (!head) return null;
    let box = span;
    while (this.nodeOf(box) !== head) box = box.parent;
    return box;
  }

  // Unfold the box that a call is or is in, or fold it again; whether there is one.
  toggle(span) {
    const head = this.headOf(span);
    if (!head) return false;
    this.unfolded.toggle(head, this.nodeOf(head));
    this.refold();
    return true;
  }

  // The same of all boxes on its path.
  toggleAll(span) {
    const head = this.headOf(span);
    if (!head) return false;
    const node = this.nodeOf(head);
    const isFolding = this.isOpened(head);
    this.unfolded.forget(node);
    if (isFolding) this.opened.delete(node);
    else this.opened.set(node, head);
    this.renew();
    return true;
  }

  // Unfold the boxes that calls are in, [folded track, level, indices] each: every box
  // alone, or if there are many all on their paths.
  unfold(lists) {
    const found = [...lists];
    const isAlone = found.reduce((sum, [, , list]) => sum + list.length, 0) * this.trace.paths.count <= Shown.ALONE;
    for (const [folded, level, list] of found) for (const i of list) this.unfoldOne(folded, level, i, isAlone);
    if (isAlone) this.refold();
    else this.renew();
  }

  unfoldOne(folded, level, i, isAlone) {
    const node = folded.foldOf(level, i).boxOf(level.node[i]);
    if (!node || this.opened.has(node)) return;
    const head = this.headOf(new Span(folded.source, level.depth, i));
    if (!isAlone) this.opened.set(node, head);
    else if (!this.unfolded.has(head)) this.unfolded.toggle(head, node);
  }

  // How many calls are inside a box, at whatever depth.
  sizeOf(span) {
    const key = Shown.key(span);
    if (!this.sizes.has(key)) this.sizes.set(key, Shown.size(span, this.trace.names.kind));
    return this.sizes.get(key);
  }

  sizeText(span) {
    const size = this.sizeOf(span);
    if (!size) return "short calls"; // which are added up
    return `${size.toLocaleString("en")} ${size === 1 ? "call" : "calls"}`;
  }

  // Without the steps of generators, and what is no call.
  static size({ track, depth, start, end }, kind) {
    let sum = 0;
    for (let deeper = depth + 1; deeper < track.levels.length; deeper++) {
      const level = track.levels[deeper];
      const [first, behind] = [level.firstStartingAt(start), level.firstStartingAt(end)];
      if (first === behind) break;
      for (let i = first; i < behind; i++) sum += (level.word[i] & Level.HOW) === 0 && kind[level.word[i] >>> 6] <= Names.C ? 1 : 0;
    }
    return sum;
  }

  // "import flask" of the machinery that imports it: the outermost module inside.
  importOf({ track, depth, start, end }) {
    const { names } = this.trace;
    for (const level of track.levels.slice(depth + 1)) {
      const behind = level.firstStartingAt(end);
      const first = level.firstStartingAt(start);
      for (let i = first; i < Math.min(behind, first + Shown.LOOK); i++) if (names.isModule(level.functionOf(i))) return names.short[level.functionOf(i)];
      if (first === behind) break;
    }
    return "import";
  }

  // What a box is called; where its modules are shown they say what was imported.
  titleOf(span) {
    const key = Shown.key(span);
    if (this.mode !== "own" || !this.trace.names.isImporter(span.function)) return this.nameOf(span.function);
    if (!this.titles.has(key)) this.titles.set(key, this.importOf(span));
    return this.titles.get(key);
  }

  // What the calls of a function are called that stand for what is inside them.
  nameOf(number) {
    const { names } = this.trace;
    if (!this.fold || !names.isImporter(number)) return names.label(number);
    return this.importsName;
  }

  static key({ track, depth, index }) {
    return `${track.number}.${depth}.${index}`;
  }
}
