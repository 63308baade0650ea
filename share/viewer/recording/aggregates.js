// SPDX-License-Identifier: Apache-2.0
//
// aggregates.js: the short calls of one track, which a large recording has only as
// sums.  Aggregate i lies at depth[i] from start[i] to end[i], in the call parent[i]
// of the level above; entries entryFrom[i] to entryFrom[i + 1] are its functions.
// Level of their own, by depth, are for the picture: their spans are aggregates,
// busy for a part of the time.
"use strict";

class Aggregates {
  static NONE = 0xffffffff;

  constructor(track) {
    this.track = track;
    this.pieces = [];
    this.levels = [];
    this.join();
  }

  take(columns) {
    this.pieces.push(columns);
  }

  get count() {
    return this.start.length;
  }

  // All that came as one set of columns.
  join() {
    const joined = (name, Type) => {
      if (this.pieces.length === 1) return this.pieces[0][name];
      const all = new Type(this.pieces.reduce((sum, piece) => sum + piece[name].length, 0));
      let at = 0;
      for (const piece of this.pieces) {
        all.set(piece[name], at);
        at += piece[name].length;
      }
      return all;
    };
    for (const [name, Type] of Object.entries(aggregate.COLUMNS)) this[name] = joined(name, Type);
    for (const name of Object.keys(aggregate.OFFSETS)) this[name] = this.offsets(name);
  }

  offsets(name) {
    const all = new Uint32Array(this.pieces.reduce((sum, piece) => sum + piece.start.length, 0) + 1);
    let [at, base] = [0, 0];
    for (const piece of this.pieces) {
      const count = piece.start.length;
      for (let i = 0; i <= count; i++) all[at + i] = base + piece[name][i];
      at += count;
      base += piece[name][count];
    }
    return all;
  }

  // No more come, and the track's levels are complete.
  finish() {
    this.join();
    this.pieces = [];
    this.makeLevels();
    this.link();
    this.findNodes();
    this.addOverhead();
  }

  makeLevels() {
    const { start, end, busy, levelFrom, depth } = this;
    const counts = [];
    for (let i = 0; i < this.count; i++) {
      const deepest = depth[i] + levelFrom[i + 1] - levelFrom[i];
      for (let at = depth[i]; at < deepest; at++) counts[at] = (counts[at] || 0) + 1;
    }
    this.levels = Array.from(counts, (count, at) => new AggregateLevel(at, count || 0));
    for (let i = 0; i < this.count; i++) {
      const word = this.dominant(i) << Level.FUNCTION_SHIFT;
      for (let level = levelFrom[i], at = depth[i]; level < levelFrom[i + 1]; level++, at++) this.levels[at].put(start[i], end[i], word, i, busy[level]);
    }
    for (const level of this.levels) level.raise();
  }

  // The function that took most of aggregate i.
  dominant(i) {
    let best = this.entryFrom[i];
    for (let entry = best + 1; entry < this.entryFrom[i + 1]; entry++) if (this.self[entry] > this.self[best]) best = entry;
    return this.function[best];
  }

  // Which call each lies in.  Those of one depth are in order of time, and so
  // are the calls of the level above.
  link() {
    const { track, depth, start } = this;
    const at = new Map();
    this.parent = new Uint32Array(this.count).fill(Aggregates.NONE);
    this.byDepth = [];
    for (let i = 0; i < this.count; i++) {
      (this.byDepth[depth[i]] || (this.byDepth[depth[i]] = [])).push(i);
      const level = depth[i] ? track.levels[depth[i] - 1] : null;
      if (!level) continue;
      let index = at.get(level) || 0;
      while (index < level.count && level.end[index] <= start[i]) index++;
      at.set(level, index);
      if (index < level.count && level.start[index] <= start[i]) this.parent[i] = index;
    }
  }

  // The node of each entry: below the caller, whatever the path to it was; 0 for
  // none.
  findNodes() {
    const { track, parent, depth } = this;
    this.node = new Uint32Array(this.function.length);
    for (let i = 0; i < this.count; i++) {
      const outer = parent[i] === Aggregates.NONE ? 0 : track.levels[depth[i] - 1].node[parent[i]];
      if (!outer && depth[i]) continue;
      for (let entry = this.entryFrom[i]; entry < this.entryFrom[i + 1]; entry++) this.node[entry] = track.paths.child(outer, this.function[entry]);
    }
  }

  // The tracer's own time in each, put at its start.  A call contains an
  // aggregate whole or not at all, so that is as good as the truth for it.
  addOverhead() {
    const { kind } = this.track.names;
    this.overheadOf = new Float64Array(this.count);
    for (let i = 0; i < this.count; i++) {
      for (let entry = this.entryFrom[i]; entry < this.entryFrom[i + 1]; entry++) {
        if (kind[this.function[entry]] === Names.TRACER) this.overheadOf[i] += this.self[entry];
      }
      if (this.overheadOf[i]) this.track.overhead.add(this.start[i], this.start[i] + this.overheadOf[i]);
    }
    if (this.count) this.track.overhead.arrange();
    if (this.overheadOf.some(Boolean)) this.track.forgetDigests();
  }

  // The aggregates right inside a call of the level above depth, by time: indices.
  within(depth, from, to) {
    const list = this.byDepth ? this.byDepth[depth] : null;
    if (!list) return [];
    const first = Column.bound(list, list.length, (i) => this.start[i] >= from);
    const behind = Column.bound(list, list.length, (i) => this.start[i] >= to);
    return list.slice(first, behind);
  }

  busyOf(i) {
    return this.busy[this.levelFrom[i]];
  }

  // How many calls and resumptions aggregate i has.
  spansOf(i) {
    let sum = 0;
    for (let entry = this.entryFrom[i]; entry < this.entryFrom[i + 1]; entry++) sum += this.calls[entry] + this.resumes[entry];
    return sum;
  }

  // Of all of them, the program's.
  get callCount() {
    const counts = Uint8Array.from(this.track.names.kind, (kind) => (kind === Names.TRACER || kind === Names.SPAN ? 0 : 1));
    let sum = 0;
    for (let entry = 0; entry < this.calls.length; entry++) sum += counts[this.function[entry]] * this.calls[entry];
    return sum;
  }
}

// Spans that are busy for a part of their time, so many.
class AggregateLevel extends Level {
  constructor(depth, count) {
    super(depth, count);
    this.busy = new Float64Array(count);
    this.aggregate = new Uint32Array(count); // whose span it is
  }

  put(start, end, word, aggregate, busy) {
    const i = this.count++;
    this.start[i] = start;
    this.end[i] = end;
    this.word[i] = word;
    this.aggregate[i] = aggregate;
    this.busy[i] = busy;
  }
}
