// SPDX-License-Identifier: Apache-2.0
//
// state.js: what is shown and selected, what was worked out of it, and who is
// told when it changes.  What draws listens here and is not called by anybody
// else.  No DOM.
"use strict";

class State {
  // theme: the colours are others. hover: what lies below the pointer.
  // selection: a call, an instant or nothing is selected. area: its edges move.
  // range: the tables count another stretch. hits: another search. totals: sums
  // or percentiles of the whole recording are there. tab: another one is open.
  // drawn: the timeline was. shown: other calls are shown one by one. bookmarks:
  // other times are marked on the ruler.
  static TOPICS = ["theme", "hover", "selection", "area", "range", "hits", "totals", "tab", "drawn", "shown", "bookmarks"];

  constructor(trace) {
    this.trace = trace;
    this.shown = new Shown(trace);
    this.skipsWaits = false; // in tables
    this.waits = waits.of(trace.names);
    this.view = new View();
    this.selection = null; // a span
    this.instant = null; // or this
    this.bookmarks = []; // [{time, name}], by time
    this.hover = null; // what Target says
    this.area = null; // [from, to]
    this.counted = trace; // with the tracks that tables count
    this.threads = ""; // what they were filtered by
    this.search = ""; // its text
    this.hits = null; // 1 for each function that it found
    this.hitIndex = null; // and where their calls are
    this.flows = []; // which call started which track
    this.flames = new WeakMap(); // of each fold, or the trace: what counting() makes
    this.totals = null; // of the whole recording, as are these:
    this.durations = null;
    this.listeners = Object.fromEntries(State.TOPICS.map((topic) => [topic, []]));
  }

  // Call listener whenever one of the topics, "theme hits", changes: in the
  // order in which they came.
  on(topics, listener) {
    for (const topic of topics.split(" ")) this.listeners[topic].push(listener);
  }

  tell(topic) {
    for (const listener of this.listeners[topic]) listener();
  }

  setHover(hover) {
    this.hover = hover;
    this.tell("hover");
  }

  select(span) {
    this.selection = span;
    this.instant = null;
    this.tell("selection");
  }

  selectInstant(instant) {
    this.selection = null;
    this.instant = instant;
    this.tell("selection");
  }

  setBookmarks(list) {
    this.bookmarks = list.slice().sort((one, other) => one.time - other.time);
    this.tell("bookmarks");
  }

  // None where both are the same.
  setArea(one, other) {
    this.area = one === other ? null : [Math.min(one, other), Math.max(one, other)];
    this.tell("area");
  }

  // Find all calls and instants whose name or file holds text; those inside boxes
  // are no hits.
  find(text) {
    this.search = text;
    this.query = text.trim() ? new Query(text, this.trace.names) : null;
    this.hits = this.query && this.query.functions;
    this.hitIndex = this.hits && new Hits(this.hits, this.query);
    this.looksInside = false; // hits inside boxes count, too
    this.tell("hits");
  }

  // Unfold the boxes that hold hits.  Those whose boxes are not known, since there
  // are too many paths, are gone to nevertheless.
  unfoldHits() {
    this.shown.unfold(this.insideLists());
    this.looksInside = this.hitsInside > 0;
    this.reshow();
  }

  // The hits inside boxes: [folded track, level, indices] each.
  *insideLists() {
    for (const track of this.counted.tracks) {
      const folded = this.shown.of(track);
      if (folded !== track) for (const { level, list } of this.hitIndex.insideOf(folded)) yield [folded, level, list];
    }
  }

  // Show calls one by one as mode says (Shown.MODES), all boxes folded; whether that
  // is something else.
  show(mode) {
    if (mode === this.shown.mode && !this.shown.isUnfolded) return false;
    this.shown.choose(mode);
    this.reshow();
    return true;
  }

  // Leave calls that wait out of the tables, or count them again.
  skipWaits(isSkipping) {
    this.skipsWaits = isSkipping;
    this.flames = new WeakMap();
    this.tell("shown");
  }

  // Put the calls of a module into boxes; null: no module's.
  hideModule(module) {
    this.shown.hide(module);
    this.reshow();
  }

  // Unfold a box, or fold it again, or all on its path; whether there was one.
  toggleBox(span, isAll = false) {
    const isThere = isAll ? this.shown.toggleAll(span) : this.shown.toggle(span);
    if (isThere) this.reshow();
    return isThere;
  }

  reshow() {
    this.tell("shown");
    if (this.hits) this.tell("hits");
  }

  // What stands for the tracks, in order.
  get shownTracks() {
    return this.counted.tracks.map((track) => (this.looksInside ? track : this.shown.of(track)));
  }

  isHit(number) {
    return !this.hits || this.hits[number] === 1;
  }

  // Of a function that is hit.
  isHitCall({ track, level, index }) {
    const { query } = this;
    return !query.isOfCalls || (query.takesTrack(track) && query.takes(level, index, track));
  }

  // The calls that one can go to: [track, level, indices] each.
  *hitLists() {
    for (const { source, levels } of this.shownTracks) for (const level of levels) yield [source, level, this.hitIndex.of(level, source)];
  }

  // Which of the hits that one can go to is selected, from 1, and how many those
  // are; null where no hit is selected.  Calls that are only added up are none.
  get hitRank() {
    const { hits, selection } = this;
    if (!hits || !selection || !hits[selection.function] || !this.isHitCall(selection)) return null;
    let [rank, count] = [1, 0];
    for (const [track, level, list] of this.hitLists()) {
      count += list.length;
      if (track.number < selection.track.number) rank += list.length;
      else if (track === selection.track) rank += Column.bound(list, list.length, (i) => level.start[i] >= selection.start);
    }
    return { rank, count };
  }

  // How many there are, once all is counted.
  get hitCount() {
    if (!this.hits) return 0;
    let count = this.totals ? this.hitSpans : 0;
    if (!this.query.isOfCalls) for (const track of this.counted.tracks) for (const { number } of track.instants) count += this.hits[number];
    return count;
  }

  // Of what is shown; those that are only added up can't be told from those in boxes.
  get hitSpans() {
    let count = 0;
    if (!this.shown.fold && !this.query.isOfCalls && this.counted === this.trace) this.hits.forEach((hit, i) => (count += hit ? this.totals.spans[i] : 0));
    else for (const [, , list] of this.hitLists()) count += list.length;
    return count;
  }

  // Those that are not shown one by one.
  get hitsInside() {
    return this.hits && this.shown.fold && !this.looksInside ? Math.max(0, this.hitsKept - this.hitSpans) : 0;
  }

  // Those that are not merely added up.
  get hitsKept() {
    let count = 0;
    for (const track of this.counted.tracks) for (const level of track.levels) count += this.hitIndex.of(level, track).length;
    return count;
  }

  // The rest, where that can be told: they are in pale stretches.
  get hitsAddedUp() {
    if (!this.hits || !this.totals || this.query.isOfCalls || this.counted !== this.trace) return 0;
    let count = 0;
    this.hits.forEach((hit, i) => (count += hit ? this.totals.spans[i] : 0));
    return Math.max(0, Math.round(count - this.hitsKept));
  }

  // -- what was worked out ---------------------------------------------------

  // All calls are there.
  count() {
    this.totals = Totals.of(this.trace);
    this.flows = flows.of(this.trace);
    this.tell("totals");
  }

  // In order, as list says.
  takeDurations(list) {
    this.trace.takeDurations(list);
    this.durations = new Durations(this.trace, this.totals);
    this.tell("totals");
  }

  // Tables count only these tracks, which text was the filter of; null: all of them.
  countOnly(tracks, text = "") {
    this.threads = text;
    this.counted = tracks ? Object.create(this.trace, { tracks: { value: tracks } }) : this.trace;
    this.flames = new WeakMap();
    this.tell("range");
  }

  get countsAll() {
    return !this.area && this.counted === this.trace;
  }

  // "all threads together", or which ones.
  get threadsText() {
    const all = this.trace.tracks.filter((track) => !track.isEmpty).length;
    if (this.counted === this.trace) return "all threads together";
    return `${this.counted.tracks.length.toLocaleString("en")} of ${processTree.count(all, "thread", "threads")}`;
  }

  // The stretch that tables count.
  get range() {
    return this.area || [this.trace.from, this.trace.to];
  }

  get rangeText() {
    const threads = this.counted === this.trace ? "" : `, ${this.threadsText}`;
    if (!this.area) return "The whole recording" + threads;
    const [from, to] = this.area;
    return `${time.duration(to - from)}, from ${time.timestamp(from, (to - from) / 100)}${threads}`;
  }

  // The paths to all calls of the area, or of everything; made once for both.
  flame() {
    const made = this.counting();
    const { sums, options: [from, to, kinds] } = made;
    made.flame = made.flame || new Flame(this.counted, from, to, { ...kinds, sums });
    return made.flame;
  }

  // What they took, which is there sooner.
  pathSums() {
    return this.counting().sums;
  }

  // Both: {from, to, spans, options, sums, flame: once it was asked for}.
  counting() {
    const [from, to] = this.area || [-Infinity, Infinity];
    const { shown: { fold }, counted: { spans }, skipsWaits } = this;
    const made = this.flames.get(fold || this.trace);
    if (made && made.from === from && made.to === to && made.spans === spans) return made;
    const options = [from, to, { fold, skipsWaits }];
    const counting = { from, to, spans, options, sums: new PathSums(this.counted, ...options), flame: null };
    this.flames.set(fold || this.trace, counting);
    return counting;
  }
}
