// SPDX-License-Identifier: Apache-2.0
//
// comparison.js: what became of each function between two recordings: rows of
// {numbers, calls, self, total, change: {self, total}}, each but the last a pair
// of before and after.  numbers are lists of functions, empty where there is none.
// A change is {kind, ns, byCalls, byEach, each, isTypical} (share/doc/diff.md).  No DOM.
"use strict";

class Comparison {
  static SMALL = 500; // less than this part of the recording before is small

  // sides: before and after, a Ledger each.
  constructor(sides) {
    this.sides = sides;
    const pairs = pairing.pairs(...sides.map((ledger) => ledger.functions()));
    this.rows = pairs.map((pair) => this.rowOf(pair.map((list) => list.map(({ number }) => number))));
    this.selfOfAll = [0, 1].map((side) => this.rows.reduce((sum, row) => sum + row.self[side], 0));
    this.callsOfAll = [0, 1].map((side) => this.rows.reduce((sum, row) => sum + row.calls[side], 0));
    this.small = Math.floor(this.selfOfAll[0] / Comparison.SMALL);
    this.machine = new Machine(this.rows.map((row) => row.durations.self), sides.map((ledger) => ledger.usage()));
    for (const row of this.rows) row.change = { self: this.changeOf(row, "self"), total: this.changeOf(row, "total") };
  }

  rowOf(numbers) {
    const each = (use) => this.sides.map((ledger, side) => use(ledger, numbers[side]));
    const durations = {
      self: each((ledger, list) => ledger.durations(list, "self")),
      total: each((ledger, list) => ledger.durations(list, "whole")),
    };
    return { numbers, durations, calls: durations.self.map(({ calls }) => calls), self: durations.self.map(({ sum }) => sum), total: each((ledger, list) => ledger.total(list)) };
  }

  changeOf(row, measure) {
    const [before, after] = row.durations[measure];
    const ns = row[measure][1] - row[measure][0];
    const isBoth = before.calls > 0 && after.calls > 0;
    const byCalls = isBoth ? ((after.calls - before.calls) * row[measure][0]) / before.calls : ns;
    const each = before.sum > 0 && after.calls > 0 ? noise.mean(after) / noise.mean(before) - 1 : 0;
    const change = { ns, byCalls, byEach: ns - byCalls, each };
    change.kind = this.kindOf(before, after, change);
    return change;
  }

  kindOf(before, after, change) {
    if (!before.calls || !after.calls) return before.calls ? "gone" : "new";
    const each = this.kindOfEach(before, after, change);
    const isNoise = each === "noise" && Math.abs(change.byCalls) < this.small;
    if (before.calls === after.calls || each === "slower" || each === "faster" || isNoise) return each;
    return before.calls < after.calls ? "more_calls" : "fewer_calls";
  }

  kindOfEach(before, after, change) {
    if (Math.abs(change.byEach) < this.small) return "small";
    if (before.calls < 2 || after.calls < 2) return "single";
    const { isExceeded, isTypical, each } = noise.judge([before, after], this.machine, this.small);
    if (!isExceeded) return "noise";
    Object.assign(change, { each, isTypical });
    return each > 0 ? "slower" : "faster";
  }

  // It says nothing of the program.
  static isPale({ change: { self } }) {
    return self.kind === "noise" || self.kind === "small";
  }

  // Whose names a row is shown by: [side, function].
  static shown({ numbers }) {
    return numbers[1].length ? [1, numbers[1][0]] : [0, numbers[0][0]];
  }
}
