// SPDX-License-Identifier: Apache-2.0
//
// track.js: one thread: its lanes, its gaps, and the calls that are open while
// its chunks come in, in order.
"use strict";

class Track {
  // running is shared by all tracks: how many calls of each function are open
  // on the track whose chunk is being played.
  constructor(number, facts, names, running) {
    this.number = number;
    this.facts = facts; // its row in the tables
    this.names = names;
    this.running = running;
    this.lanes = [];
    this.work = new Work(); // the tracer's own
    this.gaps = []; // [start, end], end Infinity while it is open
    this.depth = 0; // how many calls are open
    this.from = Infinity;
    this.to = -Infinity;
    this.events = 0;
    this.calls = 0;
  }

  see(time) {
    if (time < this.from) this.from = time;
    if (time > this.to) this.to = time;
  }

  open(functionNumber, how, time) {
    const depth = this.depth++;
    const lane = this.lanes[depth] || (this.lanes[depth] = new Lane(depth));
    const nested = this.running[functionNumber]++ ? Lane.NESTED : 0;
    lane.push(time, functionNumber * 64 + how + nested, depth ? this.lanes[depth - 1].count - 1 : 0);
    if (how === 0 && this.names.kind[functionNumber] !== Names.TRACER) this.calls++;
  }

  close(how, time) {
    if (this.depth === 0) return; // its opening was in a chunk that is missing
    const lane = this.lanes[--this.depth];
    const number = lane.functionOf(lane.count - 1);
    this.running[number]--;
    lane.close(time, how);
    if (this.names.kind[number] === Names.TRACER) this.work.add(lane.start[lane.count - 1], time);
  }

  beginGap(time) {
    this.gaps.push([time, Infinity]);
  }

  endGap(time) {
    const gap = this.gaps[this.gaps.length - 1];
    if (gap && gap[1] === Infinity) gap[1] = time;
  }

  // Before a chunk is played.  It says which calls are open; they differ from
  // ours only where a chunk before it is missing.
  resume(stack, depth, time) {
    this.count(1);
    if (this.depth === depth && this.agrees(stack)) return;
    while (this.depth) this.close(3, Math.max(this.to, this.from));
    const since = Math.max(this.to, stack.length ? stack[0].start : time);
    for (let untold = depth - stack.length; untold > 0; untold--) this.open(this.names.untold, 3, since);
    for (const call of stack) this.open(call.function, call.how | 0, Math.max(call.start, this.to));
  }

  // After it.
  pause() {
    this.count(-1);
    for (const lane of this.lanes) lane.raise();
  }

  count(step) {
    for (let depth = 0; depth < this.depth; depth++) {
      const lane = this.lanes[depth];
      this.running[lane.functionOf(lane.count - 1)] += step;
    }
  }

  agrees(stack) {
    for (let i = 1; i <= stack.length; i++) {
      const lane = this.lanes[this.depth - i];
      if (lane.functionOf(lane.count - 1) !== stack[stack.length - i].function) return false;
    }
    return true;
  }

  // No more chunks: what is still open stays unfinished.
  finish() {
    this.count(1);
    while (this.depth) this.close(4, this.to);
    this.endGap(this.to);
    this.pause();
  }

  get isEmpty() {
    return this.lanes.length === 0;
  }
}
