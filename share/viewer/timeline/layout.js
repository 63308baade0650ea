// SPDX-License-Identifier: Apache-2.0
//
// layout.js: where each process, thread and row of spans lies from top to
// bottom, in CSS pixels.  An item of kind "track" is a lane: its tracks are one
// thread, or several that share it (lanes.js).  No DOM.
"use strict";

class Layout {
  static ROW = 19; // a row of spans, with the line of background below it
  static PROCESS = 30;
  static HEAD = 8; // above the first row of a thread
  static FOOT = 9;
  static MARKERS = 18; // the row of a thread's instants, above its calls
  static WAITS = 10; // the strip of its waits, below them
  static COUNTER = 46;
  static BELOW = new Set(["context switches/s", "open files", "threads", "Python blocks"]); // counters behind the threads
  static LEAST = 2; // a thread is at least this many rows high, for its label
  static ROWS = 12; // that a thread beside others has until it is opened
  static FEW = 2; // so many more are not worth a click

  constructor(trace, shown = new Shown(trace)) {
    this.trace = trace;
    this.shown = shown;
    this.collapsedTracks = new Set();
    this.collapsedProcesses = new Set();
    this.opened = new Set(); // tracks that show all their rows
    this.isOpen = false; // all of them do
    this.apart = new Set(); // tracks that share no lane
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
    const groups = this.grouped();
    const shown = groups.reduce((sum, [, , tracks]) => sum + tracks.length, this.pinned.size);
    this.most = this.isOpen || shown === 1 ? Infinity : Layout.ROWS;
    let y = this.addPinned(0);
    for (const [process, depth, tracks] of groups) y = this.addProcess(process, depth, tracks, y);
    this.height = y;
    this.byTrack = new Map(this.lanes.flatMap((item) => item.tracks.map((track) => [track, item])));
    this.byProcess = new Map(this.items.filter((item) => item.kind === "process").map((item) => [item.process, item]));
  }

  get lanes() {
    return this.items.filter((item) => item.kind === "track");
  }

  addPinned(begin) {
    if (!this.pinned.size) return begin;
    return this.addSection({ process: -1, depth: 0, tracks: [] }, [...this.pinned], begin);
  }

  addProcess(process, depth, tracks, begin) {
    const counters = this.countersOf(process);
    const [above, below] = [false, true].map((isBelow) => counters.filter(({ name }) => Layout.BELOW.has(name) === isBelow));
    const list = this.collapsedProcesses.has(process) ? [] : [...above, ...tracks, ...below];
    return this.addSection({ process, depth, tracks }, list, begin);
  }

  // A title and what is below it; extent: the height of both.
  addSection(title, list, begin) {
    const item = { kind: "process", ...title, y: begin, height: Layout.PROCESS };
    this.items.push(item);
    const y = this.addAll(list, begin + Layout.PROCESS);
    item.extent = y - begin;
    return y;
  }

  // Tracks and counters, one lane below the other.
  addAll(list, begin) {
    let y = begin;
    for (const lane of lanes.of(list, this.apart, this.trace.to - this.trace.from)) {
      const [one] = lane;
      const item = one instanceof Counter ? { kind: "counter", counter: one, y, height: Layout.COUNTER } : this.trackItem(lane, y);
      this.items.push(item);
      y += item.height;
      const tasks = item.kind === "track" && !this.isCollapsed(lane) ? this.tasksItem(lane, y) : null;
      if (tasks) this.items.push(tasks);
      y += tasks ? tasks.height : 0;
    }
    return y;
  }

  // The tasks of a thread, below it; null where there are none.
  tasksItem(tracks, y) {
    const tasks = TaskRows.of(this.trace, tracks);
    if (!tasks) return null;
    const all = tasks.rows.length;
    const isCut = all > TaskRows.MOST + Layout.FEW;
    const rows = isCut && !this.opened.has(tasks) ? TaskRows.MOST : all;
    const height = Math.max(rows * TaskRows.ROW, Layout.ROW) + Layout.FOOT;
    return { kind: "tasks", tasks, tracks, rows, isCut, deeper: all - rows, y, rowsY: y + 2, height };
  }

  isWanted(track) {
    if (this.pinned.has(track)) return false; // it is there already
    const { name, command, pid } = this.trace.processes[track.facts.process] || {};
    const text = `${track.facts.name} ${track.facts.tid} ${name} ${command} ${pid}`;
    return text.toLowerCase().includes(this.filter.toLowerCase());
  }

  // The tracks of a recording that a filter would leave.
  static wanted(trace, filter) {
    return Object.assign(new Layout(trace), { filter }).wantedTracks;
  }

  // Those that the filter leaves.
  get wantedTracks() {
    return this.trace.tracks.filter((track) => !track.isEmpty && (this.pinned.has(track) || this.isWanted(track)));
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

  // deeper: how many of its rows are left out; isCut: whether some are, or would
  // be, were it not opened.
  trackItem(tracks, y) {
    const all = Math.max(...tracks.map((track) => this.shown.of(track).rows));
    const isCut = all > this.most + Layout.FEW && !this.isCollapsed(tracks);
    const shown = isCut && !tracks.some((track) => this.opened.has(track)) ? this.most : all;
    const rows = this.isCollapsed(tracks) ? 1 : shown;
    const instants = tracks.length === 1 ? tracks[0].instants : tracks.flatMap((track) => track.instants);
    const above = instants.length ? Layout.MARKERS : 0;
    const strip = tracks.some(({ waits }) => waits.isKnown) ? Layout.WAITS : 0;
    const height = Layout.HEAD + Math.max(rows * Layout.ROW + above + strip, Layout.LEAST * Layout.ROW) + Layout.FOOT;
    const rowsY = y + Layout.HEAD + above;
    const waitsY = strip && rowsY + rows * Layout.ROW + (isCut ? Layout.FOOT - 3 : 1);
    return { kind: "track", track: tracks[0], tracks, instants, rows, isCut, deeper: isCut ? all - rows : 0, y, height, markersY: y + Layout.HEAD - 3, rowsY, waitsY };
  }

  isCollapsed(tracks) {
    return tracks.every((track) => this.collapsedTracks.has(track));
  }

  // Put the tracks of a lane before or behind those of another one of the process.
  move(tracks, others, isAfter) {
    const put = (list) => {
      const rest = list.filter((one) => !tracks.includes(one));
      const places = others.map((other) => rest.indexOf(other));
      rest.splice(isAfter ? Math.max(...places) + 1 : Math.min(...places), 0, ...tracks);
      return rest;
    };
    if (this.pinned.has(tracks[0])) this.pinned = new Set(put([...this.pinned]));
    else this.order = put(this.order);
  }

  // The threads that would share lanes with track go back to them.
  join(track) {
    const stem = lanes.stem(track.facts.name);
    for (const one of this.apart) if (one.facts.process === track.facts.process && lanes.stem(one.facts.name) === stem) this.apart.delete(one);
  }

  // What lies between top and bottom.
  visible(top, bottom) {
    return this.items.filter((item) => item.y < bottom && item.y + item.height > top);
  }

  itemAt(y) {
    return this.items.find((one) => y >= one.y && y < one.y + one.height);
  }

  // How much of what is shown from top on the title hides that stays there.
  covered(top) {
    const title = this.items.findLast((item) => item.kind === "process" && item.y <= top);
    return title ? Math.max(0, Math.min(Layout.PROCESS, title.y + title.extent - top)) : 0;
  }

  // The lane and its row at y, or null.
  rowAt(y) {
    const item = this.itemAt(y);
    if (!item || item.kind !== "track" || y < item.rowsY) return null;
    const row = Math.floor((y - item.rowsY) / Layout.ROW);
    return row < item.rows ? { item, row } : null;
  }

  itemOf(track) {
    return this.byTrack.get(track);
  }

  // Whether it, or its collapsed process, is anywhere.
  has(track) {
    return this.byTrack.has(track) || (this.collapsedProcesses.has(track.facts.process) && this.isWanted(track));
  }

  // Where the row of a call starts, or of the box that it is in; where the track is
  // collapsed or its process is, that of what stands for it.
  yOf(span) {
    return this.yOfRow(span.track, this.shown.rowOf(span));
  }

  yOfRow(track, row) {
    const item = this.itemOf(track);
    if (item) return item.rowsY + Math.min(row, item.rows - 1) * Layout.ROW;
    const process = this.byProcess.get(track.facts.process);
    return process ? process.y : -1e6; // filtered out: nowhere
  }
}
