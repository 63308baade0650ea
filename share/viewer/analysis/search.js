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
    for (const level of track.levels) {
      let i = level.firstStartingAt(time);
      if (i < level.count && level.start[i] === time) i++;
      while (i < level.count && level.start[i] < best && !wanted[level.functionOf(i)]) i++;
      if (i < level.count && level.start[i] < best) {
        best = level.start[i];
        found = Span.of(track.source, level, i);
      }
    }
    return found;
  }

  // The last one that starts before time.
  function before(track, time, wanted) {
    let found = null;
    let best = -Infinity;
    for (const level of track.levels) {
      let i = level.firstStartingAt(time) - 1;
      while (i >= 0 && level.start[i] > best && !wanted[level.functionOf(i)]) i--;
      if (i >= 0 && level.start[i] > best) {
        best = level.start[i];
        found = Span.of(track.source, level, i);
      }
    }
    return found;
  }

  // From span (or from the start, where it is null), going round at the end.
  function next(tracks, span, wanted, step) {
    return around(tracks, span, step, (track, time) => (step > 0 ? after : before)(track, time, wanted));
  }

  function around(tracks, span, step, seek) {
    const count = tracks.length;
    const own = span ? tracks.findIndex(({ number }) => number === span.track.number) : -1;
    const first = own >= 0 ? own : step > 0 ? 0 : count - 1;
    const edge = step > 0 ? -Infinity : Infinity;
    for (let i = 0; i <= count; i++) {
      const track = tracks[(first + step * i + count * (i + 1)) % count];
      const found = track && seek(track, own >= 0 && i === 0 ? span.start : edge);
      if (found) return found;
    }
    return null;
  }

  // The same among the hits of a search (hits.js).
  function nextHit(tracks, span, hits, step) {
    const seek = (track, time) => (step > 0 ? hitAfter : hitBefore)(track, time, hits);
    return around(tracks, span, step, seek);
  }

  function hitAfter(track, time, hits) {
    let found = null;
    for (const level of track.levels) {
      const list = hits.of(level, track.source);
      const at = Column.bound(list, list.length, (i) => level.start[i] > time);
      if (at < list.length && !(found && found.start <= level.start[list[at]])) found = Span.of(track.source, level, list[at]);
    }
    return found;
  }

  function hitBefore(track, time, hits) {
    let found = null;
    for (const level of track.levels) {
      const list = hits.of(level, track.source);
      const at = Column.bound(list, list.length, (i) => level.start[i] >= time) - 1;
      if (at >= 0 && !(found && found.start >= level.start[list[at]])) found = Span.of(track.source, level, list[at]);
    }
    return found;
  }

  // The longest span of a function that runs in [from, to], or null.
  function slowest(tracks, number, from, to) {
    const wanted = { [number]: true };
    let found = null;
    let most = -1;
    for (const track of tracks) {
      for (const level of track.levels) {
        const behind = level.firstStartingAt(to);
        level.split(level.firstEndingAfter(from), behind, (one) => !block.holds(one, track.paths, wanted), (first, end) => {
          for (let i = first; i < end; i++) {
            if (level.functionOf(i) !== number || !(level.end[i] - level.start[i] > most)) continue;
            most = level.end[i] - level.start[i];
            found = Span.of(track.source, level, i);
          }
        });
      }
    }
    return found;
  }

  return { next, nextHit, slowest };
})();
