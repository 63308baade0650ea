// SPDX-License-Identifier: Apache-2.0
//
// flows.js: which call started which process or thread.  Where the recording
// does not say it, it is found by the names of the calls and by time; without
// such a call the arrow starts at the parent.  No DOM.
"use strict";

const flows = (() => {
  const FORKS = /^(posix\.(fork|forkpty|posix_spawnp?|system)|os\.(fork|forkpty|posix_spawnp?)|_posixsubprocess\.fork_exec|nt\.spawnv?e?)\b/;
  const THREADS = /^_thread\.(start_new_thread|start_new|start_joinable_thread)\b/;

  // The spans whose function matches, by process, in order of their start.
  function starts(trace, pattern) {
    const wanted = Uint8Array.from(trace.names.full, (name) => (pattern.test(name) ? 1 : 0));
    const found = new Map();
    if (!wanted.includes(1)) return found;
    for (const track of trace.tracks) {
      for (const level of track.levels) {
        level.split(0, level.count, (one) => !block.holds(one, trace.paths, wanted), (first, behind) => {
          for (let i = first; i < behind; i++) {
            if (!wanted[level.word[i] >>> 6]) continue;
            const list = found.get(track.facts.process) || [];
            found.set(track.facts.process, list);
            list.push({ track, depth: level.depth, start: level.start[i], end: Math.min(level.end[i], track.to) });
          }
        });
      }
    }
    for (const list of found.values()) list.sort((one, other) => one.start - other.start);
    return found;
  }

  // The last that started before time, on another track.
  function lastBefore(list, time, not) {
    if (!list) return null;
    const behind = Column.bound(list, list.length, (one) => one.start > time);
    for (let i = behind - 1; i >= 0; i--) if (list[i].track !== not) return list[i];
    return null;
  }

  function firstTrack(trace, process) {
    const own = trace.tracks.filter((track) => track.facts.process === process && track.levels.length);
    return own.find((track) => track.facts.main) || own[0] || null;
  }

  // The innermost call of a track at that time.
  function innermostAt(track, time) {
    let depth = 0;
    while (depth + 1 < track.levels.length && track.levels[depth + 1].at(time) >= 0) depth++;
    return { track, depth, time };
  }

  // Where it is known, from the thread that did it; else from the last call of
  // the parent that could have done it.
  function beginOf(trace, number, found, to, forks) {
    const { origin, kind, parent } = found;
    if (origin && origin.track.levels.length) return innermostAt(origin.track, origin.ns);
    const from = firstTrack(trace, parent);
    if (!from || from === to) return null;
    const time = Math.min(trace.processes[number].start_ns || to.from, to.from);
    const call = kind === "exec" ? null : lastBefore(forks.get(parent), time, to);
    if (call) return { track: call.track, depth: call.depth, time: Math.min(call.end, Math.max(call.start, time)) };
    return { track: from, depth: 0, time: Math.min(time, from.to) };
  }

  function processFlow(trace, number, forks) {
    const found = processTree.parentOf(trace, number);
    const to = found && firstTrack(trace, number);
    const from = to && beginOf(trace, number, found, to, forks);
    return from ? { kind: found.kind, from, to: { track: to, time: to.from } } : null;
  }

  function threadFlow(track, threads) {
    const call = lastBefore(threads.get(track.facts.process), track.from, track);
    if (!call) return null;
    return { kind: "thread", from: { track: call.track, depth: call.depth, time: Math.min(call.end, track.from) }, to: { track, time: track.from } };
  }

  // [{kind: fork, exec, spawn or thread, from: {track, depth, time}, to: {track, time}}]
  function of(trace) {
    if (trace.tracks.length < 2) return [];
    const forks = trace.processes.length > 1 ? starts(trace, FORKS) : new Map();
    const threads = starts(trace, THREADS);
    const firsts = new Set(trace.processes.map((_, number) => firstTrack(trace, number)));
    const list = trace.processes.map((_, number) => processFlow(trace, number, forks));
    for (const track of trace.tracks) if (track.levels.length && !firsts.has(track)) list.push(threadFlow(track, threads));
    return list.filter(Boolean);
  }

  return { of };
})();
