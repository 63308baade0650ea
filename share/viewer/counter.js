// SPDX-License-Identifier: Apache-2.0
//
// counter.js: a counter of a process, as its threads told its values: each of
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
      const block = Math.floor(i / Series.BLOCK);
      if (this.value[i] < this.least[block]) this.least[block] = this.value[i];
      if (this.value[i] > this.most[block]) this.most[block] = this.value[i];
    }
  }

  // The last value told at time or before, or -1.
  at(time) {
    return Lane.bound(this.time, this.count, (one) => one > time) - 1;
  }

  // [least, most] of the values [from, to) that are numbers.
  range(from, to) {
    let [least, most] = [Infinity, -Infinity];
    for (let i = from; i < to;) {
      const isBlock = i % Series.BLOCK === 0 && i + Series.BLOCK <= to;
      const block = i / Series.BLOCK;
      if (isBlock || Number.isFinite(this.value[i])) {
        least = Math.min(least, isBlock ? this.least[block] : this.value[i]);
        most = Math.max(most, isBlock ? this.most[block] : this.value[i]);
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
