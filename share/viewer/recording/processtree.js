// SPDX-License-Identifier: Apache-2.0
//
// processtree.js: which process started which, the order in which they are
// shown, and how each ended.  No DOM.
"use strict";

const processTree = (() => {
  const SIGNALS = { 1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ" };

  function kindOf(trace, parent, number) {
    const child = trace.processes[number];
    if (child.forked_from === parent) return "fork";
    return trace.processes[parent].pid === child.pid ? "exec" : "spawn";
  }

  // By the pids, where nothing else is known: the image before of the same pid,
  // or the parent's last one.  Processes are in order of their start.
  function guess({ processes }, number) {
    const { pid, parent_pid: parent } = processes[number];
    const before = (wanted) => processes.findLastIndex((one, i) => i < number && one.pid === wanted);
    return before(pid) >= 0 ? before(pid) : before(parent);
  }

  // {parent, kind: fork, exec or spawn, origin: {track, ns} or null} of the
  // process with that number, or null.
  function parentOf(trace, number) {
    const { origin, forked_from: forked } = trace.processes[number];
    const track = origin && trace.tracks[origin.track];
    const parent = track ? track.facts.process : (forked ?? guess(trace, number));
    if (parent < 0 || parent === number || !trace.processes[parent]) return null;
    return { parent, kind: kindOf(trace, parent, number), origin: track ? { track, ns: origin.ns } : null };
  }

  // Numbers of processes with their depth, children behind their parent, each
  // in order of start: [[number, depth]].
  function order(trace) {
    const children = new Map([[-1, []]]);
    trace.processes.forEach((_, number) => {
      const found = parentOf(trace, number);
      const parent = found && found.parent < number ? found.parent : -1; // never a circle
      if (!children.has(parent)) children.set(parent, []);
      children.get(parent).push(number);
    });
    const list = [];
    const pending = children.get(-1).map((number) => [number, 0]).reverse();
    while (pending.length) {
      const [number, depth] = pending.pop();
      list.push([number, depth]);
      for (const child of (children.get(number) || []).slice().reverse()) pending.push([child, depth + 1]);
    }
    return list;
  }

  function count(number, one, many) {
    return number.toLocaleString("en") + " " + (number === 1 ? one : many);
  }

  // Greenlets have tracks of their own, but are not threads.
  function threadsText(tracks) {
    const greenlets = tracks.filter((track) => track.facts.greenlet).length;
    const threads = tracks.length - greenlets;
    const told = [threads || !greenlets ? count(threads, "thread", "threads") : "", greenlets ? count(greenlets, "greenlet", "greenlets") : ""];
    return told.filter(Boolean).join(", ");
  }

  // As a shell would say it; null where it is not known.
  function exitText(status) {
    if (status === null || status === undefined) return null;
    const signal = status & 127;
    return signal ? "killed by " + (SIGNALS[signal] || "signal " + signal) : "exit " + ((status >> 8) & 255);
  }

  // The same of one of many processes: a pool ends its workers by SIGTERM.
  function failureText(status) {
    const signal = status & 127;
    return signal ? "ended by " + (SIGNALS[signal] || "signal " + signal) : "failed";
  }

  // How a process ended, and whether that was in order.
  function endOf({ status, ended, replaced, running }) {
    if (replaced) return { text: "replaced by another program", isBad: false };
    if (running) return { text: "still runs", isBad: false };
    const text = exitText(status);
    if (text) return { text, isBad: status !== 0 };
    return ended === false ? { text: "did not exit cleanly", isBad: true } : null;
  }

  return { parentOf, order, count, threadsText, exitText, failureText, endOf };
})();
