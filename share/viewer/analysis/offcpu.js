// SPDX-License-Identifier: Apache-2.0
//
// offcpu.js: how long each function was not on the CPU, with all that it called.
// Recursive calls count once, as in totals.js.  No DOM.
"use strict";

class OffCpu {
  // Nanoseconds by function; null where nothing is known of any track.
  static of(trace, from = -Infinity, to = Infinity) {
    const known = trace.tracks.filter(({ waits }) => waits.isKnown);
    if (!known.length) return null;
    const off = new Float64Array(trace.names.count);
    for (const track of known) OffCpu.addTrack(off, track, Math.max(from, track.from), Math.min(to, track.to));
    return off;
  }

  // The calls that are open at a wait: of each level the one that started last.  Waits
  // come in order, so that each level is gone through once.
  static addTrack(off, { levels, waits }, from, to) {
    const last = levels.map((level) => level.lastStartingBy(from));
    const isOff = (kind) => kind === WaitList.BLOCKED || kind === WaitList.PREEMPTED;
    waits.each(from, to, (i) => {
      if (!isOff(waits.kind[i])) return;
      const start = Math.max(from, waits.start[i]);
      const ns = Math.min(to, waits.end[i]) - start;
      for (let depth = 0; depth < levels.length; depth++) {
        const level = levels[depth];
        while (last[depth] + 1 < level.count && level.start[last[depth] + 1] <= start) last[depth]++;
        if (last[depth] < 0 || level.end[last[depth]] <= start) break;
        const word = level.word[last[depth]];
        if (!(word & Level.NESTED)) off[word >>> Level.FUNCTION_SHIFT] += ns;
      }
    });
  }
}
