// SPDX-License-Identifier: Apache-2.0
//
// viewer.js: the parts of the page put together, and a recording as it comes in.
"use strict";

class Viewer {
  constructor(trace) {
    this.state = new State(trace);
    this.theme = new Theme(() => this.state.tell("theme"));
    this.colours = new Colours(this.state, this.theme);
    this.tooltip = new Tooltip(dom.byId("tooltip"), this);
    this.act = new Navigation(this.state);
    this.timeline = new Timeline(this);
    this.makePanels();
    this.act.connect(this);
    this.tour = new Tour();
    this.hitCount = new HitCount(dom.byId("hits"), this);
    this.matches = new Matches(dom.byId("matches"), dom.byId("search"), this);
    this.bookmarks = new Bookmarks(dom.byId("mark-box"), this);
    this.keys = new Keys(this);
    this.modeSwitch = new ModeSwitch(this.state);
    this.timeline.mover = this.keys;
    this.menu = new ContextMenu(dom.byId("menu"), dom.byId("picture"), this);
    this.permalink = new Permalink(this);
    this.firstLine = new FirstLine(this);
    this.state.on("hover", () => this.tellTime());
    this.tellTime();
    printing.watch(() => this.relayPrint());
  }

  makePanels() {
    const another = dom.make("button", { type: "button", title: "Open a second recording and see what differs", onclick: () => this.openAnother() }, "Compare with…");
    this.functions = new Functions(this, [...save.buttons(this), another]);
    this.slow = new Slow(this);
    this.exceptions = new Exceptions(this);
    this.flamegraph = new Flamegraph(this);
    this.calltree = new Calltree(this);
    this.counters = new Counters(this);
    this.details = new Details(this);
    this.comparing = new Comparing(this);
    this.compare = new Compare(this, { opened: (file) => this.comparing.open(file), swapped: () => this.comparing.swap() });
    this.comparing.connect(this.compare);
    const pages = [
      { id: "functions", title: "Functions", element: this.functions.element },
      { id: "slow", title: "Slow calls", element: this.slow.element },
      { id: "exceptions", title: "Exceptions", element: this.exceptions.element },
      { id: "flame", title: "Flame graph", element: this.flamegraph.element },
      { id: "tree", title: "Call tree", element: this.calltree.element },
      { id: "counters", title: "Counters", element: this.counters.element },
      { id: "details", title: "Selected call", element: this.details.element },
      { id: "compare", title: "Compare", element: this.compare.element },
    ];
    this.areaChip = new AreaChip(dom.byId("chip"), this);
    this.panel = new Panel(dom.byId("panel"), pages, () => this.timeline.resize(), (id) => this.tellTab(id));
  }

  tellTab(id) {
    this.exceptions.show(id === "exceptions");
    this.state.tell("tab");
  }

  openAnother() {
    this.panel.show("compare");
    this.compare.input.click();
  }

  // The time below the pointer, at the foot of the page.
  tellTime() {
    const { hover, view, trace } = this.state;
    dom.byId("pointer").textContent = hover ? `${time.timestamp(hover.time, view.width / 5000)}  ·  ${time.clock(trace.facts.realtime_ns, hover.time)}` : "Point at a call to see what it is and when it ran.";
  }

  // It is going to be printed, or was.
  relayPrint() {
    this.theme.apply();
    this.timeline.resize();
    this.timeline.draw();
  }

  // -- the recording comes in ------------------------------------------------

  // All calls are there: first the picture as it opens, then what takes longer.
  async finish() {
    const { state, panel } = this;
    this.openPicture();
    await Loader.frame();
    state.count();
    await Loader.rest();
    this.firstLine.tell();
    panel.mark("exceptions", this.exceptions.mark);
    panel.offer("counters", state.trace.counters.length > 0);
    this.permalink.read();
    if (!location.hash && state.trace.facts.occasion) this.openOccasion(state.trace.facts.occasion);
    this.tour.offer();
  }

  // Who has moved the picture meanwhile stays there.
  openPicture() {
    const { state, timeline, modeSwitch } = this;
    const { from_ns: from, to_ns: to } = state.trace.facts;
    const isMoved = !state.view.isFitted;
    timeline.bound(true);
    if (!state.show(state.shown.first)) timeline.relayout();
    modeSwitch.offer();
    if (!isMoved && to) timeline.show(from, to);
    else if (!isMoved && !location.hash) this.firstLine.open();
    timeline.draw();
    performance.mark("picture");
  }

  // Why a snapshot was written: the call that took so long, or the instant.
  openOccasion({ text, track: number, start_ns: start, end_ns: end }) {
    const { state, timeline, act, panel } = this;
    const track = state.trace.tracks[number];
    const name = "trigger: " + text;
    const span = end > start ? Span.closest(track, start, end) : null;
    const instant = span ? null : Instant.latest([track], (number) => state.trace.names.full[number] === name);
    if (span) act.select(span, true);
    else if (instant) act.selectInstant(instant, true);
    panel.show("details");
    const width = Math.max(end - start, 1e6);
    timeline.show(Math.max(start - width * 0.3, 0), end + width * 0.2);
  }

  // In order, as list says, once all else is shown.
  takeDurations(list) {
    const { state, slow, panel } = this;
    state.takeDurations(list);
    slow.show(outliers.told(state.trace.end));
    panel.mark("slow", slow.mark);
    state.on("area range", () => panel.mark("slow", slow.mark));
    slow.isReady = true;
  }
}
