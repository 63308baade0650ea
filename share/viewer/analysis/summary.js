// SPDX-License-Identifier: Apache-2.0
//
// summary.js: a recording in one line: what its imports took, its slowest own
// function, what is slow.  A part is {text, and what it leads to: function, call
// or tab}.  No DOM.
"use strict";

class Summary {
  static LEAST = 0.05; // of the time, for imports to be told
  static WORTH = 0.8; // of the time; more is not worth to leave the rest out

  // state: {trace, totals}, the latter once parts are asked for.
  constructor(state) {
    const { trace } = state;
    Object.assign(this, { state, trace, names: trace.names });
    this.imports = imports.of(trace);
    this.own = ownCode.functions(trace.names);
  }

  get totals() {
    return this.state.totals;
  }

  // Of the thread that imported for longest.
  get importShare() {
    const { track, time } = this.imports;
    return track ? time / (track.to - track.from) : 0;
  }

  // Where the user's own code ran, if most of the time is imports; else null.
  get opening() {
    const found = this.importShare > 0.5 ? imports.beside(this.trace, this.imports, new Hits(this.own)) : null;
    return found && found[1] - found[0] < Summary.WORTH * (this.trace.to - this.trace.from) ? found : null;
  }

  get parts() {
    if (!this.trace.calls) return [{ text: "No call was recorded" }];
    const told = this.importShare >= Summary.LEAST ? this.importPart : null;
    const slowest = this.slowestOwn;
    return [told, slowest, told && slowest ? null : this.mostSelf, this.slowPart].filter(Boolean);
  }

  get importPart() {
    const { track, time: ns, longest } = this.imports;
    const where = this.trace.tracks.filter((one) => !one.isEmpty).length > 1 ? ` in ${this.placeOf(track)}` : "";
    return { text: `${time.duration(ns)} of ${time.duration(track.to - track.from)}${where} are imports`, call: longest, title: "Show the import that took longest" };
  }

  // "the main thread", "thread loader of process 4711".
  placeOf({ facts }) {
    const { processes } = this.trace;
    const [, name, interpreter] = /^(.*?)(?: \(interpreter (\d+)\))?$/s.exec(facts.name);
    const thread = name === "MainThread" ? "the main thread" : `thread ${name.slice(0, 60)}`;
    const owner = interpreter ? ` of interpreter ${interpreter}` : "";
    return thread + owner + (processes.length > 1 ? ` of process ${processes[facts.process]?.pid}` : "");
  }

  // The function with the greatest value that isWanted, or -1.
  greatest(values, isWanted) {
    let best = -1;
    for (let number = 0; number < this.totals.spans.length; number++) {
      if (this.totals.spans[number] && isWanted(number) && (best < 0 || values[number] > values[best])) best = number;
    }
    return best;
  }

  // By its longest call: the sum of all would count a call twice that a fork copied.
  get slowestOwn() {
    const { totals, names } = this;
    const number = this.greatest(totals.max, (one) => this.own[one]);
    if (number < 0) return null;
    const isStep = totals.steps(number) > totals.calls[number]; // it is suspended and goes on
    const what = { function: number, title: isStep ? "Show its longest step" : "Show its longest call" };
    return { before: "slowest own function: ", text: `${names.label(number).slice(0, 80)} ${time.duration(totals.max[number])}`, after: isStep ? " in one step" : "", ...what };
  }

  get mostSelf() {
    const { totals, names } = this;
    const number = this.greatest(totals.self, (one) => names.kind[one] !== Names.TRACER && one !== names.omitted);
    if (number < 0) return null;
    return { before: "most time in itself: ", text: `${names.label(number).slice(0, 80)} ${time.duration(totals.self[number])}`, after: waits.isOne(names, number) ? ", which waits" : "", function: number, title: "Show its longest call" };
  }

  get slowPart() {
    const rows = outliers.told(this.trace.end);
    if (!rows) return null;
    const whose = rows.length === 1 ? this.names.label(rows[0].number).slice(0, 80) : `${rows.length.toLocaleString("en")} functions`;
    return { text: rows.length ? `slow calls of ${whose} to look at` : "no slow calls", tab: "slow", title: "Open the tab of slow calls" };
  }
}
