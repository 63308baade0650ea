// SPDX-License-Identifier: Apache-2.0
//
// raised.js: exceptions of a recording: what each one tells, which calls it ended,
// and those of one kind that were raised in one line and caught by one call.  No DOM.
"use strict";

class Raised {
  // track.instants[index], or a control that is no error.
  constructor(track, entry, index = -1) {
    Object.assign(this, { track, index, number: entry.number, time: entry.time });
    this.told = Raised.parse(entry.value);
  }

  static parse(text) {
    try {
      return JSON.parse(text) || {};
    } catch {
      return {};
    }
  }

  static is(names, number) {
    return names.kind[number] === Names.EXCEPTION;
  }

  // The user's own code raised it, caught it or did not.
  static isOwn(names, text) {
    const { function: where, caught } = Raised.parse(text);
    return caught === null || [where, caught].some((name) => names.rank[names.numbers.get(name)] === Names.OWN);
  }

  get instant() {
    return this.index < 0 ? null : new Instant(this.track, this.index);
  }

  // "ValueError: no money"
  text(names) {
    const { message } = this.told;
    return names.full[this.number] + (message ? ": " + message : "");
  }

  static place(name, line) {
    return name + (line ? ", line " + line : "");
  }

  get raisedIn() {
    return Raised.place(this.told.function || "", this.told.line);
  }

  // "" where it is not known.
  get caughtBy() {
    if (this.told.caught === null) return "nobody";
    return this.told.caught ? Raised.place(this.told.caught, this.told.caught_line) : "";
  }

  // The calls that it ended, innermost first, as far as they are there.
  ended(names) {
    const list = [];
    let span = Instant.callAt(this.track, this.time);
    let left = Math.min(this.told.calls || 0, 100000);
    if (span && left && names.full[span.function] !== this.told.function) left--; // the first one is over
    for (; span && left > 0; left--, span = span.parent) list.push(span);
    return list;
  }

  // How long the outermost of them had run: what was lost.
  cost(names) {
    const list = this.ended(names);
    return list.length ? list[list.length - 1].duration : 0;
  }

  // Errors of tracks, between from and to.
  static in(tracks, names, from = -Infinity, to = Infinity) {
    const list = [];
    for (const track of tracks)
      track.instants.forEach((entry, index) => {
        if (entry.time >= from && entry.time <= to && Raised.is(names, entry.number)) list.push(new Raised(track, entry, index));
      });
    return list;
  }

  // [{first, list, calls, cost, most: the dearest one}], the dearest first.
  static groups(list, names) {
    const groups = new Map();
    for (const one of list) {
      const key = [one.number, one.raisedIn, one.caughtBy].join("\n");
      if (!groups.has(key)) groups.set(key, { first: one, list: [], calls: 0, cost: 0 });
      const group = groups.get(key);
      one.lost = one.cost(names);
      group.list.push(one);
      group.calls += one.told.calls || 0;
      group.cost += one.lost;
    }
    return [...groups.values()].sort((a, b) => b.cost - a.cost || b.list.length - a.list.length);
  }

  // The one that ended a call; or null.
  static ending(span, names) {
    const { track } = span;
    for (const entries of [track.instants, track.controls]) {
      let i = Column.bound(entries, entries.length, (entry) => entry.time > span.end) - 1;
      for (let left = 200; i >= 0 && left > 0 && entries[i].time >= span.start; i--, left--) {
        if (!Raised.is(names, entries[i].number)) continue;
        const one = new Raised(track, entries[i], entries === track.instants ? i : -1);
        if (one.ended(names).some((call) => call.is(span))) return one;
      }
    }
    return null;
  }
}
