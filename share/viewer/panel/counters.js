// SPDX-License-Identifier: Apache-2.0
//
// counters.js: the page of the program's counters: what each of their series
// was, in the whole recording or in the selected area.
"use strict";

class Counters {
  // act: {revealCounter}
  constructor({ state, colours, act }) {
    Object.assign(this, { state, colours });
    this.grid = new Grid("Counters", this.columns(), (row) => act.revealCounter(row.counter));
    this.grid.sort.up = true;
    this.grid.element.classList.add("counters");
    this.caption = dom.make("span.caption");
    this.element = dom.make("div.functions", {}, dom.make("div.bar", {}, this.caption), this.grid.element);
    state.on("totals range", () => this.update());
    state.on("theme", () => this.grid.draw());
  }

  columns() {
    const number = (title, hint, key) => ({ title, hint, value: (row) => row[key], text: (row) => (Number.isNaN(row[key]) ? "–" : Counter.text(row[key])) });
    return [
      { title: "Counter", value: (row) => row.name, text: (row) => this.nameCell(row) },
      { title: "Process", hint: "The process that set it", value: (row) => row.process, text: (row) => row.process },
      number("Values", "How often it was set", "count"),
      number("First", "The value at the start", "first"),
      number("Last", "The value at the end", "last"),
      number("Min", "The smallest value", "least"),
      number("Max", "The largest value", "most"),
      number("Mean", "Mean over the time in which it has a value", "mean"),
    ];
  }

  nameCell(row) {
    return dom.make("span", { title: "Show it in the timeline" }, dom.chip(this.colours.css(row.series.number)), row.name.slice(0, 300));
  }

  update() {
    const { trace, totals, range: [from, to], rangeText } = this.state;
    if (!totals) return;
    this.caption.textContent = rangeText;
    this.grid.set(trace.counters.flatMap((counter) => counter.series.map((series) => Counters.row(trace, counter, series, from, to))));
  }

  static row(trace, counter, series, from, to) {
    const { pid = 0, name = "process" } = trace.processes[counter.process] || {};
    const full = counter.series.length > 1 ? `${counter.name}: ${series.name}` : counter.name;
    return { counter, series, name: full, process: `${name} ${pid}`.trim(), ...series.facts(from, to) };
  }
}
