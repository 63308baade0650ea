// SPDX-License-Identifier: Apache-2.0
//
// outliers.js: the functions some of whose calls took much longer than they
// usually do, those first by which most time was lost.  A call is slow if it
// took three times the median and lies far outside the middle half of the calls;
// if more than one in ten is slow, slow is usual and nothing stands out.  Of a
// function that calls itself only the outermost calls count.  No DOM.
"use strict";

const outliers = (() => {
  const LEAST_CALLS = 8;
  const MOST_SLOW = 0.1;
  const TIMES_MEDIAN = 3;

  function threshold(at) {
    return Math.max(TIMES_MEDIAN * at(0.5), at(0.75) + 3 * (at(0.75) - at(0.25)));
  }

  // {number, calls, median, threshold, slow, slowest, lost}, or null.
  // Of the calls in bins there is only the number.
  function judge(number, distribution, bins = []) {
    const calls = Durations.countOf(bins) + distribution.count;
    if (calls < LEAST_CALLS || !distribution.count) return null;
    const at = (share) => Durations.quantileOf(distribution, share, bins);
    const median = at(0.5);
    const slowest = distribution.most;
    if (slowest <= TIMES_MEDIAN * median) return null;
    const limit = threshold(at);
    const above = distribution.above(limit);
    let slow = above.count;
    let lost = above.sum - above.count * median;
    for (const { least, middle, count } of bins) {
      if (least <= limit) continue;
      lost += (middle - median) * count;
      slow += count;
    }
    if (slow === 0 || slow > MOST_SLOW * calls) return null;
    return { number, calls, median, threshold: limit, slow, slowest, lost };
  }

  // Those of all functions, most time lost first.  rest() is awaited now and
  // then, so that the page stays alive meanwhile.
  async function find(durations, kinds, rest) {
    const found = [];
    for (let number = 0; number < kinds.length; number++) {
      if (kinds[number] === Names.TRACER) continue;
      const one = judge(number, durations.outermost(number), durations.bins(number));
      if (one) found.push(one);
      await rest();
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

  return { judge, find, slowest, nearest, differences, path };
})();
