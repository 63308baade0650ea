// SPDX-License-Identifier: Apache-2.0
//
// activity.js: how many threads run at each moment, and how many of them do no
// more than wait (waits.js), by column of a picture.  No DOM.
"use strict";

const activity = (() => {
  // The stretch from left to right, in columns, of which a part counts.
  function addStretch(sums, left, right, part) {
    const begin = Math.max(0, left);
    const last = Math.min(sums.length - 1, Math.floor(right));
    for (let x = Math.floor(begin); x <= last; x++) sums[x] += (Math.min(x + 1, right) - Math.max(x, begin)) * part;
  }

  // The calls of a level of track, or those of a list.
  function addCalls(sums, track, { count, start, end, busy }, list, from, to) {
    const scale = sums.length / (to - from);
    for (let n = 0; n < (list || { length: count }).length; n++) {
      const i = list ? list[n] : n;
      const behind = Math.min(end[i], track.to);
      addStretch(sums, (start[i] - from) * scale, (behind - from) * scale, busy ? busy[i] / (end[i] - start[i]) : 1);
    }
  }

  // {running, waiting}, both by column; hits: of the calls that wait.
  function of(tracks, hits, from, to, width) {
    const running = new Float32Array(width);
    const waiting = new Float32Array(width);
    for (const track of tracks) {
      for (const level of [track.levels[0], track.aggregates.levels[0]]) if (level) addCalls(running, track, level, null, from, to);
      for (const level of track.levels) addCalls(waiting, track, level, hits.of(level), from, to);
    }
    for (let x = 0; x < width; x++) waiting[x] = Math.min(waiting[x], running[x]);
    return { running, waiting };
  }

  return { of };
})();
