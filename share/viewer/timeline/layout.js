// SPDX-License-Identifier: Apache-2.0
//
// layout.js: where each process, thread and row of spans lies from top to
// bottom, in CSS pixels.  No DOM.
"use strict";

class Layout {
  static ROW = 19; // a row of spans, with the line of background below it
  static PROCESS = 30;
  static HEAD = 8; // above the first row of a thread
  static FOOT = 9;
  static MARKERS = 18; // the row of a thread's instants, above its calls
  static COUNTER = 46;
  static LEAST = 2; // a thread is at least this many rows high, for its label

  constructor(trace) {
    this.trace = trace;
    this.collapsedTracks = new Set();
    this.collapsedProcesses = new Set();
    this.pinned = new Set(); // tracks and counters that come first, as they were pinned
    this.order = trace.tracks.slice(); // of tracks, inside their processes
    this.filter = ""; // what the names of tracks or processes shown contain
    this.items = [];
    this.byTrack = new Map(); // the items of tracks
    this.byProcess = new Map(); // and those of processes
    this.height = 0;
  }

  // Lay it out again: levels came, or something was collapsed.
  update() {
    this.items = [];
    let y = this.addPinned(0);
    for (const [process, depth, tracks] of this.grouped()) {
      this.items.push({ kind: "process", process, depth, tracks, y, height: Layout.PROCESS });
      y += Layout.PROCESS;
      if (this.collapsedProcesses.has(process)) continue;
      y = this.addAll([...this.countersOf(process), ...tracks], y);
    }
    this.height = y;
    this.byTrack = new Map(this.items.filter((item) => item.kind === "track").map((item) => [item.track, item]));
    this.byProcess = new Map(this.items.filter((item) => item.kind === "process").map((item) => [item.process, item]));
  }

  addPinned(begin) {
    if (!this.pinned.size) return begin;
    this.items.push({ kind: "process", process: -1, depth: 0, tracks: [], y: begin, height: Layout.PROCESS });
    return this.addAll(this.pinned, begin + Layout.PROCESS);
  }

  // Tracks and counters, one below the other.
  addAll(list, begin) {
    let y = begin;
    for (const one of list) {
      const item = one instanceof Counter ? { kind: "counter", counter: one, y, height: Layout.COUNTER } : this.trackItem(one, y);
      this.items.push(item);
      y += item.height;
    }
    return y;
  }

  isWanted(track) {
    if (this.pinned.has(track)) return false; // it is there already
    const { name, command, pid } = this.trace.processes[track.facts.process] || {};
    const text = `${track.facts.name} ${track.facts.tid} ${name} ${command} ${pid}`;
    return text.toLowerCase().includes(this.filter.toLowerCase());
  }

  countersOf(process) {
    const { name, command, pid } = this.trace.processes[process] || {};
    const wanted = (text) => text.toLowerCase().includes(this.filter.toLowerCase());
    return this.trace.counters.filter((counter) => counter.process === process && !this.pinned.has(counter) && wanted(`${counter.name} ${name} ${command} ${pid}`));
  }

  // [process, its depth in the tree of processes, its tracks that are shown]
  grouped() {
    this.tree = this.tree || processTree.order(this.trace);
    const groups = new Map(this.tree.map(([process]) => [process, []]));
    for (const track of this.order) {
      if (track.isEmpty || !this.isWanted(track)) continue;
      const process = track.facts.process;
      if (!groups.has(process)) groups.set(process, []);
      groups.get(process).push(track);
    }
    const depths = new Map(this.tree);
    return [...groups].filter(([process, tracks]) => tracks.length || this.countersOf(process).length).map(([process, tracks]) => [process, depths.get(process) || 0, tracks]);
  }

  trackItem(track, y) {
    const rows = this.collapsedTracks.has(track) ? 1 : track.rows;
    const above = track.instants.length ? Layout.MARKERS : 0;
    const height = Layout.HEAD + Math.max(rows * Layout.ROW + above, Layout.LEAST * Layout.ROW) + Layout.FOOT;
    return { kind: "track", track, rows, y, height, markersY: y + Layout.HEAD - 3, rowsY: y + Layout.HEAD + above };
  }

  // Put a track before or behind another one of its process.
  move(track, other, isAfter) {
    const put = (list) => {
      const rest = list.filter((one) => one !== track);
      rest.splice(rest.indexOf(other) + (isAfter ? 1 : 0), 0, track);
      return rest;
    };
    if (this.pinned.has(track)) this.pinned = new Set(put([...this.pinned]));
    else this.order = put(this.order);
  }

  // What lies between top and bottom.
  visible(top, bottom) {
    return this.items.filter((item) => item.y < bottom && item.y + item.height > top);
  }

  itemAt(y) {
    return this.items.find((one) => y >= one.y && y < one.y + one.height);
  }

  // The level at y, or null.
  levelAt(y) {
    const item = this.itemAt(y);
    if (!item || item.kind !== "track" || y < item.rowsY) return null;
    const row = Math.floor((y - item.rowsY) / Layout.ROW);
    return row < item.rows ? { track: item.track, row, level: item.track.levels[row] || null } : null;
  }

  itemOf(track) {
    return this.byTrack.get(track);
  }

  // Where the row of a level starts; where the track is collapsed or its process
  // is, that of what stands for it.
  yOf(track, depth) {
    const item = this.itemOf(track);
    if (item) return item.rowsY + Math.min(depth, item.rows - 1) * Layout.ROW;
    const process = this.byProcess.get(track.facts.process);
    return process ? process.y : -1e6; // filtered out: nowhere
  }
}
