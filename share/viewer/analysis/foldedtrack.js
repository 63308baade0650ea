// SPDX-License-Identifier: Apache-2.0
//
// foldedtrack.js: one thread as a fold (fold.js) shows it: levels of the calls that
// are not inside boxes, a row for each, as close together as they fit.  It stands
// in for the track where calls are drawn and searched.  No DOM.
"use strict";

class FoldedTrack {
  // boxes: what is unfolded there, or folded, one by one (unfolded.js).
  constructor(track, fold, boxes = Unfolded.NONE) {
    this.source = track;
    this.boxes = boxes;
    this.number = track.number;
    this.paths = track.paths;
    this.fold = fold;
    this.codes = track.paths.isCut ? this.allCodes() : null;
    this.levels = FoldedTrack.lazy(this.survey().map((row, number) => () => this.makeLevel(row, number)));
    this.aggregates = { levels: this.aggregateLevels(), source: track.aggregates };
    this.codes = null;
  }

  get rows() {
    return Math.max(this.levels.length, this.aggregates.levels.length);
  }

  // The fold that a call is shown by.
  foldOf(level, i) {
    const box = this.boxes.findLast((one) => Unfolded.holds(one, level.depth, level.start[i]));
    return box ? box.fold : this.fold;
  }

  // The code of a call is its row, or -1 - the row of the box that it is in.
  codeOf(level, i) {
    return this.codes ? this.codes[level.depth][i] : this.foldOf(level, i).code[level.node[i]];
  }

  // A level in order, as pieces that one fold is for: [{from, behind, fold}].
  pieces(level) {
    let pieces = [{ from: 0, behind: level.count, fold: this.fold }];
    for (const { depth, start, end, fold } of this.boxes) {
      if (depth > level.depth) break;
      const own = { from: level.firstStartingAt(start), behind: level.firstStartingAt(end), fold };
      if (own.from < own.behind) pieces = pieces.flatMap((piece) => FoldedTrack.cut(piece, own));
    }
    return pieces;
  }

  // One inside another takes its place there.
  static cut(outer, inner) {
    if (inner.from < outer.from || inner.behind > outer.behind) return [outer];
    const around = [{ ...outer, behind: inner.from }, inner, { ...outer, from: inner.behind }];
    return around.filter(({ from, behind }) => from < behind);
  }

  // Where some paths are not known, since there are too many: by the caller.
  allCodes() {
    const all = [];
    for (const level of this.source.levels) {
      const { depth, node, count } = level;
      const codes = new Int32Array(count);
      for (const { from, behind, fold } of this.pieces(level)) {
        for (let i = from; i < behind; i++) codes[i] = node[i] ? fold.code[node[i]] : this.codeWithout(depth, i, all[depth - 1]);
      }
      all.push(codes);
    }
    return all;
  }

  codeWithout(depth, i, above) {
    const { levels } = this.source;
    if (!depth) return 0;
    const outer = levels[depth - 1];
    const parent = outer.lastStartingBy(levels[depth].start[i]);
    const row = above[parent] < 0 ? -1 - above[parent] : above[parent];
    const isInside = this.isForeign(levels[depth], i) && this.isForeign(outer, parent);
    return isInside ? -1 - row : row + 1;
  }

  isForeign(level, i) {
    return !this.fold.takes(level.functionOf(i));
  }

  // use(from, to, code) for stretches of calls of one code.
  stretches(level, use) {
    let [from, to, code] = [0, 0, 0];
    this.walk(level, (first, behind, own) => {
      if (own !== code) {
        if (first > from) use(from, first, code);
        [from, code] = [first, own];
      }
      to = behind;
    });
    if (to > from) use(from, to, code);
  }

  // add(first, behind, code) in order; a block (digest.js) of which all calls have
  // the same code is not looked into.
  walk(level, add) {
    for (const piece of this.pieces(level)) this.walkPiece(level, piece, add);
  }

  walkPiece(level, { from, behind, fold }, add) {
    let at = from;
    for (const one of this.codes ? [] : level.blocks) {
      if (one.at < at || one.behind > behind) continue;
      const code = fold.codeOfBlock(one);
      if (code === null) continue;
      this.scan(level, at, one.at, fold, add);
      add(one.at, one.behind, code);
      at = one.behind;
    }
    this.scan(level, at, behind, fold, add);
  }

  scan(level, first, behind, { code }, add) {
    const { node } = level;
    const codes = this.codes && this.codes[level.depth];
    for (let i = first; i < behind;) {
      const own = codes ? codes[i] : code[node[i]];
      const begin = i++;
      while (i < behind && (codes ? codes[i] : code[node[i]]) === own) i++;
      add(begin, i, own);
    }
  }

  // For each row {count, runs: [{level, count, pieces: [from, to, ...]}]}.
  survey() {
    const rows = [];
    for (const level of this.source.levels) {
      this.stretches(level, (from, to, code) => {
        if (code < 0) return;
        const row = rows[code] || (rows[code] = { count: 0, runs: [] });
        let run = row.runs[row.runs.length - 1];
        if (!run || run.level !== level) row.runs.push((run = { level, count: 0, pieces: [] }));
        run.pieces.push(from, to);
        run.count += to - from;
        row.count += to - from;
      });
    }
    return Array.from(rows, (row) => row || { count: 0, runs: [] });
  }

  // A list of what the functions make, each when it is first asked for: most rows
  // of most threads are out of sight.
  static lazy(makers) {
    const list = [];
    makers.forEach((make, i) => {
      const get = () => {
        const value = make();
        Object.defineProperty(list, i, { value });
        return value;
      };
      Object.defineProperty(list, i, { get, configurable: true, enumerable: true });
    });
    return list;
  }

  // A level that has its row for itself, and nothing inside boxes, is taken as it is.
  makeLevel({ count, runs }, number) {
    if (runs.length === 1 && runs[0].count === runs[0].level.count) return runs[0].level;
    const level = new FoldedLevel(number, count);
    for (const run of runs) level.takeRun(run);
    level.finish();
    return level;
  }

  // Short calls that are only added up are in the rows below the call that made
  // them, unless that is a box.
  aggregateLevels() {
    const { aggregates, levels } = this.source;
    const rows = [];
    for (let i = 0; i < aggregates.count; i++) {
      const depth = aggregates.depth[i];
      const parent = aggregates.parent[i];
      const isOutermost = depth === 0 || parent === Aggregates.NONE;
      if (!isOutermost && !this.isShown(levels[depth - 1], parent)) continue;
      const first = isOutermost ? depth : this.codeOf(levels[depth - 1], parent) + 1;
      for (let at = aggregates.levelFrom[i]; at < aggregates.levelFrom[i + 1]; at++) {
        const row = first + at - aggregates.levelFrom[i];
        (rows[row] = rows[row] || []).push([aggregates.start[i], i, at]);
      }
    }
    return Array.from(rows, (list, row) => this.aggregateLevel(row, list || []));
  }

  isShown(level, i) {
    const node = level.node[i];
    return node ? this.foldOf(level, i).how[node] === Fold.SHOWN : !this.isForeign(level, i);
  }

  aggregateLevel(row, list) {
    const { aggregates } = this.source;
    const level = new AggregateLevel(row, list.length);
    list.sort((one, other) => one[0] - other[0]);
    for (const [start, i, at] of list) level.put(start, aggregates.end[i], aggregates.dominant(i) << Level.FUNCTION_SHIFT, i, aggregates.busy[at]);
    level.raise();
    return level;
  }
}

// Calls of several depths; they never overlap either.
class FoldedLevel extends Level {
  static COLUMNS = ["start", "end", "word", "depths", "indices"];

  constructor(row, count) {
    super(row, count);
    this.depths = new Uint32Array(count); // of each call in its track
    this.indices = new Uint32Array(count);
    this.runs = []; // where those of each depth start
  }

  // The pieces [from, to) of a level, behind what is there.
  takeRun({ level, pieces }) {
    this.runs.push(this.count);
    const first = this.count;
    for (let p = 0; p < pieces.length; p += 2) this.takePiece(level, pieces[p], pieces[p + 1]);
    this.depths.fill(level.depth, first, this.count);
  }

  takePiece(level, from, to) {
    const { start, end, word, indices } = this;
    let at = this.count;
    this.count += to - from;
    if (to - from > 32) for (const name of ["start", "end", "word"]) this[name].set(level[name].subarray(from, to), at);
    for (let i = from; i < to; i++, at++) {
      indices[at] = i;
      if (to - from > 32) continue;
      start[at] = level.start[i];
      end[at] = level.end[i];
      word[at] = level.word[i];
    }
  }

  // In order of time.
  finish() {
    if (this.runs.length > 1) this.merge();
    this.open = this.count > 0 && this.end[this.count - 1] === Infinity;
    this.raise();
  }

  // Always as many of the run that is first as start before any other run goes on.
  merge() {
    const { start, count, runs } = this;
    const sorted = new FoldedLevel(this.row, count);
    const at = runs.slice();
    const behind = [...runs.slice(1), count];
    const next = (run) => (at[run] < behind[run] ? start[at[run]] : Infinity);
    while (sorted.count < count) {
      const [run, other] = FoldedLevel.firstTwo(runs.length, next);
      const from = at[run]++;
      while (at[run] < behind[run] && start[at[run]] <= other) at[run]++;
      sorted.append(this, from, at[run]);
    }
    for (const name of FoldedLevel.COLUMNS) this[name] = sorted[name];
  }

  // Calls of another one, behind what is there; a few are copied sooner one by one.
  append(other, from, behind) {
    const { start, end, word, depths, indices } = this;
    let at = this.count;
    this.count += behind - from;
    if (behind - from > 32) {
      for (const name of FoldedLevel.COLUMNS) this[name].set(other[name].subarray(from, behind), at);
      return;
    }
    for (let i = from; i < behind; i++, at++) {
      start[at] = other.start[i];
      end[at] = other.end[i];
      word[at] = other.word[i];
      depths[at] = other.depths[i];
      indices[at] = other.indices[i];
    }
  }

  // The run that goes on first, and when the next one does.
  static firstTwo(count, next) {
    let [best, least, second] = [0, Infinity, Infinity];
    for (let run = 0; run < count; run++) {
      const time = next(run);
      if (time < least) [best, least, second] = [run, time, least];
      else if (time < second) second = time;
    }
    return [best, second];
  }
}
