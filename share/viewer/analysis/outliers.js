// SPDX-License-Identifier: Apache-2.0
//
// outliers.js: calls that are far slower than usual: which functions have some, as
// the page tells it, and what was different in one.  The rule which says what is
// slow is not here: formats/slow/ has it, and its rows are in the page.  No DOM.
"use strict";

const outliers = (() => {
  // The rows of the page's end, in rank order; null: the page has none, since it
  // is older, or was cut off.
  function told(end) {
    if (!end || !end.slow) return null;
    return end.slow.map((one) => ({
      number: one.function,
      calls: one.calls,
      slow: one.slow_calls,
      threshold: one.threshold_ns,
      lost: one.lost_ns,
      median: one.usual_ns,
      slowest: one.worst_ns,
      cause: one.cause,
      seenBy: one.seen_by,
    }));
  }

  // The durations of the calls of a row that are slow and run between two times.
  function* slowOnes(tracks, { number, threshold }, from, to) {
    for (const track of tracks) {
      for (const level of track.levels) {
        const found = [];
        const isQuick = (one) => block.range(one, track.paths, number)[1] < threshold;
        level.split(level.firstEndingAfter(from), level.firstStartingAt(to), isQuick, (first, behind) => {
          for (const i of outermost(level, number, first, behind)) found.push(Span.netOf(track, level, i));
        });
        for (const net of found) if (net >= threshold) yield net;
      }
    }
  }

  // The rows that have slow calls between two times, with the sums of these alone,
  // those first that lost most there.
  function within(tracks, rows, from, to) {
    const found = [];
    for (const one of rows) {
      const inside = { ...one, slow: 0, lost: 0, slowest: 0 };
      for (const net of slowOnes(tracks, one, from, to)) {
        inside.slow++;
        inside.lost += net - one.median;
        inside.slowest = Math.max(inside.slowest, net);
      }
      if (inside.slow) found.push(inside);
    }
    return found.sort((one, other) => other.lost - one.lost);
  }

  // The outermost calls of a function among [first, behind) of a level.
  function* outermost({ word }, number, first, behind) {
    for (let i = first; i < behind; i++) if (word[i] >>> 6 === number && !(word[i] & Level.NESTED)) yield i; // Level.FUNCTION_SHIFT
  }

  // The slowest outermost calls of a function, slowest first, at most most; of
  // those that took less than behind.
  function slowest(tracks, number, most, behind = Infinity) {
    const found = [];
    for (const track of tracks) {
      for (const level of track.levels) {
        const least = () => (found.length === most ? found[most - 1].duration : -1);
        const isPoor = (one) => {
          const [shortest, longest] = block.range(one, track.paths, number);
          return longest <= least() || shortest >= behind;
        };
        level.split(0, level.count, isPoor, (first, end) => {
          for (const i of outermost(level, number, first, end)) {
            const duration = Span.netOf(track, level, i);
            if (duration > least() && duration < behind) insert(found, { duration, track, depth: level.depth, index: i }, most);
          }
        });
      }
    }
    return found.map(({ track, depth, index }) => new Span(track, depth, index));
  }

  function insert(found, one, most) {
    let index = found.length;
    while (index > 0 && found[index - 1].duration < one.duration) index--;
    found.splice(index, 0, one);
    if (found.length > most) found.pop();
  }

  // The outermost call of a function whose duration is nearest to wanted.
  function nearest(tracks, number, wanted) {
    let found = null;
    let least = Infinity;
    for (const track of tracks) {
      const isFar = (one) => {
        const [shortest, longest] = block.range(one, track.paths, number);
        return Math.max(shortest - wanted, wanted - longest) >= least;
      };
      for (const level of track.levels) {
        level.split(0, level.count, (one) => least === 0 || isFar(one), (first, behind) => {
          for (const i of outermost(level, number, first, behind)) {
            const apart = Math.abs(Span.netOf(track, level, i) - wanted);
            if (apart >= least) continue;
            least = apart;
            found = new Span(track, level.depth, i);
          }
        });
      }
    }
    return found;
  }

  // What is below two calls of one function, as [{function (null: itself), slow,
  // usual, extra}], without the tracer's work, what took the most extra time first.
  function differences(slow, usual) {
    const rows = new Map();
    const row = (number) => {
      if (!rows.has(number)) rows.set(number, { function: number, slow: 0, usual: 0, slowCount: 0, usualCount: 0 });
      return rows.get(number);
    };
    for (const { function: number, net, count } of slow.inside) Object.assign(row(number), { slow: net, slowCount: count });
    for (const { function: number, net, count } of usual.inside) Object.assign(row(number), { usual: net, usualCount: count });
    Object.assign(row(null), { slow: slow.self, usual: usual.self });
    const { kind } = slow.track.names;
    const program = [...rows.values()].filter((one) => one.function === null || kind[one.function] !== Names.TRACER);
    const list = program.map((one) => ({ ...one, extra: one.slow - one.usual }));
    return list.sort((one, other) => other.extra - one.extra);
  }

  // Of the program's calls right inside one, {level, longest (its index or -1), net}.
  function longestInside({ track, children: { level, from, to } }) {
    const best = { level, longest: -1, net: -1 };
    for (let i = from; i < to; i++) {
      const net = Span.netOf(track, level, i);
      if (net > best.net && track.names.kind[level.functionOf(i)] !== Names.TRACER) Object.assign(best, { longest: i, net });
    }
    return best;
  }

  // Down from a slow call along what took most of its extra time, as long as
  // one call below took most of it: the calls on that path, the slow one first.
  function path(slow, extra) {
    const path = [slow];
    for (let span = slow; ;) {
      const { level, longest, net } = longestInside(span);
      if (longest < 0 || net < extra / 2) return path;
      span = new Span(slow.track, level.depth, longest);
      path.push(span);
    }
  }

  return { told, within, slowest, nearest, differences, path };
})();
