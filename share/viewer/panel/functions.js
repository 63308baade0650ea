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
    this.grid.sort = { column: 3, up: false }; // Share
    this.title = dom.make("div.caption");
    this.foot = dom.make("p.foot");
    this.filter = dom.make("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the table", oninput: () => this.fill() });
    this.waiting = dom.make("button", { type: "button", title: "Leave out functions that wait, here, in the flame graph and in the call tree", onclick: () => state.skipWaits(!state.skipsWaits) }, "without waits");
    this.choice = new ColumnChoice(() => this.rearrange());
    this.element = dom.make("div.functions", {}, dom.make("div.bar", {}, this.title, dom.make("div.actions", {}, this.waiting, this.choice.element, ...buttons, this.filter)), this.grid.element, this.foot);
    state.on("totals range", () => this.count());
    state.on("shown", () => this.totals && this.rearrange());
    state.on("theme", () => this.fill());
  }

  // Steps, libraries and time at work where they are something else than calls,
  // nothing and the total.
  columns({ hasSteps = false, isOwn = false, hasWaits = false, hasCpu = false } = {}) {
    const span = (title, hint, value, width = "78px", name = title.toLowerCase()) => ({ title, hint, value, width, text: (row) => time.duration(value(row)), csv: [name + "_ns", (row) => Math.round(value(row))] });
    const count = (title, hint, value) => ({ title, hint, value, width: "80px", text: (row) => value(row).toLocaleString("en"), csv: [title.toLowerCase(), value] });
    const list = [
      { title: "Function", width: "minmax(180px, 1fr)", value: (row) => this.state.trace.names.full[row.number], text: (row) => this.nameCell(row) },
      count("Calls", "How often it was called", (row) => row.calls),
      hasSteps && count("Steps", "How often it ran: a generator or coroutine goes on where it was paused. Min, Mean, Median, p95, p99 and Max are of steps", (row) => row.steps),
      span("Self", "Time in the function itself", (row) => row.self, "90px"),
      isOwn && span("In libraries", "Time in code that is not yours and that it called, without what that called back", (row) => row.libraries, "90px", "libraries"),
      { title: "Share", hint: isOwn ? "Time in the function itself and in libraries, of all traced time in all threads" : "Time in the function itself, of all traced time in all threads", width: "104px", value: (row) => row.part, text: (row) => this.shareCell(row.part), csv: ["share_percent", (row) => this.percent(row.part)] },
      span("Total", "Time in the function and in everything it called; recursive calls count once", (row) => row.total, "90px"),
      hasWaits && !hasCpu && span("At work", "Total without the calls inside that wait for a time, a lock, a thread, a process or data", (row) => row.work, "84px", "work"),
      hasCpu && span("CPU", "Total without the time in which the thread was not on the CPU: blocked or preempted", (row) => row.cpu, "84px", "cpu"),
      hasCpu && { title: "On CPU", hint: "How much of the total that is", width: "72px", value: (row) => row.cpu / row.total, text: (row) => time.share(row.cpu, row.total), csv: ["on_cpu_percent", (row) => ((100 * row.cpu) / row.total).toFixed(2)] },
      span("Min", "The shortest call", (row) => row.min),
      span("Mean", "Mean of all calls", (row) => row.mean),
      span("Median", "Half of the calls took no longer", (row) => this.quantile(row, 0.5)),
      span("p95", "95 of 100 calls took no longer", (row) => this.quantile(row, 0.95)),
      span("p99", "99 of 100 calls took no longer", (row) => this.quantile(row, 0.99)),
      span("Max", "The longest call", (row) => row.max),
    ];
    return list.filter(Boolean);
  }

  quantile(row, share) {
    return this.durations ? this.durations.quantile(row.number, share) : NaN;
  }

  nameCell(row) {
    const { names } = this.state.trace;
    const cell = dom.make("span", { title: names.location(row.number) }, dom.chip(this.colours.css(row.number)), names.short[row.number].slice(0, 300));
    cell.append(waitMark(this.state.waits, row.number), throttleMark(this.state.trace, row.number), dom.make("small", {}, names.where(row.number)));
    return cell;
  }

  // The longest bar is that of the largest share.
  shareCell(ns) {
    const bar = dom.make("i.share");
    bar.style.width = (100 * Math.max(0, ns)) / this.most + "%";
    return dom.make("span", {}, bar, dom.make("b", {}, time.share(Math.max(0, ns), this.whole)));
  }

  percent(ns) {
    return this.whole > 0 ? ((100 * Math.max(0, ns)) / this.whole).toFixed(4) : "0";
  }

  // The sums at once, the percentiles, which take longer, a moment later.
  async count() {
    const { counted, area, totals, durations, rangeText } = this.state;
    if (!totals) return;
    if (this.state.countsAll) this.off = this.offOfAll;
    if (this.state.countsAll) return this.update(totals, durations, rangeText);
    const range = area || [-Infinity, Infinity];
    this.off = OffCpu.of(counted, ...range);
    const part = Totals.of(counted, ...range);
    this.update(part, null, rangeText);
    await Loader.rest();
    if (this.state.area === area && this.state.counted === counted) this.update(part, new Durations(counted, part, ...range), rangeText);
  }

  // Once for all.
  get offOfAll() {
    const { counted } = this.state;
    if (this.offKnown?.counted !== counted) this.offKnown = { counted, off: OffCpu.of(counted) };
    return this.offKnown.off;
  }

  // The totals and durations, and what stretch they are of.
  update(totals, durations, caption) {
    this.totals = totals;
    this.durations = durations;
    this.title.textContent = caption;
    this.rearrange();
  }

  // The columns and rows of what is shown.
  rearrange() {
    const { kind } = this.state.trace.names;
    const { isOwn, hasWaits } = this;
    this.whole = this.totals.time - (this.state.skipsWaits ? this.state.pathSums().waitedAll : 0);
    this.waiting.hidden = !hasWaits;
    this.waiting.setAttribute("aria-pressed", String(this.state.skipsWaits));
    const all = this.rows();
    const program = all.filter((row) => kind[row.number] !== Names.TRACER);
    this.listed = program.filter((row) => this.isListed(row.number));
    this.others = program.filter((row) => !this.isListed(row.number));
    const hasSteps = this.listed.some(({ calls, steps }) => Math.round(calls) !== Math.round(steps));
    this.grid.setColumns(this.choice.of(this.columns({ hasSteps, isOwn, hasWaits, hasCpu: Boolean(this.off) })), "Share");
    this.most = this.listed.reduce((most, row) => Math.max(most, row.part), 1);
    this.foot.replaceChildren(...this.leftOut(), ...this.tracerText(all.find((row) => kind[row.number] === Names.TRACER)));
    this.fill();
  }

  get hasWaits() {
    return this.state.waits.some((isWait, number) => isWait && this.totals.total[number] > 0);
  }

  get isOwn() {
    return this.state.shown.mode === "own";
  }

  isListed(number) {
    const { shown, skipsWaits, waits: isWait } = this.state;
    return !(skipsWaits && isWait[number]) && shown.shows(number);
  }

  static sumOf(rows, value) {
    return rows.reduce((ns, row) => ns + value(row), 0);
  }

  // What the table leaves out.
  leftOut() {
    const { others } = this;
    if (!others.length) return [];
    const ns = this.isOwn ? this.timeOutside : Functions.sumOf(others, (row) => row.self);
    const where = this.isOwn ? " of their time is in nothing of yours" : "";
    const text = `Not listed: ${processTree.count(others.length, "function", "functions")} ${this.whoseOthers}, ${time.duration(ns)}${where}. `;
    return [text, dom.link("List them", "Show everything (o)", () => this.listThem())];
  }

  // What is not in libraries that a function listed called; waits that are left out
  // are left out there, too.
  get timeOutside() {
    const { skipsWaits, waits: isWait } = this.state;
    const counted = this.others.filter(({ number }) => !(skipsWaits && isWait[number]));
    return Math.max(0, Functions.sumOf(counted, (row) => row.self) - Functions.sumOf(this.listed, (row) => row.libraries));
  }

  get whoseOthers() {
    const { skipsWaits, shown } = this.state;
    const isOne = this.others.length === 1;
    if (skipsWaits) return `that ${isOne ? "waits" : "wait"}${shown.isEverything ? "" : isOne ? " or is folded" : " or are folded"}`;
    if (this.isOwn) return "of libraries and of Python itself";
    return shown.isEverything ? "of modules that you hid" : "of Python’s import and thread machinery";
  }

  tracerText(row) {
    if (!row || !(row.self > 0)) return [];
    return [`${this.others.length ? " · " : ""}The tracer’s own work in the recording took ${time.duration(row.self)}; it counts for no function.`];
  }

  listThem() {
    if (this.state.skipsWaits) this.state.skipWaits(false);
    else if (this.state.shown.hidden.size) this.state.hideModule(null);
    else this.state.show(this.isOwn ? "libraries" : "everything");
  }

  fill() {
    if (!this.totals) return;
    const { names } = this.state.trace;
    const wanted = this.filter.value ? names.find(this.filter.value) : null;
    this.grid.set(this.listed.filter((row) => !wanted || wanted[row.number]));
  }

  whyEmpty() {
    if (!this.totals) return "Here are all functions once the whole recording was read.";
    if (!this.filter.value) return this.isOwn ? "None of your own code ran here." : "No call ran here. Each function that ran has a row.";
    const { names } = this.state.trace;
    const wanted = names.find(this.filter.value);
    const left = this.others.filter((row) => wanted[row.number]).length;
    return left ? `No function listed here matches the filter, but ${left.toLocaleString("en")} of those not listed.` : "No function matches the filter.";
  }

  // Of all functions, with the tracer's.
  rows() {
    const { totals } = this;
    const isKnown = this.isOwn || this.hasWaits;
    const { libraries, waiting } = isKnown ? this.state.pathSums() : {};
    const rows = [];
    for (let number = 0; number < totals.spans.length; number++) {
      if (!totals.spans[number]) continue;
      const inLibraries = libraries ? Math.max(0, libraries[number]) : 0;
      rows.push({
        number,
        calls: totals.calls[number],
        steps: totals.steps(number),
        self: totals.self[number],
        libraries: inLibraries,
        part: totals.self[number] + (this.isOwn ? inLibraries : 0),
        total: totals.total[number],
        work: Math.max(0, totals.total[number] - (waiting ? waiting[number] : 0)),
        cpu: this.off ? Math.max(0, totals.total[number] - this.off[number]) : 0,
        min: totals.min[number],
        mean: totals.mean(number),
        max: totals.max[number],
      });
    }
    return rows;
  }
}
