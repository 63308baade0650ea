// SPDX-License-Identifier: Apache-2.0
//
// search.js: from one call to the next or the one before whose function is
// wanted: hits of a search, or the calls of one function.  Calls are in order
// of track and start.  wanted has 1 for each function that counts.
"use strict";

const search = (() => {
  // The first wanted span of track that starts after time, or null.
  function after(track, time, wanted) {
    let found = null;
    let best = Infinity;
    for (const lane of track.lanes) {
      let i = lane.firstStartingAt(time);
      if (i < lane.count && lane.start[i] === time) i++;
      while (i < lane.count && lane.start[i] < best && !wanted[lane.functionOf(i)]) i++;
      if (i < lane.count && lane.start[i] < best) {
        best = lane.start[i];
        found = new Span(track, lane.depth, i);
      }
    }
    return found;
  }

  // The last one that starts before time.
  function before(track, time, wanted) {
    let found = null;
    let best = -Infinity;
    for (const lane of track.lanes) {
      let i = lane.firstStartingAt(time) - 1;
      while (i >= 0 && lane.start[i] > best && !wanted[lane.functionOf(i)]) i--;
      if (i >= 0 && lane.start[i] > best) {
        best = lane.start[i];
        found = new Span(track, lane.depth, i);
      }
    }
    return found;
  }

  // From span (or from the begin, where it is null), going round at the end.
  function next(tracks, span, wanted, step) {
    const count = tracks.length;
    const first = span ? span.track.number : step > 0 ? 0 : count - 1;
    const seek = step > 0 ? after : before;
    const edge = step > 0 ? -Infinity : Infinity;
    for (let i = 0; i <= count; i++) {
      const track = tracks[(first + step * i + count * (i + 1)) % count];
      const found = seek(track, span && i === 0 ? span.start : edge, wanted);
      if (found) return found;
    }
    return null;
  }

  // The longest span of a function that runs in [from, to], or null.
  function slowest(tracks, number, from, to) {
    const wanted = { [number]: true };
    let found = null;
    let most = -1;
    for (const track of tracks) {
      for (const lane of track.lanes) {
        const behind = lane.firstStartingAt(to);
        lane.split(lane.firstEndingAfter(from), behind, (one) => !block.holds(one, track.ways, wanted), (first, end) => {
          for (let i = first; i < end; i++) {
            if (lane.functionOf(i) !== number || !(lane.end[i] - lane.start[i] > most)) continue;
            most = lane.end[i] - lane.start[i];
            found = new Span(track, lane.depth, i);
          }
        });
      }
    }
    return found;
  }

  return { next, slowest };
})();
