// SPDX-License-Identifier: Apache-2.0
//
// noise.js: whether the calls of a function differ between two recordings by more
// than calls do anyway (share/doc/diff.md has the rule and its source).  Durations
// are those of ledger.js.  No DOM.
"use strict";

const noise = (() => {
  const ORDINARY_CALLS = 10; // of a function that can tell what is ordinary
  const ORDINARY_FUNCTIONS = 8;
  const ORDINARY_TIMES = 3;
  const LEAST_DIFFERENCE = 0.05;

  // [degrees of freedom, where Student's t lies with a chance of 1 in 100]
  const CRITICAL = [[1, 63.66], [2, 9.925], [3, 5.841], [4, 4.604], [5, 4.032], [6, 3.707], [7, 3.499], [8, 3.355], [9, 3.25], [10, 3.169], [12, 3.055], [15, 2.947], [20, 2.845], [30, 2.75], [60, 2.66], [120, 2.617], [1000, 2.581]];

  const mean = ({ calls, sum }) => (calls ? sum / calls : 0);

  // How sure the mean is: by the spread of the calls, or by the parts of the
  // recording, whichever is more.
  function uncertainty(durations) {
    const { calls, squares, wander, parts } = durations;
    const spread = squares / calls - mean(durations) ** 2;
    const byCalls = { variance: spread > 0 ? spread / (calls - 1) : 0, freedom: calls - 1 };
    const byParts = { variance: wander / calls ** 2, freedom: parts - 1 };
    return parts > 1 && byParts.variance > byCalls.variance ? byParts : byCalls;
  }

  function critical(freedom) {
    return (CRITICAL.findLast(([least]) => least <= freedom) || CRITICAL[0])[1];
  }

  // Welch's t-test.
  function isSignificant(before, after) {
    const [a, b] = [uncertainty(before), uncertainty(after)];
    const difference = Math.abs(mean(after) - mean(before));
    const variance = a.variance + b.variance;
    if (variance === 0) return difference > 0;
    const freedom = variance ** 2 / (a.variance ** 2 / a.freedom + b.variance ** 2 / b.freedom);
    return difference > critical(freedom) * Math.sqrt(variance);
  }

  // 1 is twice as long, or half.
  function difference(before, after) {
    const less = Math.min(before, after);
    if (less <= 0) return before === after ? 0 : Infinity;
    return Math.abs(after - before) / less;
  }

  // By how much the calls of an ordinary function differ, of those that take at
  // least that long together; 0 where they are too few to tell.
  function ordinary(pairs, least) {
    const canTell = ({ calls }) => calls >= ORDINARY_CALLS;
    const list = pairs
      .filter(([before, after]) => canTell(before) && canTell(after) && Math.max(before.sum, after.sum) >= least)
      .map(([before, after]) => difference(mean(before), mean(after)))
      .sort((one, other) => one - other);
    return list.length < ORDINARY_FUNCTIONS ? 0 : list[Math.floor(list.length / 2)];
  }

  function isExceeded(before, after, ordinary) {
    const least = Math.max(LEAST_DIFFERENCE, ORDINARY_TIMES * ordinary);
    return difference(mean(before), mean(after)) > least && isSignificant(before, after);
  }

  return { ordinary, isExceeded, mean };
})();
