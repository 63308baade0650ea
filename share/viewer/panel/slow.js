// SPDX-License-Identifier: Apache-2.0
//
// slow.js: the tab of slow calls: which functions have some, how long all calls
// of one took, its slowest ones, and what was different in one.
"use strict";

class Slow {
  static LISTED = 100;
  static CALLS = 30;
  static IN_ALL = "Worth looking at: functions with some calls far slower than usual, by time lost and surprise. Durations are without the tracer’s own work and without interruptions.";
  static IN_PART = "Of these, the slow calls that run in the selected area and in the threads shown, by time lost there, interruptions included.";
  static UNKNOWN = "This page does not say which calls are slow: it was cut off, or an older codesnap made it. “codesnap report --slow” on this file may still find them.";

  static NO_CALLS = "Select a call and press c to see here how long all calls of its function took, and the slowest of them.";
  static NO_DIFFERENCES = "Here is what was different in a slow call.";

  // act: {select}
  constructor({ state, theme, colours, act }) {
    Object.assign(this, { state, colours, act });
    this.list = dom.make("div.list");
    this.histogram = new Histogram(theme, (bar) => this.pick(bar));
    this.title = dom.make("h2");
    this.nested = dom.make("p.hint", { hidden: true });
    this.which = dom.make("h3");
    this.calls = dom.make("ol.calls");
    this.differences = dom.make("section.differences");
    this.noCalls = dom.make("p.hint", {}, Slow.NO_CALLS);
    const middle = dom.make("section", {}, this.noCalls, this.title, this.histogram.canvas, this.nested, this.which, this.calls);
    this.element = dom.make("div.slow", {}, this.list, middle, this.differences);
    state.on("theme", () => this.restyle());
    state.on("area range shown", () => this.rows === undefined || this.fill());
    this.list.append(dom.make("p.hint", {}, "Looking for slow calls …"));
    this.differences.append(dom.make("p.hint", {}, Slow.NO_DIFFERENCES));
  }

  // rows: of outliers.told.
  show(rows) {
    this.rows = rows;
    this.fill();
    if (this.listed.length) this.choose(this.listed[0].number);
  }

  // The rows, of the area alone where there is one.
  fill() {
    const { rows, state } = this;
    const range = state.area || [-Infinity, Infinity];
    const listed = rows && !state.countsAll ? outliers.within(state.counted.tracks, rows, ...range) : rows || [];
    this.count = listed.length;
    this.listed = listed.slice(0, Slow.LISTED);
    if (!listed.length) return this.list.replaceChildren(dom.make("p.hint", {}, this.nothing()));
    const head = dom.make("p.caption", {}, state.countsAll ? Slow.IN_ALL : Slow.IN_PART);
    this.list.replaceChildren(head, ...this.listed.map((one) => this.item(one)));
    this.press();
  }

  // What the tab says, in every mode: as many as "codesnap report --slow" has.
  get mark() {
    return this.count ? `${this.count.toLocaleString("en")} to look at` : "";
  }

  // Where a function is that is not the user's.
  place(number) {
    const { names } = this.state.trace;
    return names.rank[number] === Names.OWN ? "" : dom.make("small", { title: "In a library: your code calls it, and nobody else" }, names.where(number));
  }

  nothing() {
    if (!this.rows) return Slow.UNKNOWN;
    if (this.rows.length) return this.state.area ? "No slow calls in the selected area." : "No slow calls in the threads shown.";
    return "No function has calls far slower than usual. To see all calls of a function, select one of them and press c.";
  }

  restyle() {
    if (this.rows === undefined) return;
    const { chosen, histogram } = this;
    const { bar } = histogram;
    this.fill();
    if (chosen !== undefined) this.choose(chosen);
    if (bar >= 0) histogram.pick(bar);
  }

  item(one) {
    const { names } = this.state.trace;
    const many = `${one.slow.toLocaleString("en")} of ${one.calls.toLocaleString("en")} slow: up to ${time.duration(one.slowest)}, usually ${time.duration(one.median)}`;
    return dom.make(
      "button.outlier",
      { type: "button", value: String(one.number), onclick: () => this.choose(one.number) },
      dom.make("b", {}, this.chip(one.number), names.label(one.number).slice(0, 200), this.place(one.number), waitMark(this.state.waits, one.number)),
      dom.make("em", { title: "Time that the slow calls took beyond the usual" }, "+" + time.duration(one.lost)),
      dom.make("span", {}, many),
      dom.make("span.cause", {}, one.cause),
      one.seenBy.length ? dom.make("span.seen", { title: one.seenBy.map((number) => names.label(number)).join("\n") }, this.seen(one)) : "",
    );
  }

  // "seen by price_of < handle < run and 9 more callers"
  seen({ seenBy }) {
    const shown = seenBy.slice(0, 3).map((number) => this.state.trace.names.label(number).slice(0, 80));
    const more = seenBy.length - shown.length;
    const rest = more ? ` and ${more} more ${more === 1 ? "caller" : "callers"}` : "";
    return `seen by ${shown.join(" < ")}${rest}`;
  }

  chip(number) {
    return dom.chip(this.colours.css(number));
  }

  // Say which row is chosen.
  press() {
    for (const item of this.list.querySelectorAll("button")) item.setAttribute("aria-pressed", String(item.value === String(this.chosen)));
  }

  choose(number) {
    this.chosen = number;
    this.noCalls.hidden = true;
    this.press();
    const distribution = this.state.durations.outermost(number);
    const bins = this.state.durations.bins(number);
    const row = (this.rows || []).find((one) => one.number === number);
    this.title.replaceChildren(this.chip(number), this.state.trace.names.label(number).slice(0, 300), waitMark(this.state.waits, number), dom.make("small", {}, this.state.trace.names.where(number)));
    this.histogram.set(distribution, bins, row ? row.threshold : Infinity);
    this.sayNested(this.state.durations.of(number).count - distribution.count);
    this.median = Durations.quantileOf(distribution, 0.5, bins);
    this.usual = outliers.nearest(this.state.trace.tracks, number, this.median);
    this.pick(-1);
  }

  // How many calls of the function are inside another one of it.
  sayNested(count) {
    this.nested.hidden = count === 0;
    this.nested.textContent = `${count.toLocaleString("en")} ${count === 1 ? "call" : "calls"} inside another one of this function ${count === 1 ? "is" : "are"} not counted here.`;
  }

  // The slowest calls in a bar of the histogram, or of all (-1).
  pick(bar) {
    const [least, behind] = bar < 0 ? [0, Infinity] : this.histogram.rangeOf(bar);
    const spans = outliers.slowest(this.state.trace.tracks, this.chosen, Slow.CALLS, behind).filter((span) => span.net >= least);
    this.which.textContent = bar < 0 ? "Slowest calls" : `Slowest calls of ${this.histogram.rangeText(bar)}`;
    this.calls.replaceChildren(...spans.map((span) => this.call(span)));
    this.differences.replaceChildren();
    if (spans.length) this.compare(spans[0]);
  }

  call(span) {
    const go = () => {
      this.compare(span);
      this.act.select(span, true, false);
    };
    return dom.make(
      "li",
      {},
      dom.link(time.duration(span.net), "Show it in the timeline", go),
      dom.make("span", { title: "How many times the usual duration" }, Slow.times(span.net / this.median)),
      dom.make("span", {}, `at ${time.timestamp(span.start, Math.max(span.duration / 100, 1000))}, ${span.track.facts.name}`),
    );
  }

  static times(factor) {
    return "× " + (factor < 100 ? factor.toFixed(1) : Math.round(factor).toLocaleString("en"));
  }

  // One slow call beside a usual one.
  compare(slow) {
    const { usual } = this;
    const rows = outliers.differences(slow, usual).slice(0, 40);
    const extra = slow.net - usual.net;
    const path = outliers.path(slow, extra).slice(1);
    this.differences.replaceChildren(
      dom.make("h3", {}, "What was different"),
      dom.make(
        "p",
        {},
        "This call ",
        dom.link(time.duration(slow.net), "Show the slow call", () => this.act.select(slow, true, false)),
        this.usual.net > 1.5 * this.median ? ", the one closest to a usual call " : ", a usual one ",
        dom.link(time.duration(usual.net), "Show the usual call", () => this.act.select(usual, true, false)),
        dom.make("b", {}, "  +" + time.duration(extra)),
      ),
      this.verdict(path, rows[0], extra, extra > 0 ? waittext.why(slow, usual, extra, this.state.trace) : ""),
      dom.make("div.row.head", {}, ...["inside it", "slow", "usual", "extra"].map((text) => dom.make("span", {}, text))),
      ...rows.map((row) => this.difference(row)),
    );
  }

  // In a sentence, as far down as one call explains it.
  verdict(path, first, extra, why) {
    const { names } = this.state.trace;
    if (!(extra > 0)) return "";
    const reason = why && " " + why;
    if (path.length) {
      const last = path[path.length - 1];
      const links = path.slice(0, 12).flatMap((span, i) => [i ? " → " : "", dom.link(names.label(span.function).slice(0, 120), time.duration(span.net), () => this.act.select(span, true, false))]);
      return dom.make("p.verdict", {}, "One call below took most of it: ", ...links, ` (${time.duration(last.net)})${this.state.waits[last.function] ? ", which waits" : ""}.${reason}`);
    }
    if (first.function === null) return dom.make("p.verdict", {}, why ? "Most of it is in the function itself." + reason : "Most of it is in the function itself: it computed or waited longer, or its thread did not run.");
    if (first.slowCount > first.usualCount) return dom.make("p.verdict", {}, `It called ${names.label(first.function)} ${first.slowCount.toLocaleString("en")} times instead of ${first.usualCount.toLocaleString("en")}.${reason}`);
    return dom.make("p.verdict", {}, "Many calls below took a little longer each." + reason);
  }

  difference(row) {
    const name = row.function === null ? "itself" : this.state.trace.names.label(row.function).slice(0, 200);
    const count = row.slowCount !== row.usualCount ? ` × ${row.slowCount} / ${row.usualCount}` : "";
    const chip = row.function === null ? dom.make("i.chip") : this.chip(row.function);
    return dom.make(
      "div.row",
      {},
      dom.make("span", { title: name }, chip, name, waitMark(this.state.waits, row.function), dom.make("small", {}, count)),
      dom.make("span", {}, time.duration(row.slow)),
      dom.make("span", {}, time.duration(row.usual)),
      dom.make("span" + (row.extra > 0 ? ".more" : ""), {}, (row.extra > 0 ? "+" : "") + time.duration(row.extra)),
    );
  }
}
