// SPDX-License-Identifier: Apache-2.0
//
// viewer.js: what is shown and selected, and the frame in which it is drawn.
// All that the user can do is a method here; the parts of the page call them.
"use strict";

class Viewer {
  constructor(trace) {
    this.trace = trace;
    this.view = new View();
    this.view.setBounds(0, trace.facts.duration_ns || 1); // until calls are there
    this.view.fit();
    this.layout = new Layout(trace);
    this.selection = null;
    this.instant = null; // the one that is selected
    this.hover = null;
    this.area = null;
    this.pointed = null; // the time below the pointer
    this.hits = null; // 1 for each function that the search found
    this.hitIndex = null; // and where their calls are
    this.flows = []; // what began what
    this.scroll = 0;
    this.isQueued = false;
    this.scroller = dom.byId("tracks");
    this.picture = new Picture(dom.byId("picture"), this);
    this.overlay = new Overlay(dom.byId("overlay"), this);
    this.ruler = new Ruler(dom.byId("ruler-canvas"), this);
    this.overview = new Overview(dom.byId("overview-canvas"), dom.byId("window"), this);
    this.gutter = new Gutter(dom.byId("sizer"), this);
    this.tooltip = new Tooltip(dom.byId("tooltip"), this);
    this.theme = new Theme(() => this.restyle());
    this.restyle();
    this.details = new Details(this);
    this.functions = new Functions(this);
    this.slow = new Slow(this);
    this.flamegraph = new Flamegraph(this);
    this.calltree = new Calltree(this);
    this.counters = new Counters(this);
    this.panel = new Panel(
      dom.byId("panel"),
      [
        { id: "functions", title: "Functions", element: this.functions.element },
        { id: "slow", title: "Slow calls", element: this.slow.element },
        { id: "flame", title: "Flame graph", element: this.flamegraph.element },
        { id: "tree", title: "Call tree", element: this.calltree.element },
        { id: "counters", title: "Counters", element: this.counters.element },
        { id: "details", title: "Selected call", element: this.details.element },
      ],
      () => this.resize(),
      () => this.updateShown(),
    );
    this.pointer = new Pointer(this);
    this.keys = new Keys(this);
    this.permalink = new Permalink(this);
    printing.watch(() => this.relayPrint());
    this.scroller.addEventListener("scroll", () => {
      this.scroll = this.scroller.scrollTop;
      this.invalidate();
    });
    new ResizeObserver(() => this.resize()).observe(this.scroller);
  }

  // -- drawing ---------------------------------------------------------------

  restyle() {
    if (!this.theme) return; // it is being made
    this.plainColours = palette.colours(this.trace.names, this.theme.isDark ? "dark" : "light");
    this.recolour();
    this.picture.restyle();
    if (!this.wholeTotals) return; // there is more to come
    this.details.update();
    this.functions.fill();
    this.slow.restyle();
    this.counters.grid.draw();
    this.gutter.update();
    this.flamegraph.draw();
    this.calltree.draw();
  }

  recolour() {
    this.colours = this.hits ? palette.faded(this.plainColours, this.hits, this.theme.groundWord) : this.plainColours;
    this.isStale = true; // the overview too
    this.invalidate();
  }

  invalidate() {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.isQueued = false;
    if (this.keys && this.keys.isHeld) this.keys.step(Math.min(50, now - (this.lastFrame || now - 16)));
    this.view.step(now);
    this.lastFrame = now;
    this.draw();
    if (this.view.isMoving || (this.keys && this.keys.isHeld)) this.invalidate();
    else this.lastFrame = undefined;
  }

  draw() {
    if (dom.byId("stage").hidden) return;
    const begin = performance.now();
    if (this.isStale) this.overview.draw();
    this.isStale = false;
    this.overview.moveWindow();
    this.ruler.draw();
    this.picture.draw();
    this.overlay.draw();
    this.frameMs = performance.now() - begin;
    if (this.wholeTotals) this.permalink.touch();
  }

  // Only what lies over the picture.
  remark() {
    if (this.isQueued || this.isMarking) return;
    this.isMarking = true;
    requestAnimationFrame(() => {
      this.isMarking = false;
      this.overlay.draw();
      this.ruler.draw();
    });
  }

  // Overview and ruler end where the picture does: before the scroll bar.
  resize() {
    dom.byId("stage").style.setProperty("--bar", this.scroller.offsetWidth - this.scroller.clientWidth + "px");
    dom.byId("surface").style.height = this.scroller.clientHeight + "px";
    this.isStale = true;
    this.invalidate();
  }

  // What was below the pointer is elsewhere.
  relayout() {
    this.unpoint();
    this.layout.update();
    this.gutter.update();
    this.resize();
  }

  // It is going to be printed, or was.
  relayPrint() {
    this.theme.apply();
    this.resize();
    this.draw();
  }

  // -- the recording comes in ------------------------------------------------

  // More calls are there; isLast when all are.
  grown(isLast) {
    const fitted = this.view.isFitted;
    const { from, to } = this.trace;
    if (to > from) this.view.setBounds(from, isLast ? to : Math.max(to, this.trace.facts.duration_ns || 0));
    if (fitted) this.view.fit();
    this.relayout();
    if (isLast) this.count();
  }

  count() {
    this.wholeTotals = Totals.of(this.trace);
    this.flows = flows.of(this.trace);
    const { from_ns: from, to_ns: to } = this.trace.facts;
    if (to) this.show(from, to);
    this.showTotals();
    this.panel.offer("counters", this.trace.counters.length > 0);
    this.permalink.read();
  }

  // In order, as list says, once all else is shown; what stands out, in slices.
  async takeDurations(list) {
    this.trace.takeDurations(list);
    this.durations = new Durations(this.trace, this.wholeTotals);
    this.showTotals();
    let ends = 0;
    const rest = async () => {
      if (performance.now() < ends) return;
      await Loader.rest();
      ends = performance.now() + Loader.SLICE_MS;
    };
    const found = await outliers.find(this.durations, this.trace.names.kind, rest);
    this.slow.show(found);
    if (found.length) this.panel.mark("slow", "+" + time.duration(found[0].lost));
    this.slow.isReady = true;
  }

  // The paths to all calls of the area, or of everything; made once for both.
  flame() {
    const [from, to] = this.area || [-Infinity, Infinity];
    if (!this.flameMade || this.flameMade.from !== from || this.flameMade.to !== to) this.flameMade = { from, to, flame: new Flame(this.trace, from, to) };
    return this.flameMade.flame;
  }

  // The pages that are made when they are looked at.
  updateShown() {
    if (!this.wholeTotals) return;
    this.flamegraph.update();
    this.calltree.update();
  }

  // The sums at once, the percentiles, which take longer, a moment later.
  showTotals() {
    if (!this.wholeTotals) return;
    this.updateShown();
    this.counters.update(...(this.area || [this.trace.from, this.trace.to]), this.area ? this.areaText : "The whole recording");
    if (!this.area) return this.functions.update(this.wholeTotals, this.durations, "The whole recording");
    const { area } = this;
    const [from, to] = area;
    const totals = Totals.of(this.trace, from, to);
    const caption = this.areaText;
    this.functions.update(totals, null, caption);
    Loader.rest().then(() => this.area === area && this.functions.update(totals, new Durations(this.trace, totals, from, to), caption));
  }

  get areaText() {
    const [from, to] = this.area;
    return `${time.duration(to - from)}, from ${time.timestamp(from, (to - from) / 100)}`;
  }

  // -- where one looks -------------------------------------------------------

  show(from, to) {
    this.view.set(from, to);
    this.invalidate();
  }

  glide(from, to) {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return this.show(from, to);
    this.view.glide(from, to, performance.now());
    this.invalidate();
  }

  fit() {
    this.glide(this.view.low, this.view.high);
  }

  zoom(factor, anchor, isStep) {
    if (isStep) this.glide(...this.view.zoomed(factor, anchor, this.view.goal));
    else {
      this.view.zoom(factor, anchor);
      this.invalidate();
    }
  }

  pan(share) {
    this.view.pan(share);
    this.invalidate();
  }

  scrollTo(y) {
    this.scroller.scrollTop = y;
  }

  scrollBy(y) {
    this.scrollTo(this.scroll + y);
  }

  focus() {
    const [from, to] = this.area || (this.selection ? [this.selection.start, this.selection.end] : [this.view.low, this.view.high]);
    const margin = (to - from) * 0.06;
    this.glide(from - margin, to + margin);
  }

  // Bring a span into sight: sideways only if it is out of view or too small.
  reveal(span) {
    const { view, layout } = this;
    layout.collapsedTracks.delete(span.track);
    this.showTrack(span.track);
    const isOut = span.end < view.from || span.start > view.to;
    const isTiny = span.duration < view.width / 400;
    if (isOut || isTiny) {
      const room = isTiny ? Math.max(span.duration * 12, View.LEAST) : view.width;
      const middle = (span.start + span.end) / 2;
      this.glide(middle - room / 2, middle + room / 2);
    }
    const y = layout.yOf(span.track, span.depth);
    const height = this.scroller.clientHeight;
    if (y < this.scroll || y + Layout.ROW > this.scroll + height) this.scrollTo(y - height / 3);
  }

  revealCounter(counter) {
    this.layout.collapsedProcesses.delete(counter.process);
    this.filterTracks("");
    const item = this.layout.items.find((one) => one.counter === counter);
    if (item) this.scrollTo(item.y - 40);
  }

  // Only the threads whose name, or whose process's, contains text.
  filterTracks(text) {
    const field = dom.byId("track-filter");
    if (field.value !== text) field.value = text;
    this.layout.filter = text;
    this.relayout();
  }

  // -- pointing and selecting ------------------------------------------------

  point(event, at) {
    const target = new Target(this, event, at);
    this.pointed = at;
    this.hover = target.isInPicture ? target.span : null;
    const { item } = target;
    this.pointedCounter = item && item.kind === "counter" ? item : null;
    const instant = this.hover ? null : target.instant;
    this.picture.canvas.classList.toggle("over", this.hover !== null || instant !== null);
    const aggregate = this.hover || !target.isInPicture ? null : target.aggregate;
    if (instant) this.tooltip.showInstant(instant, event.clientX, event.clientY);
    else if (this.pointedCounter) this.tooltip.showCounter(this.pointedCounter.counter, at, event.clientX, event.clientY);
    else if (this.hover && event.pointerType !== "touch") this.tooltip.show(this.hover, event.clientX, event.clientY);
    else if (aggregate) this.tooltip.showAggregate(...aggregate, event.clientX, event.clientY);
    else this.tooltip.hide();
    dom.byId("pointer").textContent = `${time.timestamp(at, this.view.width / 5000)}  ·  ${time.clock(this.trace.facts.realtime_ns, at)}`;
    this.remark();
  }

  unpoint() {
    this.pointed = null;
    this.pointedCounter = null;
    this.hover = null;
    this.tooltip.hide();
    dom.byId("pointer").textContent = "";
    this.remark();
  }

  click(event, onRuler) {
    if (onRuler && event.target !== this.picture.canvas) return this.setArea(0, 0, true);
    const target = new Target(this, event, this.pointer.timeAt(event));
    const { span } = target;
    const instant = span ? null : target.instant;
    if (instant) this.selectInstant(instant);
    else this.select(span);
  }

  // reveal: bring it into sight.
  selectInstant(instant, reveal = false) {
    this.select(null);
    this.instant = instant;
    if (reveal) this.revealInstant(instant);
    this.details.update();
    this.panel.show("details");
    dom.byId("spoken").textContent = `${this.trace.names.short[instant.function].slice(0, 200)}, ${instant.track.facts.name}`;
    this.invalidate();
  }

  revealInstant({ track, time }) {
    const { view } = this;
    this.showTrack(track);
    if (time < view.from || time > view.to) this.glide(time - view.width / 2, time + view.width / 2);
    const item = this.layout.itemOf(track);
    if (item && (item.y < this.scroll || item.rowsY > this.scroll + this.scroller.clientHeight)) this.scrollTo(item.y - 20);
  }

  showTrack(track) {
    if (!this.layout.isWanted(track) && !this.layout.pinned.has(track)) this.filterTracks("");
    this.layout.collapsedProcesses.delete(track.facts.process);
    this.relayout();
  }

  // reveal: bring it into sight; show: say all about it.
  select(span, reveal = false, show = true) {
    this.selection = span;
    this.instant = null;
    if (span && reveal) this.reveal(span);
    if (this.wholeTotals) this.details.update();
    if (this.wholeTotals && this.panel.shown === "tree" && this.calltree.mode === "around") show = false;
    if (span && show) this.panel.show("details");
    if (span) this.say(span);
    if (this.wholeTotals) this.calltree.update();
    this.invalidate();
  }

  say(span) {
    const { names } = this.trace;
    dom.byId("spoken").textContent = `${names.short[span.function].slice(0, 200)}, ${time.duration(span.duration)}, depth ${span.depth}, ${span.track.facts.name}`;
  }

  setArea(one, other, isDone) {
    this.area = one === other ? null : [Math.min(one, other), Math.max(one, other)];
    if (isDone) {
      if (!["flame", "tree", "counters"].includes(this.panel.shown)) this.panel.show("functions");
      this.showTotals();
    }
    this.invalidate();
  }

  clear() {
    if (this.area) return this.setArea(0, 0, true);
    if (this.selection || this.instant) return this.select(null);
    if (this.hits) this.searchFor("");
  }

  // -- going from call to call -----------------------------------------------

  walk(direction) {
    const span = this.selection;
    if (!span) return this.walkWithout(direction);
    const to = { up: () => span.parent, down: () => span.firstChild, left: () => span.sibling(-1), right: () => span.sibling(1) }[direction]();
    if (to) this.select(to, true);
  }

  walkWithout(direction) {
    const steps = { left: -0.1, right: 0.1 };
    if (direction in steps) return this.pan(steps[direction]);
    const middle = this.view.from + this.view.width / 2;
    for (const track of this.trace.tracks) {
      const span = Span.at(track, 0, middle) || (track.levels.length ? new Span(track, 0, 0) : null);
      if (span && direction === "down") return this.select(span, true);
    }
  }

  step(wanted, direction) {
    const span = search.next(this.trace.tracks, this.selection, wanted, direction);
    if (span) return this.select(span, true);
    const instant = Instant.next(this.trace.tracks, this.instant, wanted, direction);
    if (instant) this.selectInstant(instant, true);
  }

  stepSame(direction) {
    const selected = this.selection || this.instant;
    if (!selected) return;
    const wanted = new Uint8Array(this.trace.names.count);
    wanted[selected.function] = 1;
    this.step(wanted, direction);
  }

  stepHit(direction) {
    if (this.hits) this.step(this.hits, direction);
  }

  // How all calls of the selected one's function are spread.
  showCalls() {
    if (!this.selection || !this.durations) return;
    this.slow.choose(this.selection.function);
    this.panel.show("slow");
  }

  showAround() {
    if (!this.selection || !this.wholeTotals) return;
    this.panel.show("tree");
    this.calltree.choose("around");
  }

  // The longest call of a function, in the area if there is one.
  selectSlowest(number) {
    const [from, to] = this.area || [-Infinity, Infinity];
    const span = search.slowest(this.trace.tracks, number, from, to);
    if (span) this.select(span, true);
  }

  selectInside(outer, number) {
    const { level, from, to } = outer.children;
    let best = -1;
    for (let i = from; i < to; i++) {
      if (level.functionOf(i) !== number) continue;
      if (best < 0 || level.end[i] - level.start[i] > level.end[best] - level.start[best]) best = i;
    }
    if (best >= 0) this.select(new Span(outer.track, level.depth, best), true);
  }

  // -- searching -------------------------------------------------------------

  isHit(number) {
    return !this.hits || this.hits[number] === 1;
  }

  // Mark all calls whose function's name or file holds text; how many.
  searchFor(text) {
    const field = dom.byId("search");
    if (field.value !== text) field.value = text;
    this.hits = text ? this.trace.names.find(text) : null;
    this.hitIndex = this.hits && new Hits(this.hits);
    let calls = 0;
    if (this.hits && this.wholeTotals) this.hits.forEach((hit, i) => (calls += hit ? this.wholeTotals.spans[i] : 0));
    if (this.hits) for (const track of this.trace.tracks) for (const { number } of track.instants) calls += this.hits[number];
    dom.byId("hits").textContent = text ? calls.toLocaleString("en") : "";
    this.recolour();
    this.flamegraph.draw();
    return calls;
  }
}
