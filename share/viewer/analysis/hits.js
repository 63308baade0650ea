// SPDX-License-Identifier: Apache-2.0
//
// hits.js: where the hits of a search lie in each level, found when a level is
// first drawn, so that the smallest one is marked, whatever is around it.
// No DOM.
"use strict";

class Hits {
  // wanted: 1 for each function that is a hit.  query: which of its calls are, if
  // not all (query.js); those that are only added up are none then.
  constructor(wanted, query = null) {
    this.wanted = wanted;
    this.query = query?.isOfCalls ? query : null;
    this.lists = new WeakMap(); // by level
    this.inside = new WeakMap(); // by folded track
  }

  // Those of a track that are inside boxes (foldedtrack.js), by the row of these:
  // [{row, level, list}].
  insideOf(folded) {
    if (!this.inside.has(folded)) this.inside.set(folded, folded.source.levels.flatMap((level) => Hits.byRow(folded, level, this.of(level, folded.source))));
    return this.inside.get(folded);
  }

  static byRow(folded, level, list) {
    const rows = new Map();
    for (const i of list) {
      const code = folded.codeOf(level, i);
      if (code >= 0) continue;
      const row = -1 - code;
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(i);
    }
    return Array.from(rows, ([row, found]) => ({ row, level, list: Uint32Array.from(found) }));
  }

  // The indices of the hits in a level, of a track.
  of(level, track = null, aggregates = null) {
    const known = this.lists.get(level);
    if (known && known.count === level.count) return known.list;
    const list = this.find(level, track, aggregates);
    this.lists.set(level, { count: level.count, list });
    return list;
  }

  find(level, track, aggregates) {
    const { query } = this;
    if (aggregates) return query ? new Uint32Array(0) : this.inAggregates(level, aggregates);
    if (query && track && !query.takesTrack(track)) return new Uint32Array(0);
    const list = this.inLevel(level);
    return query ? list.filter((i) => query.takes(level, i, track)) : list;
  }

  // Blocks that hold none are not looked into.
  inLevel(level) {
    const { wanted } = this;
    const { word, count } = level;
    const parts = [];
    level.split(0, count, (one) => !block.holds(one, one.digest.paths, wanted), (first, behind) => parts.push([first, behind]));
    const list = new Uint32Array(parts.reduce((sum, [first, behind]) => sum + Hits.count(word, wanted, first, behind), 0));
    let at = 0;
    for (const [first, behind] of parts) for (let i = first; i < behind; i++) if (wanted[word[i] >>> 6]) list[at++] = i; // Level.FUNCTION_SHIFT
    return list;
  }

  static count(word, wanted, first, behind) {
    let hits = 0;
    for (let i = first; i < behind; i++) hits += wanted[word[i] >>> 6]; // Level.FUNCTION_SHIFT
    return hits;
  }

  // Those sums that have calls of a hit.
  inAggregates({ count, aggregate: whose }, { entryFrom, function: functions }) {
    const list = [];
    for (let i = 0; i < count; i++) {
      const aggregate = whose[i];
      for (let entry = entryFrom[aggregate]; entry < entryFrom[aggregate + 1]; entry++) {
        if (!this.wanted[functions[entry]]) continue;
        list.push(i);
        break;
      }
    }
    return Uint32Array.from(list);
  }

  // use(begin, end) of each hit of a level that is at most as wide as most in a
  // picture of [from, to] that is width wide; of those that end in one column the
  // first.
  static each(level, list, { from, to, width, most }, use) {
    const scale = width / (to - from);
    let at = Column.bound(list, list.length, (i) => level.end[i] > from);
    const behind = Column.bound(list, list.length, (i) => level.start[i] >= to);
    while (at < behind) {
      const begin = Math.max(0, Math.floor((level.start[list[at]] - from) * scale));
      const end = (level.end[list[at]] - from) * scale;
      if (end - begin <= most) use(begin, end);
      const next = from + (Math.max(begin, Math.floor(Math.min(end, width))) + 1) / scale;
      at = Math.max(at + 1, Hits.ahead(level, list, at, behind, next));
    }
  }

  // The first one from at on that ends after time: near, mostly.
  static ahead(level, list, at, behind, time) {
    let step = 1;
    while (at + step < behind && level.end[list[at + step]] <= time) step *= 2;
    let low = at + (step >> 1);
    let high = Math.min(at + step, behind);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (level.end[list[middle]] > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
