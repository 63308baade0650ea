// SPDX-License-Identifier: Apache-2.0
//
// machine.js: what two recordings differ by whatever the program does: the speed of
// the machine, how busy it was, and what is left of an ordinary function's
// difference after that, as logarithms of factors, after to before
// (share/doc/diff.md has the rule).  No DOM.
"use strict";

class Machine {
  static TELLING_CALLS = 10; // of a function that can tell
  static TELLING_FUNCTIONS = 8;
  static TELLING_NS = 300; // of a call, the floor included
  static TURN_NS = 1e6; // of others, while one waits: hardly any is shorter
  static SAID_FACTOR = 1.1; // what is less is as good as the same
  static SAID_SHARE = 0.1;
  static SAID_DIFFERENCE = 0.02;
  static ROUND_NS = 4e6; // and hardly any longer

  // pairs of durations before and after; usages: [{cpu, delay}] of both, in ns.
  constructor(pairs, usages) {
    const differences = pairs.filter((pair) => pair.every(Machine.canTell)).map(([before, after]) => ({ mean: after.typical.mean - before.typical.mean, deviation: Math.sqrt(before.typical.variance + after.typical.variance) }));
    const isKnown = differences.length >= Machine.TELLING_FUNCTIONS;
    this.speed = isKnown ? Machine.median(differences.map(({ mean }) => mean)) : 0;
    this.ordinary = isKnown ? Machine.median(differences.map(({ mean, deviation }) => Math.max(0, Math.abs(mean - this.speed) - deviation))) : 0;
    this.waits = usages.map(({ cpu, delay }) => (cpu > 0 ? delay / cpu : 0)); // for a processor, to a nanosecond on it
    this.delays = usages.map(({ delay }) => delay); // all of these
  }

  static canTell({ calls, typical }) {
    return calls >= Machine.TELLING_CALLS && typical.mean >= Math.log(Machine.TELLING_NS);
  }

  static median(list) {
    return list.sort((one, other) => one - other)[Math.floor(list.length / 2)];
  }

  // What is to be said of the two recordings as a whole, a clause each.
  words() {
    const factor = Math.exp(Math.abs(this.speed));
    const [first, second] = this.waits.map((waits) => waits / (1 + waits));
    const percent = (share) => `${Math.round(share * 100)} %`;
    const clauses = [];
    if (factor >= Machine.SAID_FACTOR) clauses.push(`the second run was ${factor.toFixed(1)} times ${this.speed > 0 ? "slower" : "faster"} altogether`);
    if (Math.abs(second - first) >= Machine.SAID_SHARE) clauses.push(`the second run waited for a processor for ${percent(second)} of its time, the first for ${percent(first)}`);
    if (Math.expm1(this.ordinary) >= Machine.SAID_DIFFERENCE) clauses.push(`an ordinary function differs by ${percent(Math.expm1(this.ordinary))}`);
    return clauses;
  }

  // Short calls are interrupted rarely, by much; a typical one is not.  Long ones
  // all take their share of the waiting.
  static typicalWork(waits, ns) {
    const turns = ns / Machine.TURN_NS;
    return Math.min(Math.log1p(waits), turns * waits * Math.log1p(1 / turns));
  }

  // All calls together wait no longer than the processes did.
  averageWaking(side, ns, calls) {
    return Math.log1p(Math.min(this.waits[side] * Machine.ROUND_NS, this.delays[side] / calls) / ns);
  }

  typicalWaking(side, ns, calls) {
    const waits = this.waits[side];
    return (waits / (1 + waits)) * Math.log1p(Math.min((1 + waits) * Machine.ROUND_NS, this.delays[side] / calls) / ns);
  }

  // work and waking: of before and after, waking null where nobody waits.  Who wakes up finds a processor at once,
  // or after a round of all others: nobody can tell which it was.
  bounds(work, waking) {
    const { speed } = this;
    const both = speed + work[1] - work[0];
    const bounds = { least: Math.min(0, speed, both), most: Math.max(0, speed, both) };
    return waking ? { least: Math.min(bounds.least, -waking[0]), most: Math.max(bounds.most, waking[1]) } : bounds;
  }

  // Between {least, most} a call's difference is the machine's: that of the average
  // call, or of a typical one, of those that take ns.  calls: how many
  // there are on each side of a function whose calls may wait, else null.
  average(ns, calls) {
    return this.bounds(this.waits.map((waits) => Math.log1p(waits)), calls && calls.map((count, side) => this.averageWaking(side, ns, count)));
  }

  typical(ns, calls) {
    return this.bounds(this.waits.map((waits) => Machine.typicalWork(waits, ns)), calls && calls.map((count, side) => this.typicalWaking(side, ns, count)));
  }
}
