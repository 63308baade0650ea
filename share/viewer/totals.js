// SPDX-License-Identifier: Apache-2.0
//
// totals.js: what each function took in a stretch of time, over all tracks.
// Self and total count only what lies inside the stretch; a function that calls
// itself counts its outermost call only; the tracer's own work counts for
// none of the program's functions.  mean, min and max are of
// whole calls.
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
    this.time = 0; // of the program: of the calls that no other call contains
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
      const isTracer = kind[number] === Names.TRACER;
      const work = isTracer ? 0 : track.work.within(Math.max(start, from), Math.min(end, to));
      const whole = isTracer ? 0 : track.work.within(start, end);
      this.addSpan(number, word, part - work, end - start - whole, isTracer);
      this.self[number] += part;
      if (above) this.self[above.word[lane.parent[i]] >>> Lane.FUNCTION_SHIFT] -= part;
      else if (!isTracer) this.time += part - work;
    }
  }

  addSpan(number, word, part, duration, isTracer) {
    this.spans[number]++;
    if ((word & Lane.HOW) === 0 && !isTracer) this.calls[number]++;
    if (!(word & Lane.NESTED)) this.total[number] += part;
    this.whole[number] += duration;
    if (duration < this.min[number]) this.min[number] = duration;
    if (duration > this.max[number]) this.max[number] = duration;
  }

  mean(number) {
    return this.whole[number] / this.spans[number];
  }
}
