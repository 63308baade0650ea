// SPDX-License-Identifier: Apache-2.0
//
// navigation.js: what the user can do: select, search, measure, and go from
// call to call.  Keys, pointer, panels and links call these; they change the
// state, bring what it is about into sight and open its tab.
"use strict";

class Navigation {
  constructor(state) {
    this.state = state;
  }

  // They need this to be made, and are needed here only when the user acts.
  connect({ timeline, panel, slow, calltree }) {
    Object.assign(this, { timeline, panel, slow, calltree });
  }

  // -- selecting -------------------------------------------------------------

  // reveal: bring it into sight; show: open its tab, too.
  select(span, reveal = false, show = true) {
    const { state, panel, calltree } = this;
    const stays = panel.shown === "compare" || (state.totals && panel.shown === "tree" && calltree.mode === "around");
    if (span && reveal && state.shown.isInside(span)) state.toggleBox(span);
    state.select(span);
    if (!span) return;
    if (reveal) this.timeline.reveal(span);
    if (show && !stays) panel.show("details");
    this.say(span.function, time.duration(span.duration), `depth ${span.depth}`, span.track.facts.name);
  }

  selectInstant(instant, reveal = false) {
    this.state.selectInstant(instant);
    if (reveal) this.timeline.revealInstant(instant);
    this.panel.show("details");
    this.say(instant.function, instant.track.facts.name);
  }

  // To those who hear the page.
  say(number, ...facts) {
    dom.byId("spoken").textContent = [this.state.trace.names.short[number].slice(0, 200), ...facts].join(", ");
  }

  // isDone: the edges are where they shall be.
  setArea(one, other, isDone) {
    this.state.setArea(one, other);
    if (isDone) this.state.tell("range");
  }

  // The area of the selected call, or of what is in sight; none if it is that.
  measure() {
    const { selection, view, area } = this.state;
    const [from, to] = selection ? [selection.start, selection.end] : [view.from, view.to];
    const isSame = area && area[0] === from && area[1] === to;
    this.setArea(from, isSame ? from : to, true);
  }

  // What was set last to be set: the area, the selection, the search.
  clear() {
    const { area, selection, instant, hits } = this.state;
    if (area) return this.setArea(0, 0, true);
    if (selection || instant) return this.select(null);
    if (hits) this.search("");
  }

  focus() {
    const { area, selection, view } = this.state;
    const range = area || (selection ? [selection.start, selection.end] : [view.low, view.high]);
    this.timeline.glide(...View.around(...range));
  }

  revealCounter(counter) {
    this.timeline.revealCounter(counter);
  }

  // How all calls of the selected one's function are spread.
  showCalls() {
    const { selection, durations } = this.state;
    if (!selection || !durations) return;
    this.slow.choose(selection.function);
    this.panel.show("slow");
  }

  // Unfold the box that is selected, or fold the one that the call was in; or all on
  // its path.
  toggleBox(isAll = false) {
    const { selection, shown } = this.state;
    if (!selection) return;
    const isFolding = shown.isOpened(selection);
    if (!this.state.toggleBox(selection, isAll)) return;
    if (isFolding) this.select(shown.boxOf(selection), true);
    else this.timeline.reveal(selection);
  }

  // Fold all boxes again.
  foldAll() {
    const { selection, shown } = this.state;
    this.state.show(shown.mode);
    if (selection && shown.isInside(selection)) this.select(shown.boxOf(selection), true);
  }

  // The next mode of Shown.MODES.
  showMore() {
    const modes = Object.keys(Shown.MODES);
    this.state.show(modes[(modes.indexOf(this.state.shown.mode) + 1) % modes.length]);
  }

  showAround() {
    if (!this.state.selection || !this.state.totals) return;
    this.panel.show("tree");
    this.calltree.choose("around");
  }

  // -- from call to call -----------------------------------------------------

  walk(direction) {
    const span = this.state.selection;
    if (!span) return this.walkWithout(direction);
    const to = { up: () => span.parent, down: () => span.firstChild, left: () => span.sibling(-1), right: () => span.sibling(1) }[direction]();
    if (to) this.select(to, true);
  }

  walkWithout(direction) {
    const { trace, view } = this.state;
    const steps = { left: -0.1, right: 0.1 };
    if (direction in steps) return this.timeline.pan(steps[direction]);
    const middle = view.from + view.width / 2;
    for (const track of trace.tracks) {
      const span = Span.at(track, 0, middle) || (track.levels.length ? new Span(track, 0, 0) : null);
      if (span && direction === "down") return this.select(span, true);
    }
  }

  step(wanted, direction) {
    const { counted, selection, instant } = this.state;
    const span = search.next(this.state.shownTracks, selection, wanted, direction) || search.next(counted.tracks, selection, wanted, direction);
    if (span) return this.select(span, true);
    const next = Instant.next(counted.tracks, instant, wanted, direction);
    if (next) this.selectInstant(next, true);
  }

  stepSame(direction) {
    const { trace, selection, instant } = this.state;
    const selected = selection || instant;
    if (!selected) return;
    const wanted = new Uint8Array(trace.names.count);
    wanted[selected.function] = 1;
    this.step(wanted, direction);
  }

  stepHit(direction) {
    const { state } = this;
    if (!state.hits) return;
    if (state.totals && !state.hitSpans && state.hitsInside) state.unfoldHits();
    const span = state.query.isOfCalls && search.nextHit(state.shownTracks, state.selection, state.hitIndex, direction);
    if (span) this.select(span, true);
    else if (!state.query.isOfCalls) this.step(state.hits, direction);
  }

  // Unfold the boxes that hold hits, and go to the first of these.
  showInside() {
    const { state } = this;
    const first = Array.from(state.insideLists(), ([{ source }, level, [index]]) => Span.of(source, level, index));
    state.unfoldHits();
    if (first.length) this.select(first.reduce((one, other) => (other.start < one.start ? other : one)), true);
    dom.byId("picture").focus({ preventScroll: true });
  }

  // The longest call of a function, in the area if there is one.
  selectSlowest(number) {
    const { trace, area } = this.state;
    const [from, to] = area || [-Infinity, Infinity];
    const span = search.slowest(this.state.shownTracks, number, from, to) || search.slowest(trace.tracks, number, from, to);
    if (span) this.select(span, true);
  }

  // The longest of the hits that are calls of a function.
  selectHit(number) {
    let best = null;
    for (const [track, level, list] of this.state.hitLists()) {
      for (const i of list) {
        if (level.functionOf(i) !== number || (best && level.end[i] - level.start[i] <= best.duration)) continue;
        best = Span.of(track, level, i);
      }
    }
    if (best) this.select(best, true);
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

  // Mark all calls whose function's name or file holds text; how many.
  search(text) {
    const field = dom.byId("search");
    if (field.value !== text) field.value = text;
    this.state.find(text);
    return this.state.hitCount;
  }
}
