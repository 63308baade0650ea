// SPDX-License-Identifier: Apache-2.0
//
// gutter.js: the names of processes and threads, left of their rows, as
// elements that scroll along; each collapses what it names.
"use strict";

class Gutter {
  constructor(sizer, timeline) {
    Object.assign(this, { sizer, timeline, layout: timeline.layout, colours: timeline.colours, trace: timeline.state.trace });
    this.none = dom.make("p.nothing", { hidden: true }, "No thread matches the filter.");
    this.sizer.append(this.none);
    this.elements = [];
    this.items = []; // of the layout, one for each of them
    this.reorder = new Reorder(timeline, sizer);
  }

  // The same button of the same track, counter or process, wherever it is now.
  focusOn({ thing, kind, isByKey }) {
    const index = this.items.findIndex((item) => Gutter.thingOf(item) === thing);
    this.elements[index]?.querySelector("." + kind)?.focus({ preventScroll: !isByKey });
  }

  update() {
    const { layout } = this;
    const held = this.held();
    for (const element of this.elements) element.remove();
    this.elements = layout.items.map((item) => this[item.kind](item));
    this.items = layout.items;
    this.sizer.style.height = layout.height + "px";
    this.none.hidden = layout.items.length > 0 || !layout.filter;
    this.sizer.append(...this.elements);
    if (held) this.focusOn(held);
  }

  static thingOf({ kind, track, counter, process }) {
    return { track, counter, process }[kind];
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
    if (process < 0) return this.position(dom.make("div.process.pinned", {}, dom.make("b", {}, "Pinned")), item);
    const facts = trace.processes[process] || { name: "process", pid: 0 };
    const toggle = () => this.toggle(layout.collapsedProcesses, process);
    const end = processTree.endOf(facts);
    const element = dom.make(
      "div.process",
      {},
      this.collapseButton(layout.collapsedProcesses.has(process), `Process ${facts.pid}`, toggle),
      dom.make("b", {}, (facts.name || "process").slice(0, 200)),
      dom.make("span", {}, `pid ${facts.pid} · ${processTree.threadsText(tracks)}`),
      end && dom.make(end.isBad ? "span.bad" : "span", {}, end.text),
      facts.command ? dom.make("code", { title: facts.command.slice(0, 4000) }, facts.command.slice(0, 400)) : null,
    );
    element.style.paddingLeft = 6 + 16 * Math.min(depth, 8) + "px";
    return this.position(element, item);
  }

  track({ track, ...item }) {
    const { name, tid } = track.facts;
    const { layout } = this;
    const toggle = () => this.toggle(layout.collapsedTracks, track);
    const element = this.trackElement(track, name, tid, toggle);
    this.reorder.watch(element, track);
    return this.position(element, item);
  }

  trackElement(track, name, tid, toggle) {
    const { layout } = this;
    const calls = track.calls === 1 ? "1 call" : track.calls.toLocaleString("en") + " calls";
    return dom.make(
      "div.track",
      { title: `${name}, thread ${tid}; drag to move it` },
      this.collapseButton(layout.collapsedTracks.has(track), `Thread ${name}`, toggle),
      dom.make("b", {}, name),
      dom.make("span", {}, calls),
      this.pin(track, `thread ${name}`),
    );
  }

  counter({ counter, ...item }) {
    const lines = counter.series.length === 1 ? [] : counter.series.slice(0, 8).map((series) => this.key(series));
    const range = `${Counter.text(counter.least)} to ${Counter.text(counter.most)}`;
    return this.position(dom.make("div.track.counter", { title: `Counter ${counter.name}, ${range}` }, dom.make("b", {}, counter.name), dom.make("span", {}, ...(lines.length ? lines : [range])), this.pin(counter, `counter ${counter.name}`)), item);
  }

  key(series) {
    return dom.make("em", {}, dom.chip(this.colours.css(series.number)), series.name);
  }

  pin(thing, name) {
    const isPinned = this.layout.pinned.has(thing);
    return dom.make("button.pin", { type: "button", "aria-pressed": String(isPinned), "aria-label": "Pin " + name, title: isPinned ? "Unpin" : "Pin to the top", onclick: () => this.toggle(this.layout.pinned, thing) });
  }

  toggle(set, one) {
    if (!set.delete(one)) set.add(one);
    this.timeline.relayout();
  }
}
