// SPDX-License-Identifier: Apache-2.0
//
// totals.js: what each function took in a stretch of time, over all tracks.
// Self and total count only what lies inside the stretch; a function that calls
// itself counts its outermost call only; the tracer's own work counts for
// nobody.  min and max are of whole calls.
"use strict";

class Totals {
  constructor(functions) {
    this.spans = new Float64Array(functions); // calls and resumptions
    this.calls = new Float64Array(functions);
    this.self = new Float64Array(functions);
    this.total = new Float64Array(functions);
    this.whole = new Float64Array(functions); // of the calls' whole durations
    this.min = new Float64Array(functions).fill(Infinity);
    this.max = new Float64Array(functions);
    this.time = 0; // of the calls that no other call contains
  }

  static of(trace, from = -Infinity, to = Infinity) {
    const totals = new Totals(trace.names.count);
    for (const track of trace.tracks) {
      for (const lane of track.lanes) totals.addLane(track, lane, from, to, trace.names.kind);
    }
    return totals;
  }

  addLane(track, lane, from, to, kind) {
    const above = lane.depth ? track.lanes[lane.depth - 1] : null;
    const behind = to === Infinity ? lane.count : lane.firstStartingAt(to);
    for (let i = lane.firstEndingAfter(from); i < behind; i++) {
      const word = lane.word[i];
      const number = word >>> Lane.FUNCTION_SHIFT;
      const start = lane.start[i];
      const end = Math.min(lane.end[i], track.to);
      const part = Math.min(end, to) - Math.max(start, from);
      this.addSpan(number, word, part, end - start, kind[number]);
      if (above) this.self[above.word[lane.parent[i]] >>> Lane.FUNCTION_SHIFT] -= part;
      else this.time += part;
      if (kind[number] === Names.TRACER) this.takeOut(track, lane, i, part);
    }
  }

  addSpan(number, word, part, duration, kind) {
    this.spans[number]++;
    if ((word & Lane.HOW) === 0 && kind !== Names.TRACER) this.calls[number]++;
    this.self[number] += part;
    if (!(word & Lane.NESTED)) this.total[number] += part;
    this.whole[number] += duration;
    if (duration < this.min[number]) this.min[number] = duration;
    if (duration > this.max[number]) this.max[number] = duration;
  }

  // The tracer worked inside these calls; it is none of their time.
  takeOut(track, lane, i, part) {
    let index = lane.parent[i];
    for (let depth = lane.depth - 1; depth >= 0; depth--) {
      const outer = track.lanes[depth];
      const word = outer.word[index];
      if (!(word & Lane.NESTED)) this.total[word >>> Lane.FUNCTION_SHIFT] -= part;
      index = outer.parent[index];
    }
    this.time -= part;
  }

  mean(number) {
    return this.whole[number] / this.spans[number];
  }
}
