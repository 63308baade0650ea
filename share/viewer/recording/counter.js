// SPDX-License-Identifier: Apache-2.0
//
// counter.js: a counter of a process, as its threads set it: each of
// its series is a line of steps, over which lie the least and the greatest of
// every so many values, so that a picture of it costs its width.  No DOM.
"use strict";

class Series {
  static BLOCK = 64;

  // samples: [{time, value}] in any order; non-numbers break the line.
  constructor(number, name, samples) {
    this.number = number;
    this.name = name;
    const sorted = samples.some(({ time }, i) => i && time < samples[i - 1].time) ? [...samples].sort((one, other) => one.time - other.time) : samples;
    this.count = sorted.length;
    this.time = Float64Array.from(sorted, ({ time }) => time);
    this.value = Float64Array.from(sorted, ({ value }) => value);
    this.raise();
  }

  raise() {
    const blocks = Math.ceil(this.count / Series.BLOCK);
    this.least = new Float64Array(blocks).fill(Infinity);
    this.most = new Float64Array(blocks).fill(-Infinity);
    for (let i = 0; i < this.count; i++) {
      if (!Number.isFinite(this.value[i])) continue;
      const at = Math.floor(i / Series.BLOCK);
      if (this.value[i] < this.least[at]) this.least[at] = this.value[i];
      if (this.value[i] > this.most[at]) this.most[at] = this.value[i];
    }
  }

  // The last value set at time or before, or -1.
  at(time) {
    return Column.bound(this.time, this.count, (one) => one > time) - 1;
  }

  // What it was between two times: {count, first, last, least, most, mean};
  // NaN what is not known.
  facts(from, to) {
    const before = this.at(from);
    const behind = this.at(to) + 1;
    const known = Math.max(before, 0);
    const [least, most] = behind > known ? this.range(known, behind) : [NaN, NaN];
    const value = (i) => this.value[i] ?? NaN;
    const first = value(before < 0 && behind > 0 ? 0 : before);
    const told = behind - Column.bound(this.time, this.count, (one) => one >= from);
    return { count: Math.max(0, told), first, last: value(behind - 1), least: least > most ? NaN : least, most: least > most ? NaN : most, mean: this.mean(known, behind, from, to) };
  }

  // Over time, of the values [begin, behind) each as long as it stood.
  mean(begin, behind, from, to) {
    let [sum, length] = [0, 0];
    for (let i = begin; i < behind; i++) {
      const stood = Math.min(i + 1 < behind ? this.time[i + 1] : to, to) - Math.max(this.time[i], from);
      if (!Number.isFinite(this.value[i])) continue;
      sum += this.value[i] * stood;
      length += stood;
    }
    return length > 0 ? sum / length : NaN;
  }

  // [least, most] of the values [from, to) that are numbers.
  range(from, to) {
    let [least, most] = [Infinity, -Infinity];
    for (let i = from; i < to;) {
      const isBlock = i % Series.BLOCK === 0 && i + Series.BLOCK <= to;
      const at = i / Series.BLOCK;
      if (isBlock || Number.isFinite(this.value[i])) {
        least = Math.min(least, isBlock ? this.least[at] : this.value[i]);
        most = Math.max(most, isBlock ? this.most[at] : this.value[i]);
      }
      i += isBlock ? Series.BLOCK : 1;
    }
    return [least, most];
  }
}

class Counter {
  constructor(process, name, series) {
    this.process = process;
    this.name = name;
    this.series = series;
    const ranges = series.map((one) => one.range(0, one.count));
    const finite = ranges.flat().filter(Number.isFinite);
    this.least = Math.min(0, ...finite);
    this.most = Math.max(0, ...finite);
  }

  // All counters, by process and name.
  static of(trace) {
    const { names } = trace;
    const groups = new Map();
    for (const track of trace.tracks) {
      for (const [number, samples] of track.samples) {
        const name = names.counter[number];
        const key = JSON.stringify([track.facts.process, name]);
        if (!groups.has(key)) groups.set(key, { process: track.facts.process, name, series: new Map() });
        const { series } = groups.get(key);
        series.set(number, (series.get(number) || []).concat(samples));
      }
    }
    return [...groups.values()].map(({ process, name, series }) => new Counter(process, name, Counter.lines(names, name, series)));
  }

  static lines(names, counter, series) {
    const own = (full) => (full.startsWith(counter + ".") ? full.slice(counter.length + 1) : full);
    return [...series].map(([number, samples]) => new Series(number, own(names.full[number]), samples));
  }

  // As people write it: at most six digits.
  static text(value) {
    if (!Number.isFinite(value)) return String(value);
    const size = Math.abs(value);
    if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(3);
    return value.toLocaleString("en", { maximumFractionDigits: size >= 1000 ? 1 : 4 });
  }
}
