// SPDX-License-Identifier: Apache-2.0
//
// timeline.js: the upper part of the page as a whole: which stretch of time and
// which rows are in sight, and the frame in which its parts are drawn.
"use strict";

class Timeline {
  // act: {click(target, event, isRuler), setArea, focus} for what a pointer does.
  constructor({ state, theme, colours, act }) {
    Object.assign(this, { state, theme, colours, view: state.view });
    this.view.setBounds(0, state.trace.facts.duration_ns || 1); // until calls are there
    this.view.fit();
    this.layout = new Layout(state.trace, state.shown);
    this.scroller = dom.byId("tracks");
    this.mover = null; // {isHeld, step(ms)}: what moves the view in each frame
    this.isQueued = false;
    this.ruler = new Ruler(dom.byId("ruler-canvas"), this);
    this.picture = new Picture(dom.byId("picture"), this);
    this.overlay = new Overlay(dom.byId("overlay"), this);
    this.overview = new Overview(dom.byId("overview-canvas"), dom.byId("window"), this);
    this.gutter = new Gutter(dom.byId("sizer"), this);
    this.below = new Below(dom.byId("below"), this);
    this.pointer = new Pointer(this, act);
    this.listen();
  }

  listen() {
    const { state } = this;
    state.on("theme", () => this.restyle());
    state.on("hits", () => this.invalidateAll());
    state.on("selection area totals", () => this.invalidate());
    state.on("shown", () => this.relayout());
    state.on("hover bookmarks", () => this.remark());
    this.scroller.addEventListener("scroll", () => {
      this.view.top = this.scroller.scrollTop;
      this.invalidate();
    });
    new ResizeObserver(() => this.resize()).observe(this.scroller);
  }

  // -- drawing ---------------------------------------------------------------

  restyle() {
    this.picture.restyle();
    if (this.state.totals) this.gutter.update();
    this.invalidateAll();
  }

  invalidate() {
    if (this.isQueued) return;
    this.isQueued = true;
    requestAnimationFrame((now) => this.frame(now));
  }

  // The overview, too.
  invalidateAll() {
    this.isStale = true;
    this.invalidate();
  }

  frame(now) {
    this.isQueued = false;
    if (this.mover?.isHeld) this.mover.step(Math.min(50, now - (this.lastFrame || now - 16)));
    this.view.step(now);
    this.lastFrame = now;
    this.draw();
    if (this.view.isMoving || this.mover?.isHeld) this.invalidate();
    else this.lastFrame = undefined;
  }

  draw() {
    if (dom.byId("stage").hidden) return;
    const begin = performance.now();
    if (this.isStale) this.overview.draw();
    this.isStale = false;
    this.ruler.draw();
    this.picture.draw();
    this.overlay.draw();
    this.below.update();
    this.overview.moveWindow(); // after all that asks for sizes, or the page is laid out twice
    this.frameMs = performance.now() - begin;
    this.state.tell("drawn");
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
    this.invalidateAll();
  }

  // What was below the pointer is elsewhere.
  relayout() {
    this.state.setHover(null);
    this.layout.update();
    this.gutter.update();
    this.resize();
  }

  // The same after a change of the layout; the name of thing, a track or a process,
  // stays where it is seen.
  keep(thing, change) {
    const item = () => this.layout.items.find((one) => Gutter.isOf(one, thing));
    const before = item();
    const least = before?.kind === "track" ? Layout.PROCESS : 0;
    const seen = before && Math.max(before.y - this.view.top, least);
    change();
    this.relayout();
    if (before && item()) this.scrollTo(item().y - seen);
  }

  // More calls are there.
  grow() {
    this.bound(false);
    this.relayout();
  }

  // What there is to see; isLast when all calls are there.
  bound(isLast) {
    const { trace } = this.state;
    const fitted = this.view.isFitted;
    if (trace.to > trace.from) this.view.setBounds(trace.from, isLast ? trace.to : Math.max(trace.to, trace.facts.duration_ns || 0));
    if (fitted) this.view.fit();
  }

  // -- what is in view -------------------------------------------------------

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
    this.view.top = this.scroller.scrollTop;
  }

  scrollBy(y) {
    this.scrollTo(this.view.top + y);
  }

  // -- bringing something into sight -----------------------------------------

  // Sideways only if it is out of view or too small.
  reveal(span) {
    const { view, layout } = this;
    layout.collapsedTracks.delete(span.track);
    if (this.state.shown.rowOf(span) >= Layout.ROWS) layout.opened.add(span.track);
    this.showTrack(span.track);
    const isOut = span.end < view.from || span.start > view.to;
    const isTiny = span.duration < view.width / 400;
    if (isOut || isTiny) {
      const room = isTiny ? Math.max(span.duration * 12, View.LEAST) : view.width;
      const middle = (span.start + span.end) / 2;
      this.glide(middle - room / 2, middle + room / 2);
    }
    const y = layout.yOf(span);
    const height = this.scroller.clientHeight - Below.HEIGHT;
    if (y < view.top + Layout.PROCESS || y + Layout.ROW > view.top + height) this.scrollTo(y - height / 3);
  }

  revealInstant({ track, time }) {
    const { view } = this;
    this.showTrack(track);
    if (time < view.from || time > view.to) this.glide(time - view.width / 2, time + view.width / 2);
    const item = this.layout.itemOf(track);
    if (item && (item.y < view.top + Layout.PROCESS || item.rowsY > view.top + this.scroller.clientHeight)) this.scrollTo(item.y - Layout.PROCESS - 10);
  }

  revealCounter(counter) {
    this.layout.collapsedProcesses.delete(counter.process);
    this.filterTracks("");
    const item = this.layout.items.find((one) => one.counter === counter);
    if (item) this.scrollTo(item.y - 40);
  }

  showTrack(track) {
    if (!this.layout.isWanted(track) && !this.layout.pinned.has(track)) this.filterTracks("");
    this.layout.collapsedProcesses.delete(track.facts.process);
    this.relayout();
  }

  // Only the threads whose name, or whose process's, contains text.
  filterTracks(text) {
    const field = dom.byId("track-filter");
    if (field.value !== text) field.value = text;
    if (this.layout.filter === text) return this.relayout();
    this.layout.filter = text;
    this.relayout();
    this.state.countOnly(text ? this.layout.wantedTracks : null, text);
  }

  // The thread of what is selected, or null.
  get selectedTrack() {
    const { selection, instant } = this.state;
    return (selection || instant)?.track || null;
  }

  pinSelected() {
    if (!this.selectedTrack) return;
    Gutter.switch(this.layout.pinned, [this.selectedTrack]);
    this.relayout();
    if (this.state.selection) this.reveal(this.state.selection);
  }

  collapseSelected() {
    const item = this.selectedTrack && this.layout.itemOf(this.selectedTrack);
    if (item) this.gutter.fold(this.layout.collapsedTracks, item.track, item.tracks);
  }

  // All rows of all threads, or as many as they are given.
  openAll() {
    const { layout, view } = this;
    const first = layout.lanes.find((item) => item.y + item.height > view.top + Layout.PROCESS);
    this.keep(first?.track, () => {
      layout.isOpen = !layout.isOpen;
      layout.opened.clear();
    });
  }
}
