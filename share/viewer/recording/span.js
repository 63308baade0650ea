// SPDX-License-Identifier: Apache-2.0
//
// span.js: one call, as an index into a level, and the steps from it to others.
"use strict";

class Span {
  constructor(track, depth, index) {
    this.track = track;
    this.depth = depth;
    this.index = index;
    this.level = track.levels[depth];
  }

  // The span with an index in a level, of a track or as a fold shows it.
  static of(track, level, i) {
    return level.depths ? new Span(track, level.depths[i], level.indices[i]) : new Span(track, level.depth, i);
  }

  // The span of track at depth that runs at time, or null.
  static at(track, depth, time) {
    const level = track.levels[depth];
    const index = level ? level.at(time) : -1;
    return index < 0 ? null : new Span(track, depth, index);
  }

  // The one that ran about from start to end, and is nearest to that; or null.
  static closest(track, start, end) {
    const distance = (span) => Math.abs(span.start - start) + Math.abs(span.end - end);
    const running = track.levels.map((_, depth) => Span.at(track, depth, (start + end) / 2)).filter(Boolean);
    const found = running.reduce((best, span) => (best && distance(best) <= distance(span) ? best : span), null);
    return found && distance(found) < (end - start) / 2 ? found : null;
  }

  is(other) {
    return !!other && other.level === this.level && other.index === this.index;
  }

  get start() {
    return this.level.start[this.index];
  }

  get end() {
    return Math.min(this.level.end[this.index], this.track.to);
  }

  get duration() {
    return this.end - this.start;
  }

  get durationText() {
    const overhead = this.duration - this.net;
    return time.duration(this.duration) + (overhead ? `, of which tracing ${time.duration(overhead)}` : "");
  }

  // Without the tracer's overhead inside it.
  get net() {
    return Span.netOf(this.track, this.level, this.index);
  }

  static netOf(track, level, i) {
    const start = level.start[i];
    const end = Math.min(level.end[i], track.to);
    if (track.names.kind[level.functionOf(i)] === Names.TRACER) return end - start;
    return end - start - track.overhead.within(start, end);
  }

  get function() {
    return this.level.functionOf(this.index);
  }

  get how() {
    return this.level.word[this.index] & Level.HOW;
  }

  get closed() {
    return (this.level.word[this.index] & Level.CLOSED) >> Level.CLOSED_SHIFT;
  }

  // The level above.
  get outer() {
    return this.track.levels[this.depth - 1];
  }

  get parent() {
    return this.depth ? new Span(this.track, this.depth - 1, this.outer.lastStartingBy(this.start)) : null;
  }

  // {level, from, to}: the calls right inside this one.
  get children() {
    const level = this.track.levels[this.depth + 1];
    if (!level) return { level: null, from: 0, to: 0 };
    return { level, from: level.firstStartingAt(this.start), to: level.firstStartingAt(this.end) };
  }

  // Those of calls right inside this one.
  get aggregates() {
    return this.track.aggregates.within(this.depth + 1, this.start, this.end);
  }

  get self() {
    const { level, from, to } = this.children;
    let inside = 0;
    if (level) {
      const open = level.open && to === level.count ? 1 : 0;
      inside = level.busyBetween(from, to - open) + (open ? this.end - level.start[to - 1] : 0);
    }
    for (const i of this.aggregates) inside += this.track.aggregates.busyOf(i);
    return Math.max(0, this.duration - inside);
  }

  // Its arguments and what it returned, as [name, value].
  get arguments() {
    return this.track.arguments.of(this.level, this.index);
  }

  // An exception ended it, an error or not.
  get isRaised() {
    return this.closed === 1 || this.closed === 5;
  }

  // What is special about it, in words.
  get remarks() {
    return [
      ["", "a generator or coroutine, resumed", "resumed by throw()", "started before the recording"][this.how],
      ["", "ended with an exception", "paused at yield or await", "its end was not seen", "still running when the recording ended", "ended with an exception that is no error, such as StopIteration"][this.closed],
    ].filter(Boolean);
  }

  // Outermost first, without this one.
  get chain() {
    const chain = [];
    for (let span = this.parent; span; span = span.parent) chain.unshift(span);
    return chain;
  }

  get firstChild() {
    const { level, from, to } = this.children;
    return level && from < to ? new Span(this.track, this.depth + 1, from) : null;
  }

  // The neighbour in the same caller, or null.
  sibling(step) {
    const index = this.index + step;
    if (index < 0 || index >= this.level.count) return null;
    if (this.depth && this.outer.lastStartingBy(this.level.start[index]) !== this.parent.index) return null;
    return new Span(this.track, this.depth, index);
  }

  // An aggregate counts the short calls at whatever depth, each without those inside.
  addAggregates(sums) {
    const { aggregates } = this.track;
    for (const i of this.aggregates) {
      for (let entry = aggregates.entryFrom[i]; entry < aggregates.entryFrom[i + 1]; entry++) {
        const number = aggregates.function[entry];
        let sum = sums.get(number);
        if (!sum) sums.set(number, (sum = { function: number, count: 0, total: 0, net: 0 }));
        sum.net += aggregates.self[entry];
        sum.count += aggregates.calls[entry] + aggregates.resumes[entry];
        sum.total += aggregates.self[entry];
      }
    }
  }

  // What is inside, by function: [{function, count, total, net: without the
  // tracer's overhead}], most time first.
  get inside() {
    const { level, from, to } = this.children;
    const sums = new Map();
    for (let i = from; i < to; i++) {
      const number = level.functionOf(i);
      let sum = sums.get(number);
      if (!sum) sums.set(number, (sum = { function: number, count: 0, total: 0, net: 0 }));
      sum.count++;
      sum.net += Span.netOf(this.track, level, i);
      sum.total += Math.min(level.end[i], this.end) - level.start[i];
    }
    this.addAggregates(sums);
    return [...sums.values()].sort((one, other) => other.total - one.total);
  }
}
