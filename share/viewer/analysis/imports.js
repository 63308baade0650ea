// SPDX-License-Identifier: Apache-2.0
//
// imports.js: which calls import modules, how long that took, and when the
// user's own code ran beside it.  Of calls inside each other the outermost
// counts.  No DOM.
"use strict";

const imports = (() => {
  // The code of a module that something imported, which older pages call "<module>";
  // not that of the program or of exec().
  function isModule(names, number) {
    const isOlder = names.kind[number] === Names.PYTHON && names.short[number] === "<module>" && !names.isMain[number] && !names.path(number).startsWith("<");
    return isOlder || names.isModule(number);
  }

  function isOne(names, number) {
    return isModule(names, number) || names.isImporter(number);
  }

  function wanted(names, holds) {
    return Uint8Array.from({ length: names.count }, (_, number) => (holds(names, number) ? 1 : 0));
  }

  // Whether a time is in one of the stretches, [start, end] each, in order.
  function isInside(stretches, time) {
    const i = Column.bound(stretches, stretches.length, ([start]) => start > time) - 1;
    return i >= 0 && time < stretches[i][1];
  }

  // The calls of wanted functions that are in no other one of them, by their paths;
  // those without a path may be: {wanted, isOne: 1 for each path to such calls,
  // depths: where these lie, null for anywhere}.
  function outermost({ count, parent, function: functions, isCut }, isWanted) {
    const [isOne, isIn, depth] = [new Uint8Array(count), new Uint8Array(count), new Uint32Array(count)];
    const depths = new Set();
    isOne[0] = 1;
    for (let node = 1; node < count; node++) {
      const own = isWanted[functions[node]];
      depth[node] = depth[parent[node]] + 1;
      isIn[node] = own || isIn[parent[node]];
      isOne[node] = own && !isIn[parent[node]] ? 1 : 0;
      if (isOne[node]) depths.add(depth[node] - 1);
    }
    return { isWanted, isOne, depths: isCut ? null : depths };
  }

  // Those among the calls of a level, in order.
  function callsOf(level, { isWanted, isOne, depths }) {
    const calls = [];
    if (depths && !depths.has(level.depth)) return calls;
    const holds = ({ first, last, digest: { node } }) => first === last || node.subarray(first, last).some((one) => isOne[one]);
    level.split(0, level.count, (one) => !holds(one), (first, behind) => {
      for (let i = first; i < behind; i++) if (isOne[level.node[i]] && isWanted[level.word[i] >>> 6]) calls.push(i); // Level.FUNCTION_SHIFT
    });
    return calls;
  }

  // The outermost calls of one thread: [start, end, time without the tracer's work].
  function stretchesOf(track, among) {
    const found = [];
    for (const level of track.levels) {
      const outer = found.slice();
      for (const i of callsOf(level, among)) {
        if (!isInside(outer, level.start[i])) found.push([level.start[i], Math.min(level.end[i], track.to), Span.netOf(track, level, i)]);
      }
      if (found.length > outer.length) found.sort(([one], [other]) => one - other);
    }
    return found;
  }

  // {track: the thread that imported for longest, time: how long, stretches: by
  // track, longest: the call of a module's code, or null}
  function of(trace) {
    const among = outermost(trace.paths, wanted(trace.names, isOne));
    const stretches = new Map(trace.tracks.map((track) => [track, stretchesOf(track, among)]));
    const most = { track: null, time: 0 };
    for (const [track, list] of stretches) {
      const time = list.reduce((sum, [, , net]) => sum + net, 0);
      if (time > most.time) Object.assign(most, { track, time });
    }
    return { ...most, stretches, longest: most.track && longestOf(most.track, trace.names) };
  }

  function longestOf(track, names) {
    const among = outermost(track.paths, wanted(names, isModule));
    let found = null;
    for (const level of track.levels) {
      for (const i of callsOf(level, among)) if (!found || level.end[i] - level.start[i] > found.duration) found = new Span(track, level.depth, i);
    }
    return found;
  }

  // From the first to the last call of the functions in hits that is in no
  // import: [from, to], or null.
  function beside({ tracks }, { stretches }, hits) {
    let [from, to] = [Infinity, -Infinity];
    for (const track of tracks) {
      for (const level of track.levels) {
        const list = hits.of(level);
        const isBeside = (i) => !isInside(stretches.get(track), level.start[i]);
        const first = list.find(isBeside);
        if (first === undefined) continue;
        from = Math.min(from, level.start[first]);
        to = Math.max(to, Math.min(level.end[list.findLast(isBeside)], track.to));
      }
    }
    return from < to ? [from, to] : null;
  }

  return { of, beside, isOne };
})();
