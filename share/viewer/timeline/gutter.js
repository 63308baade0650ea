// SPDX-License-Identifier: Apache-2.0
//
// gutter.js: the names of processes and threads, left of their rows, as
// elements that scroll along and stay in sight as long as what they name does;
// each collapses it.
"use strict";

class Gutter {
  static NO_MATCH = "No thread matches the filter.";
  static NOTHING = "No call was recorded. Each thread has its rows of calls here.";

  constructor(sizer, timeline) {
    Object.assign(this, { sizer, timeline, layout: timeline.layout, colours: timeline.colours, trace: timeline.state.trace });
    this.none = dom.make("p.nothing", { hidden: true });
    this.sizer.append(this.none);
    this.elements = [];
    this.items = []; // of the layout, one for each of them
    this.reorder = new Reorder(timeline, sizer);
  }

  // The same button of the same lane, counter or process, wherever it is now.
  focusOn({ thing, kind, isByKey }) {
    const index = this.items.findIndex((item) => Gutter.isOf(item, thing));
    this.elements[index]?.querySelector("." + kind)?.focus({ preventScroll: !isByKey });
  }

  update() {
    const { layout } = this;
    const held = this.held();
    for (const element of this.elements) element.remove();
    this.elements = layout.items.map((item) => this[item.kind](item));
    this.items = layout.items;
    this.sizer.style.height = layout.height + "px";
    this.none.hidden = layout.items.length > 0;
    this.none.textContent = layout.filter ? Gutter.NO_MATCH : Gutter.NOTHING;
    this.sizer.append(...this.elements);
    if (held) this.focusOn(held);
  }

  static thingOf({ kind, track, counter, process, tasks }) {
    return { track, counter, process, tasks }[kind];
  }

  static isOf(item, thing) {
    return item.kind === "track" ? item.tracks.includes(thing) : Gutter.thingOf(item) === thing;
  }

  // Which button has the focus, of what, and whether it came there by keys.
  held() {
    const { activeElement: button } = document;
    const index = this.elements.findIndex((element) => element.contains(button));
    return index < 0 ? null : { thing: Gutter.thingOf(this.items[index]), kind: button.className, isByKey: button.matches(":focus-visible") };
  }

  position(element, item) {
    element.style.top = item.y + "px";
    element.style.height = item.height + "px";
    return element;
  }

  collapseButton(isCollapsed, what, toggle) {
    return dom.make("button.collapse", {
      type: "button",
      "aria-expanded": String(!isCollapsed),
      "aria-label": what,
      title: isCollapsed ? "Expand" : "Collapse",
      onclick: toggle,
    });
  }

  process({ process, depth, tracks, ...item }) {
    const { layout, trace } = this;
    if (process < 0) return this.section(item, dom.make("div.process.pinned", {}, dom.make("b", {}, "Pinned")));
    const facts = trace.processes[process] || { name: "process", pid: 0 };
    const end = processTree.endOf(facts);
    const element = dom.make(
      "div.process",
      {},
      this.collapseButton(layout.collapsedProcesses.has(process), `Process ${facts.pid}`, () => this.fold(layout.collapsedProcesses, process, [process])),
      dom.make("b", {}, (facts.name || "process").slice(0, 200)),
      dom.make("span", {}, `pid ${facts.pid} · ${processTree.threadsText(tracks)}`),
      end && dom.make(end.isBad ? "span.bad" : "span", {}, end.text),
      facts.command ? dom.make("code", { title: facts.command.slice(0, 4000) }, facts.command.slice(0, 400)) : null,
    );
    element.style.paddingLeft = 6 + 16 * Math.min(depth, 8) + "px";
    return this.section(item, element);
  }

  // As high as all that is below the title, which stays at the upper edge.
  section({ y, extent }, title) {
    return this.position(dom.make("div.section", {}, title), { y, height: extent });
  }

  track(item) {
    const { tracks } = item;
    const name = lanes.name(tracks);
    const hint = tracks.length > 1 ? `${name}, ${processTree.threadsText(tracks)} one after the other; drag to move them` : `${name}, thread ${tracks[0].facts.tid}; drag to move it`;
    const element = dom.make("div.track", { title: hint }, this.nameOf(item, name), this.deeper(item, name));
    this.reorder.watch(element, tracks);
    return this.position(element, item);
  }

  nameOf({ tracks }, name) {
    const { layout } = this;
    const rest = tracks.every((track) => track.isWhole) ? "" : " so far";
    const calls = processTree.count(tracks.reduce((sum, track) => sum + track.calls, 0), "call", "calls") + rest;
    return dom.make(
      "div.label",
      {},
      this.collapseButton(layout.isCollapsed(tracks), `Thread ${name}`, () => this.fold(layout.collapsedTracks, tracks[0], tracks)),
      dom.make("b", {}, name),
      this.shared(tracks, name),
      dom.make("span", {}, calls),
      this.pin(tracks, `thread ${name}`),
    );
  }

  // What takes a lane apart, or puts it together again.
  shared(tracks, name) {
    const { layout, timeline } = this;
    const [first] = tracks;
    const button = (text, title, change) => dom.make("button.many", { type: "button", title, "aria-label": `${name}, ${text}: ${title.toLowerCase()}`, onclick: () => timeline.keep(first, change) }, text);
    if (tracks.length > 1) return button(processTree.threadsText(tracks), "Show each in a lane of its own", () => tracks.forEach((track) => layout.apart.add(track)));
    return layout.apart.has(first) ? button("together", "Let the threads of this name share lanes again", () => layout.join(first)) : null;
  }

  // Of a thread with more rows than it is given.
  deeper({ tracks, isCut, deeper }, name) {
    if (!isCut) return null;
    const text = deeper ? `${deeper.toLocaleString("en")} deeper` : "less";
    const title = deeper ? "Show all rows of this thread (e: of all threads)" : `Show only the first ${Layout.ROWS} rows`;
    return dom.make("button.deeper", { type: "button", title, "aria-label": `Thread ${name}, ${text}`, "aria-expanded": String(!deeper), onclick: () => this.fold(this.layout.opened, tracks[0], tracks) }, text);
  }

  tasks({ tasks, tracks, isCut, deeper, ...item }) {
    const text = processTree.count(tasks.count, "task", "tasks");
    const title = deeper ? "Show all rows of tasks" : `Show only the first ${TaskRows.MOST} rows`;
    const more = isCut ? dom.make("button.deeper", { type: "button", title, "aria-label": `Tasks of ${lanes.name(tracks)}: ${title.toLowerCase()}`, "aria-expanded": String(!deeper), onclick: () => this.fold(this.layout.opened, tracks[0], [tasks]) }, deeper ? `${deeper.toLocaleString("en")} more rows` : "less") : null;
    return this.position(dom.make("div.track.tasks", { title: `${text} of ${lanes.name(tracks)}: solid where one runs, hatched where it waits` }, dom.make("span", {}, text), more), item);
  }

  counter({ counter, ...item }) {
    const lines = counter.series.length === 1 ? [] : counter.series.slice(0, 8).map((series) => this.key(series));
    const range = `${Counter.text(counter.least)} to ${Counter.text(counter.most)}`;
    return this.position(dom.make("div.track.counter", { title: `Counter ${counter.name}, ${range}` }, dom.make("b", {}, counter.name), dom.make("span", {}, ...(lines.length ? lines : [range])), this.pin([counter], `counter ${counter.name}`)), item);
  }

  key(series) {
    return dom.make("em", {}, dom.chip(this.colours.css(series.number)), series.name);
  }

  pin(things, name) {
    const { layout, timeline } = this;
    const isPinned = layout.pinned.has(things[0]);
    const toggle = () => {
      Gutter.switch(layout.pinned, things);
      timeline.relayout();
    };
    return dom.make("button.pin", { type: "button", "aria-pressed": String(isPinned), "aria-label": "Pin " + name, title: isPinned ? "Unpin" : "Pin to the top", onclick: toggle });
  }

  // All of them into the set, or out of it if one is there.
  static switch(set, things) {
    const isThere = things.some((one) => set.has(one));
    for (const one of things) isThere ? set.delete(one) : set.add(one);
  }

  // The same; what the button is of stays where it is.
  fold(set, thing, things) {
    this.timeline.keep(thing, () => Gutter.switch(set, things));
  }
}
