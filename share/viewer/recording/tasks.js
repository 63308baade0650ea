// SPDX-License-Identifier: Apache-2.0
//
// tasks.js: the tasks of event loops, as the page says them at its end: when each one
// ran, and what it awaited meanwhile.  No DOM.
"use strict";

class Task {
  // from, to: from its begin to its end, or that of its thread.
  constructor(row, track) {
    const steps = Array.isArray(row.steps) ? row.steps : [];
    const count = Math.floor(steps.length / 3);
    Object.assign(this, { track, name: String(row.name), function: row.function, ended: row.ended || "", steps: row.count || count, running: row.running_ns || 0 });
    this.parent = null;
    this.count = count;
    this.start = new Float64Array(count);
    this.end = new Float64Array(count);
    this.awaited = new Int32Array(count); // a function; -1: none
    this.from = row.start_ns;
    let now = row.start_ns;
    for (let i = 0; i < count; i++) {
      now += steps[3 * i];
      this.start[i] = now;
      now += steps[3 * i + 1];
      this.end[i] = now;
      this.awaited[i] = steps[3 * i + 2] - 1;
    }
    this.to = this.ended ? now : Math.max(now, track.to);
  }

  // The first step that ends after time.
  after(time) {
    return Column.bound(this.end, this.count, (end) => end > time);
  }

  // {isRunning, since, until, awaited}: what it does then.  awaited -1: it is not known,
  // or it has not begun.
  at(time) {
    const i = this.after(time);
    if (i < this.count && this.start[i] <= time) return { isRunning: true, since: this.start[i], until: this.end[i], awaited: -1 };
    return { isRunning: false, since: i ? this.end[i - 1] : this.from, until: i < this.count ? this.start[i] : this.to, awaited: i ? this.awaited[i - 1] : -1, isNew: i === 0 };
  }

  // "Task-3 fetch", or once where both are the same.
  title(names) {
    const label = names.label(this.function);
    return [names.full[this.function], label].includes(this.name) ? label : `${this.name} ${label}`;
  }

  // What it did at that time, in words, and facts: [term, value] each.
  told(at, names) {
    const now = this.at(at);
    const rows = [[now.isRunning ? "runs for" : "waits for", time.duration(now.until - now.since)]];
    if (!now.isRunning) rows.push(["awaits", now.isNew ? "its first step" : now.awaited >= 0 ? names.full[now.awaited] || "unknown" : "unknown"]);
    rows.push(["lives for", time.duration(this.to - this.from)], ["running", time.duration(this.running)], ["steps", this.steps.toLocaleString("en")]);
    rows.push(["ended", this.ended || "not yet"]);
    if (this.parent) rows.push(["made by", this.parent.title(names).slice(0, 100)]);
    return rows;
  }

  // Those of a recording that is whole, by track.
  static of(trace) {
    const rows = trace.end && Array.isArray(trace.end.tasks) ? trace.end.tasks : [];
    const all = rows.map((row) => (trace.tracks[row.track] && trace.names.full[row.function] !== undefined ? new Task(row, trace.tracks[row.track]) : null));
    rows.forEach((row, i) => all[i] && (all[i].parent = all[row.parent] || null));
    const byTrack = new Map();
    for (const task of all) {
      if (!task) continue;
      if (!byTrack.has(task.track)) byTrack.set(task.track, []);
      byTrack.get(task.track).push(task);
    }
    return byTrack;
  }
}
