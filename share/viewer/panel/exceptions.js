// SPDX-License-Identifier: Apache-2.0
//
// exceptions.js: the tab of exceptions: which ones, where each was raised and who
// caught it, how often, and which of them cost most.
"use strict";

class Exceptions {
  static LISTED = 200;
  static ONES = 200;
  static NONE = "No exception is in this recording. Those that nobody catches always are; record with “codesnap run --exceptions” to see the others, too.";
  static NONE_HERE = "No exception in the selected area and the threads shown.";
  static HINT = "By type, place and who caught them; first those whose calls took longest until they ended.";

  // act: {selectInstant, select}
  constructor({ state, colours, act }) {
    Object.assign(this, { state, colours, act });
    this.list = dom.make("div.list");
    this.ones = dom.make("section.ones");
    this.element = dom.make("div.exceptions", {}, this.list, this.ones);
    this.isStale = true;
    state.on("totals area range shown theme", () => this.refresh());
  }

  // Looked at now, or no longer.
  show(isShown) {
    this.isShown = isShown;
    if (isShown && this.isStale) this.fill();
  }

  refresh() {
    this.isStale = true;
    if (this.isShown) this.fill();
  }

  // What the tab says.
  get mark() {
    const { trace } = this.state;
    const count = Raised.in(trace.tracks, trace.names).length;
    return count ? count.toLocaleString("en") : "";
  }

  fill() {
    const { state } = this;
    const { names } = state.trace;
    this.isStale = false;
    this.groups = Raised.groups(Raised.in(state.counted.tracks, names, ...(state.area || [])), names);
    this.ones.replaceChildren();
    if (!this.groups.length) {
      const isAny = Raised.in(state.trace.tracks, names).length > 0;
      return this.list.replaceChildren(dom.make("p.hint", {}, isAny ? Exceptions.NONE_HERE : Exceptions.NONE));
    }
    const rest = this.groups.length - Exceptions.LISTED;
    this.list.replaceChildren(dom.make("p.caption", {}, Exceptions.HINT), ...this.groups.slice(0, Exceptions.LISTED).map((group) => this.item(group)), rest > 0 ? dom.make("p.hint", {}, `and ${rest.toLocaleString("en")} more`) : "");
    this.choose(this.groups[0]);
  }

  item(group) {
    const { names } = this.state.trace;
    const { first, list, calls, cost } = group;
    const messages = new Set(list.map((one) => one.told.message || ""));
    const message = messages.size > 1 ? `${messages.size.toLocaleString("en")} different messages, such as “${first.told.message}”` : first.told.message;
    group.button = dom.make(
      "button.outlier",
      { type: "button", onclick: () => this.choose(group) },
      dom.make("b", {}, dom.chip(this.colours.css(first.number)), names.full[first.number].slice(0, 200), dom.make("small", {}, "in " + first.raisedIn)),
      cost ? dom.make("em", { title: "How long the outermost calls that it ended had run" }, time.duration(cost)) : "",
      message ? dom.make("span.message", {}, message.slice(0, 300)) : "",
      dom.make("span", {}, `${this.times(list.length)}${first.caughtBy ? ", caught by " + first.caughtBy : ""}${calls ? `, ended ${calls.toLocaleString("en")} ${calls === 1 ? "call" : "calls"}` : ""}`),
    );
    return group.button;
  }

  times(count) {
    return count === 1 ? "once" : count.toLocaleString("en") + " times";
  }

  choose(group) {
    const { names } = this.state.trace;
    for (const one of this.groups) one.button?.setAttribute("aria-pressed", String(one === group));
    const dearest = [...group.list].sort((a, b) => b.lost - a.lost || a.time - b.time).slice(0, Exceptions.ONES);
    const rest = group.list.length - dearest.length;
    this.ones.replaceChildren(
      dom.make("h2", {}, dom.chip(this.colours.css(group.first.number)), names.full[group.first.number].slice(0, 200)),
      dom.make("p", {}, "raised in ", group.first.raisedIn, group.first.caughtBy ? ", caught by " + group.first.caughtBy : ""),
      dom.make("h3", {}, rest > 0 ? `The ${dearest.length} that cost most, of ${group.list.length.toLocaleString("en")}` : "Each of them"),
      dom.make("ol.calls", {}, ...dearest.map((one) => this.one(one))),
    );
  }

  one(one) {
    return dom.make(
      "li",
      {},
      dom.link(time.timestamp(one.time, 1000), "Show it in the timeline", () => this.act.selectInstant(one.instant, true)),
      dom.make("span", { title: "How long the outermost call that it ended had run" }, one.lost ? time.duration(one.lost) : ""),
      dom.make("span", { title: one.told.message || "" }, `${one.track.facts.name}${one.told.message ? ": " + one.told.message.slice(0, 200) : ""}`),
    );
  }
}
