// SPDX-License-Identifier: Apache-2.0
//
// ledger.js: what the calls of each function of a recording come to, with all
// that comparison.js must know to tell a change from noise.  share/doc/diff.md has
// the rule; launcher/diff/ does the same for the terminal.  No DOM.
"use strict";

class Ledger {
  static PARTS = 16; // of the recording
  static FLOOR = 100; // ns, added before a logarithm is taken: less is the recording's own
  static MEASURES = ["self", "whole", "selfLog", "wholeLog"];

  // totals: Totals of all of it.
  constructor(trace, totals) {
    const { count } = trace.names;
    Object.assign(this, { trace, totals });
    this.sums = Ledger.columns(count);
    this.squares = Ledger.columns(count);
    this.parts = Ledger.columns(count * Ledger.PARTS);
    this.parts.calls = new Float64Array(count * Ledger.PARTS);
    this.waits = waits.of(trace.names);
    this.partNs = Math.floor(Math.max(trace.facts.duration_ns || 0, trace.to) / Ledger.PARTS) + 1;
    for (const track of trace.tracks) {
      for (const level of track.levels) this.addLevel(track, level);
      this.addAggregates(track.aggregates);
    }
  }

  static columns(count) {
    return Object.fromEntries(Ledger.MEASURES.map((measure) => [measure, new Float64Array(count)]));
  }

  // What each call of a level took by itself.
  static selfOf(track, level) {
    const self = new Float64Array(level.count);
    for (let i = 0; i < level.count; i++) self[i] = level.end[i] - level.start[i];
    const inner = track.levels[level.depth + 1];
    for (let i = 0, outer = 0; inner && i < inner.count; i++) {
      while (outer + 1 < level.count && level.start[outer + 1] <= inner.start[i]) outer++;
      self[outer] -= inner.end[i] - inner.start[i];
    }
    const { aggregates } = track;
    for (let i = 0; i < aggregates.count; i++) {
      if (aggregates.depth[i] === level.depth + 1 && aggregates.parent[i] !== Aggregates.NONE) self[aggregates.parent[i]] -= aggregates.busyOf(i);
    }
    return self;
  }

  addLevel(track, level) {
    const self = Ledger.selfOf(track, level);
    const { kind } = this.trace.names;
    for (let i = 0; i < level.count; i++) {
      const number = level.functionOf(i);
      if (kind[number] === Names.TRACER) continue;
      const [start, end] = [level.start[i], level.end[i]];
      this.add(number, 1, self[i], end - start - track.overhead.within(start, end), end);
    }
  }

  // Short calls that were added up count as if they had all been alike.
  addAggregates(aggregates) {
    for (let i = 0; i < aggregates.count; i++) {
      for (let entry = aggregates.entryFrom[i]; entry < aggregates.entryFrom[i + 1]; entry++) {
        const calls = aggregates.calls[entry] + aggregates.resumes[entry];
        if (calls) this.add(aggregates.function[entry], calls, aggregates.self[entry], aggregates.total[entry] + aggregates.nested[entry], aggregates.end[i]);
      }
    }
  }

  add(number, calls, self, whole, end) {
    const at = number * Ledger.PARTS + Math.min(Ledger.PARTS - 1, Math.max(0, Math.floor(end / this.partNs)));
    const log = (sum) => calls * Math.log(Math.max(0, sum / calls) + Ledger.FLOOR);
    this.parts.calls[at] += calls;
    this.addTo("self", number, at, calls, self);
    this.addTo("whole", number, at, calls, whole);
    this.addTo("selfLog", number, at, calls, log(self));
    this.addTo("wholeLog", number, at, calls, log(whole));
  }

  addTo(measure, number, at, calls, sum) {
    this.sums[measure][number] += sum;
    this.squares[measure][number] += sum ** 2 / calls;
    this.parts[measure][at] += sum;
  }

  // The variance of a sum by the parts of the recording, and how many have calls.
  wander(number, measure, mean) {
    const [from, to] = [number * Ledger.PARTS, (number + 1) * Ledger.PARTS];
    let [parts, squares] = [0, 0];
    for (let at = from; at < to; at++) {
      if (!this.parts.calls[at]) continue;
      parts++;
      squares += (this.parts[measure][at] - this.parts.calls[at] * mean) ** 2;
    }
    return { parts, wander: parts > 1 ? (squares * parts) / (parts - 1) : 0 };
  }

  // The mean of a measure, {mean, variance, freedom}: the variance is that by the
  // spread of the calls, or by the parts of the recording, whichever is more.
  estimate(numbers, measure) {
    const all = { calls: 0, sum: 0, squares: 0, wander: 0, parts: 0 };
    for (const number of numbers) {
      const calls = this.totals.spans[number];
      const { parts, wander } = this.wander(number, measure, this.sums[measure][number] / calls);
      all.calls += calls;
      all.sum += this.sums[measure][number];
      all.squares += this.squares[measure][number];
      all.wander += wander;
      all.parts = Math.max(all.parts, parts);
    }
    const mean = all.sum / all.calls;
    const spread = all.squares / all.calls - mean ** 2;
    const byCalls = { mean, variance: spread > 0 ? spread / (all.calls - 1) : 0, freedom: all.calls - 1 };
    const byParts = { mean, variance: all.wander / all.calls ** 2, freedom: all.parts - 1 };
    return all.parts > 1 && byParts.variance > byCalls.variance ? byParts : byCalls;
  }

  // What the functions' calls take on average, in ns over the floor, and a typical
  // one: the logarithm of the geometric mean.  measure: "self" or "whole".
  durations(numbers, measure) {
    const sum = (column) => numbers.reduce((all, number) => all + column[number], 0);
    const [calls, self, whole] = [this.totals.spans, this.totals.self, this.totals.whole].map(sum);
    const average = this.estimate(numbers, measure);
    average.mean += Ledger.FLOOR;
    const typical = this.estimate(numbers, measure + "Log");
    const mayWait = numbers.some((number) => this.waits[number]) || (measure === "whole" && whole > self);
    return { calls, sum: measure === "self" ? self : whole, average, typical, mayWait };
  }

  // How long the processes ran and waited for a processor, those that told.
  usage() {
    const sum = (key) => this.trace.processes.reduce((all, process) => all + (process[key] || 0), 0);
    return { cpu: sum("cpu_ns"), delay: sum("delay_ns") };
  }

  total(numbers) {
    return numbers.reduce((sum, number) => sum + this.totals.total[number], 0);
  }

  // The functions that were called, as pairing.js takes them.
  functions() {
    const { names, facts } = this.trace;
    const list = [];
    for (let number = 0; number < names.count; number++) {
      if (!this.totals.spans[number] || names.kind[number] === Names.TRACER) continue;
      const module = (facts.functions.module || [])[number] || "";
      list.push({ number, module, name: Ledger.bareName(names, number, module), file: names.path(number), line: names.line[number] });
    }
    return list;
  }

  // "Shop.deep" of "Shop.deep (shop.py:7)", "sqrt" of "math.sqrt".
  static bareName(names, number, module) {
    const full = names.full[number];
    const place = names.kind[number] === Names.PYTHON ? full.lastIndexOf("(") : -1;
    if (place > 0 && full[place - 1] === " ") return full.slice(0, place - 1);
    return names.kind[number] === Names.C && module && full.startsWith(module + ".") ? full.slice(module.length + 1) : full;
  }
}
