// SPDX-License-Identifier: Apache-2.0
//
// ledger.js: what the calls of each function of a recording come to, with all
// that comparison.js must know to tell a change from noise.  share/doc/diff.md has
// the rule; launcher/diff/ does the same for the terminal.  No DOM.
"use strict";

class Ledger {
  static PARTS = 16; // of the recording

  // totals: Totals of all of it.
  constructor(trace, totals) {
    const { count } = trace.names;
    Object.assign(this, { trace, totals });
    this.squares = { self: new Float64Array(count), sum: new Float64Array(count) };
    this.parts = { calls: new Float64Array(count * Ledger.PARTS), self: new Float64Array(count * Ledger.PARTS), sum: new Float64Array(count * Ledger.PARTS) };
    this.partNs = Math.floor(Math.max(trace.facts.duration_ns || 0, trace.to) / Ledger.PARTS) + 1;
    for (const track of trace.tracks) {
      for (const level of track.levels) this.addLevel(track, level);
      this.addAggregates(track.aggregates);
    }
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

  add(number, calls, self, sum, end) {
    const at = number * Ledger.PARTS + Math.min(Ledger.PARTS - 1, Math.max(0, Math.floor(end / this.partNs)));
    this.squares.self[number] += self ** 2 / calls;
    this.squares.sum[number] += sum ** 2 / calls;
    this.parts.calls[at] += calls;
    this.parts.self[at] += self;
    this.parts.sum[at] += sum;
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

  // {calls, sum, squares, wander, parts} of the functions' calls; measure: "self",
  // or "sum" of whole calls.
  durations(numbers, measure) {
    const whole = measure === "self" ? this.totals.self : this.totals.whole;
    const all = { calls: 0, sum: 0, squares: 0, wander: 0, parts: 0 };
    for (const number of numbers) {
      const calls = this.totals.spans[number];
      const { parts, wander } = this.wander(number, measure, whole[number] / calls);
      all.calls += calls;
      all.sum += whole[number];
      all.squares += this.squares[measure][number];
      all.wander += wander;
      all.parts = Math.max(all.parts, parts);
    }
    return all;
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
