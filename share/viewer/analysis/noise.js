// SPDX-License-Identifier: Apache-2.0
//
// noise.js: whether the calls of a function differ between two recordings by more
// than calls do anyway (share/doc/diff.md has the rule and its source).  Durations
// are those of ledger.js, the machine is that of machine.js.  No DOM.
"use strict";

const noise = (() => {
  const ORDINARY_TIMES = 3;
  const LEAST_DIFFERENCE = 1.05;

  // [degrees of freedom, where Student's t lies with a chance of 1 in 1000]
  const CRITICAL = [[1, 636.6], [2, 31.6], [3, 12.92], [4, 8.61], [5, 6.869], [6, 5.959], [7, 5.408], [8, 5.041], [9, 4.781], [10, 4.587], [12, 4.318], [15, 4.073], [20, 3.85], [30, 3.646], [60, 3.46], [120, 3.373], [1000, 3.3]];

  const mean = ({ calls, sum }) => (calls ? sum / calls : 0);

  function critical(freedom) {
    return (CRITICAL.findLast(([least]) => least <= freedom) || CRITICAL[0])[1];
  }

  // Welch's t-test of what is left of a difference.
  function isSignificant(rest, a, b) {
    const variance = a.variance + b.variance;
    if (variance === 0) return true;
    const freedom = variance ** 2 / (a.variance ** 2 / a.freedom + b.variance ** 2 / b.freedom);
    return rest > critical(freedom) * Math.sqrt(variance);
  }

  // The logarithm of a factor that is beyond the bounds, with the sign of the
  // difference; 0 where it is not, or by no more than an ordinary function's.
  function beyond(difference, { least, most }, ordinary) {
    const rest = difference > most ? difference - most : difference < least ? difference - least : 0;
    return Math.abs(rest) > Math.max(Math.log(LEAST_DIFFERENCE), ORDINARY_TIMES * ordinary) ? rest : 0;
  }

  const scaled = ({ mean, variance, freedom }, factor) => ({ mean: mean * factor, variance: variance * factor ** 2, freedom });

  // As machine.js wants it.
  const waitingCalls = (before, after) => (before.mayWait || after.mayWait ? [before.calls, after.calls] : null);

  // What is less is brought to where the machine may have it.
  function judgeAverage([before, after], machine) {
    let [a, b] = [before.average, after.average];
    const bounds = machine.average(Math.min(a.mean, b.mean), waitingCalls(before, after));
    const difference = Math.log(b.mean / a.mean);
    const rest = beyond(difference, bounds, machine.ordinary);
    if (rest > 0) a = scaled(a, Math.exp(bounds.most));
    else b = scaled(b, Math.exp(-bounds.least));
    return rest && isSignificant(Math.abs(b.mean - a.mean), a, b) ? difference : 0;
  }

  // All calls must come to something, too, as typical ones.
  function judgeTypical([before, after], machine, small) {
    const [a, b] = [before.typical, after.typical];
    const ns = (Math.exp(b.mean) - Math.exp(a.mean)) * after.calls;
    const bounds = machine.typical(Math.exp(Math.min(a.mean, b.mean)), waitingCalls(before, after));
    const difference = b.mean - a.mean;
    const rest = beyond(difference, bounds, machine.ordinary);
    return rest && Math.abs(ns) >= small && isSignificant(Math.abs(rest), a, b) ? difference : 0;
  }

  // {isExceeded, isTypical: only typical calls tell, each: 0.5 is half as long
  // again}; what differs by less than small in all is nothing.
  function judge(pair, machine, small) {
    const [before, after] = pair.map(mean);
    if (judgeAverage(pair, machine)) return { isExceeded: true, isTypical: false, each: after / before - 1 };
    const typical = judgeTypical(pair, machine, small);
    return { isExceeded: typical * (after - before) > 0, isTypical: true, each: Math.expm1(typical) };
  }

  return { judge, mean };
})();
