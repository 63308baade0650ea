// SPDX-License-Identifier: Apache-2.0
//
// counterpart.js: the call of one recording that a call of another stands for: of
// the functions that match, the one that is as far from the first.  No DOM.
"use strict";

class Counterpart {
  constructor(comparison) {
    this.comparison = comparison;
    this.rows = [0, 1].map((side) => DiffFlame.rowsOf(comparison, side));
  }

  // {row, rank, count, other: how many there are, calls(rank) -> Span}, or null
  // where the call's function is in no row.  side is that of the call.
  of(span, side) {
    const row = this.comparison.rows[this.rows[side].get(span.function)];
    if (!row) return null;
    const own = this.starts(row, side);
    const other = this.starts(row, 1 - side);
    const rank = Column.bound(own, own.length, (start) => start >= span.start);
    return { row, rank, count: own.length, other: other.length, call: (n) => this.find(row, 1 - side, other[n]) };
  }

  wanted(row, side) {
    const wanted = new Uint8Array(this.comparison.sides[side].trace.names.count);
    for (const number of row.numbers[side]) wanted[number] = 1;
    return wanted;
  }

  // When each call of the row's functions starts, in order; kept for the last one.
  starts(row, side) {
    const known = this.known?.[side];
    if (known?.row === row) return known.starts;
    const wanted = this.wanted(row, side);
    const list = [];
    for (const { levels } of this.comparison.sides[side].trace.tracks) {
      for (const level of levels) for (let i = 0; i < level.count; i++) if (wanted[level.functionOf(i)]) list.push(level.start[i]);
    }
    const starts = Float64Array.from(list).sort();
    this.known = Object.assign(this.known || [], { [side]: { row, starts } });
    return starts;
  }

  // The call that starts then; of several at once the outermost one.
  find(row, side, start) {
    const wanted = this.wanted(row, side);
    for (const track of this.comparison.sides[side].trace.tracks) {
      for (const level of track.levels) {
        const i = level.firstStartingAt(start);
        if (i < level.count && level.start[i] === start && wanted[level.functionOf(i)]) return new Span(track, level.depth, i);
      }
    }
    return null;
  }
}
