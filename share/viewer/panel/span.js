// SPDX-License-Identifier: Apache-2.0
//
// span.js: one call, as a place in a lane, and the ways from it to others.
"use strict";

class Span {
  constructor(track, depth, index) {
    this.track = track;
    this.depth = depth;
    this.index = index;
    this.lane = track.lanes[depth];
  }

  // The span of track at depth that runs at time, or null.
  static at(track, depth, time) {
    const lane = track.lanes[depth];
    const index = lane ? lane.at(time) : -1;
    return index < 0 ? null : new Span(track, depth, index);
  }

  is(other) {
    return !!other && other.lane === this.lane && other.index === this.index;
  }

  get start() {
    return this.lane.start[this.index];
  }

  get end() {
    return Math.min(this.lane.end[this.index], this.track.to);
  }

  get duration() {
    return this.end - this.start;
  }

  get durationText() {
    const work = this.duration - this.net;
    return time.duration(this.duration) + (work ? `, of which tracing ${time.duration(work)}` : "");
  }

  // Without the tracer's own work inside it.
  get net() {
    return Span.netOf(this.track, this.lane, this.index);
  }

  static netOf(track, lane, i) {
    const start = lane.start[i];
    const end = Math.min(lane.end[i], track.to);
    if (track.names.kind[lane.functionOf(i)] === Names.TRACER) return end - start;
    return end - start - track.work.within(start, end);
  }

  get function() {
    return this.lane.functionOf(this.index);
  }

  get how() {
    return this.lane.word[this.index] & Lane.HOW;
  }

  get closed() {
    return (this.lane.word[this.index] & Lane.CLOSED) >> Lane.CLOSED_SHIFT;
  }

  // The lane above.
  get outer() {
    return this.track.lanes[this.depth - 1];
  }

  get parent() {
    return this.depth ? new Span(this.track, this.depth - 1, this.outer.lastStartingBy(this.start)) : null;
  }

  // {lane, from, to}: the calls right inside this one.
  get children() {
    const lane = this.track.lanes[this.depth + 1];
    if (!lane) return { lane: null, from: 0, to: 0 };
    return { lane, from: lane.firstStartingAt(this.start), to: lane.firstStartingAt(this.end) };
  }

  // Those of calls right inside this one.
  get crowds() {
    return this.track.crowds.within(this.depth + 1, this.start, this.end);
  }

  get self() {
    const { lane, from, to } = this.children;
    let inside = 0;
    if (lane) {
      const open = lane.open && to === lane.count ? 1 : 0;
      inside = lane.busyBetween(from, to - open) + (open ? this.end - lane.start[to - 1] : 0);
    }
    for (const i of this.crowds) inside += this.track.crowds.busyOf(i);
    return Math.max(0, this.duration - inside);
  }

  // Outermost first, without this one.
  get chain() {
    const chain = [];
    for (let span = this.parent; span; span = span.parent) chain.unshift(span);
    return chain;
  }

  get firstChild() {
    const { lane, from, to } = this.children;
    return lane && from < to ? new Span(this.track, this.depth + 1, from) : null;
  }

  // The neighbour in the same caller, or null.
  sibling(step) {
    const index = this.index + step;
    if (index < 0 || index >= this.lane.count) return null;
    if (this.depth && this.outer.lastStartingBy(this.lane.start[index]) !== this.parent.index) return null;
    return new Span(this.track, this.depth, index);
  }

  // Of short calls all are told, at whatever depth, each without those inside.
  addCrowds(sums) {
    const { crowds } = this.track;
    for (const i of this.crowds) {
      for (let entry = crowds.entryFrom[i]; entry < crowds.entryFrom[i + 1]; entry++) {
        const number = crowds.function[entry];
        let sum = sums.get(number);
        if (!sum) sums.set(number, (sum = { function: number, count: 0, total: 0, net: 0 }));
        sum.net += crowds.self[entry];
        sum.count += crowds.calls[entry] + crowds.resumes[entry];
        sum.total += crowds.self[entry];
      }
    }
  }

  // What is inside, by function: [{function, count, total, net: without the
  // tracer's work}], most time first.
  get inside() {
    const { lane, from, to } = this.children;
    const sums = new Map();
    for (let i = from; i < to; i++) {
      const number = lane.functionOf(i);
      let sum = sums.get(number);
      if (!sum) sums.set(number, (sum = { function: number, count: 0, total: 0, net: 0 }));
      sum.count++;
      sum.net += Span.netOf(this.track, lane, i);
      sum.total += Math.min(lane.end[i], this.end) - lane.start[i];
    }
    this.addCrowds(sums);
    return [...sums.values()].sort((one, other) => other.total - one.total);
  }
}
