// SPDX-License-Identifier: Apache-2.0
//
// compare.js: the page with two recordings side by side: what became of each
// function, and whether that is more than noise.
"use strict";

class Compare {
  static VIEWS = { table: "Table", flame: "Flame graph", times: "Timelines" };

  // opened(file) is called with what the user chose, swapped() to turn before and
  // after around.
  constructor(viewer, { opened, swapped }) {
    Object.assign(this, { viewer, comparison: null, views: {}, names: [] });
    this.input = dom.make("input", { type: "file", accept: ".html,text/html", hidden: true, onchange: () => this.choose(opened) });
    this.caption = dom.make("div.caption", { role: "status" });
    const swap = dom.make("button", { type: "button", title: "Take the other recording for the one before", onclick: swapped }, "Swap");
    viewer.state.on("shown", () => this.comparison && this.tell());
    this.tabs = Object.entries(Compare.VIEWS).map(([id, title]) => dom.make("button", { type: "button", onclick: () => this.turn(id) }, title));
    this.filter = dom.make("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the comparison", oninput: () => this.table.filter(this.filter.value) });
    this.hint = dom.make("div.hint", {}, dom.make("p", {}, "Open another page that codesnap wrote, to see which functions got slower or faster, came or went, and whether that is more than noise."), this.button());
    this.actions = dom.make("div.actions", {}, this.button(), swap, ...this.tabs, this.filter);
    this.element = dom.make("div.functions.compare", {}, this.input, dom.make("div.bar", {}, this.caption, this.actions), this.hint);
    this.turn("table");
  }

  button() {
    return dom.make("button", { type: "button", title: "Open a second recording, a page that codesnap wrote", onclick: () => this.input.click() }, "Compare with…");
  }

  choose(opened) {
    const [file] = this.input.files;
    this.input.value = "";
    if (file) opened(file);
  }

  // What is not there before a second recording is.
  makeViews() {
    const { viewer } = this;
    this.table = new CompareTable(viewer, (number) => viewer.act.selectSlowest(number));
    this.flame = new CompareFlame(viewer);
    this.times = new CompareTimes(viewer);
    this.views = { table: this.table.element, flame: this.flame.element, times: this.times.element };
    this.element.append(...Object.values(this.views));
  }

  // What is going on, or wrong.
  say(text) {
    this.caption.textContent = text;
  }

  // names: of both recordings, for people; ours: which of them is this page's.
  show(comparison, names, ours) {
    if (!this.comparison) this.makeViews();
    Object.assign(this, { comparison, names });
    this.table.show(comparison, ours);
    this.flame.show(comparison, ours);
    this.times.show(comparison, ours);
    this.tell();
    this.turn(this.view);
  }

  tell() {
    const { names, comparison } = this;
    const { state } = this.viewer;
    const threads = state.threads ? ` (threads with “${state.threads.slice(0, 40)}”)` : "";
    const listed = CompareTable.listed(comparison, state.shown);
    const left = comparison.rows.length - listed.length;
    const rest = left ? `; not listed: ${processTree.count(left, "function", "functions")} that ${left === 1 ? "is" : "are"} folded` : "";
    this.say(`${names[0]} → ${names[1]}${threads}: ${this.summary(listed)}${rest}`);
    this.caption.title = this.caption.textContent;
  }

  summary(rows) {
    const { selfOfAll: [before, after], machine } = this.comparison;
    const count = (kind) => rows.filter(({ change }) => change.self.kind === kind).length;
    const named = { slower: "slower", faster: "faster", more_calls: "with more calls", fewer_calls: "with fewer calls", new: "new", gone: "gone" };
    const kinds = Object.entries(named).map(([kind, text]) => `${count(kind)} ${text}`).join(", ");
    return [`self time ${time.duration(before)} → ${time.duration(after)}`, kinds, ...machine.words()].join("; ");
  }

  turn(view) {
    this.view = view;
    const isThere = this.comparison !== null;
    for (const [id, element] of Object.entries(this.views)) element.hidden = id !== view;
    Object.keys(Compare.VIEWS).forEach((id, i) => this.tabs[i].setAttribute("aria-pressed", String(id === view)));
    this.hint.hidden = isThere;
    this.actions.hidden = !isThere;
    this.filter.hidden = view !== "table";
    if (isThere && view !== "table") this[view].update();
  }
}
