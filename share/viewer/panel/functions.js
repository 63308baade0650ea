// SPDX-License-Identifier: Apache-2.0
//
// functions.js: the table of all functions, for the whole recording or for the
// selected area.
"use strict";

class Functions {
  // act: {selectSlowest}; buttons: what stands over the table.
  constructor({ state, colours, act }, buttons) {
    Object.assign(this, { state, colours });
    this.grid = new Grid("Functions", this.columns(), (row) => act.selectSlowest(row.number), () => this.whyEmpty());
    this.grid.sort = { column: 2, up: false };
    this.title = dom.make("div.caption");
    this.filter = dom.make("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the table", oninput: () => this.fill() });
    this.element = dom.make("div.functions", {}, dom.make("div.bar", {}, this.title, dom.make("div.actions", {}, ...buttons, this.filter)), this.grid.element);
    state.on("totals range", () => this.count());
    state.on("theme", () => this.fill());
  }

  columns() {
    const span = (title, hint, value) => ({ title, hint, value, text: (row) => time.duration(value(row)) });
    return [
      { title: "Function", value: (row) => this.state.trace.names.full[row.number], text: (row) => this.nameCell(row) },
      { title: "Calls", hint: "How often it was called", value: (row) => row.calls, text: (row) => row.calls.toLocaleString("en") },
      { title: "Self", hint: "Time in the function itself", value: (row) => row.self, text: (row) => time.duration(row.self) },
      { title: "Share", hint: "Time in the function itself, of all traced time in all threads", value: (row) => row.self, text: (row) => this.shareCell(row.self) },
      { title: "Total", hint: "Time in the function and in everything it called; recursive calls count once", value: (row) => row.total, text: (row) => time.duration(row.total) },
      span("Min", "The shortest call", (row) => row.min),
      span("Mean", "Mean of all calls", (row) => row.mean),
      span("Median", "Half of the calls took no longer", (row) => this.quantile(row, 0.5)),
      span("p95", "95 of 100 calls took no longer", (row) => this.quantile(row, 0.95)),
      span("p99", "99 of 100 calls took no longer", (row) => this.quantile(row, 0.99)),
      span("Max", "The longest call", (row) => row.max),
    ];
  }

  quantile(row, share) {
    return this.durations ? this.durations.quantile(row.number, share) : NaN;
  }

  nameCell(row) {
    const { names } = this.state.trace;
    const cell = dom.make("span", { title: names.location(row.number) }, dom.chip(this.colours.css(row.number)), names.short[row.number].slice(0, 300));
    cell.append(dom.make("small", {}, names.where(row.number)));
    return cell;
  }

  // The longest bar is that of the largest share.
  shareCell(ns) {
    const bar = dom.make("i.share");
    bar.style.width = (100 * Math.max(0, ns)) / this.most + "%";
    return dom.make("span", {}, bar, dom.make("b", {}, time.share(Math.max(0, ns), this.totals.time)));
  }

  // The sums at once, the percentiles, which take longer, a moment later.
  async count() {
    const { trace, area, totals, durations, rangeText } = this.state;
    if (!totals) return;
    if (!area) return this.update(totals, durations, rangeText);
    const part = Totals.of(trace, ...area);
    this.update(part, null, rangeText);
    await Loader.rest();
    if (this.state.area === area) this.update(part, new Durations(trace, part, ...area), rangeText);
  }

  // The totals and durations, and what stretch they are of.
  update(totals, durations, caption) {
    this.totals = totals;
    this.durations = durations;
    this.most = totals.self.reduce((most, ns) => Math.max(most, ns), 1);
    this.title.textContent = caption;
    this.fill();
  }

  fill() {
    if (!this.totals) return;
    const { names } = this.state.trace;
    const wanted = this.filter.value ? names.find(this.filter.value) : null;
    const rows = this.rows().filter((row) => !wanted || wanted[row.number]);
    this.grid.set(rows);
  }

  whyEmpty() {
    if (!this.totals) return "";
    return this.filter.value ? "No function matches the filter." : "No call ran here. Each function that ran has a row.";
  }

  rows() {
    const { totals } = this;
    const rows = [];
    for (let number = 0; number < totals.spans.length; number++) {
      if (!totals.spans[number]) continue;
      rows.push({
        number,
        calls: totals.calls[number],
        self: totals.self[number],
        total: totals.total[number],
        min: totals.min[number],
        mean: totals.mean(number),
        max: totals.max[number],
      });
    }
    return rows;
  }
}
