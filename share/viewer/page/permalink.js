// SPDX-License-Identifier: Apache-2.0
//
// permalink.js: what is in view, selected and searched, in the address behind
// the #, so that a link or a reload comes back to it.
"use strict";

class Permalink {
  static REST_MS = 300;
  static BOXES = 50; // that are unfolded and written down

  constructor({ state, timeline, panel, calltree, act }) {
    Object.assign(this, { state, timeline, panel, calltree, act });
    this.isReading = false;
    window.addEventListener("hashchange", () => this.read());
    state.on("drawn bookmarks", () => this.touch());
    // Not all that changes the address draws the picture anew.
    for (const event of ["click", "input", "keyup"]) document.addEventListener(event, () => this.touch());
  }

  // Soon, once it has come to rest: browsers refuse too many changes.
  touch() {
    if (!this.state.totals) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), Permalink.REST_MS);
  }

  get text() {
    const { view, selection, instant, area, hits, search } = this.state;
    const parts = new URLSearchParams();
    if (!view.isFitted) parts.set("view", `${view.from.toFixed(0)}..${view.to.toFixed(0)}`);
    if (area) parts.set("area", `${area[0].toFixed(0)}..${area[1].toFixed(0)}`);
    if (selection) parts.set("call", Permalink.spanText(selection));
    if (instant) parts.set("instant", `${instant.track.number}.${instant.index}`);
    const { mode, first, opened, unfolded } = this.state.shown;
    if (mode !== first) parts.set("show", mode);
    if (opened.size) parts.set("unfolded", Permalink.spansText([...opened.values()]));
    if (unfolded.size) parts.set("boxes", Permalink.spansText(unfolded.all.map(({ span }) => span)));
    if (this.timeline.layout.filter) parts.set("threads", this.timeline.layout.filter.slice(0, 100));
    if (this.state.skipsWaits) parts.set("waits", "out");
    if (this.state.bookmarks.length) parts.set("marks", Bookmarks.text(this.state.bookmarks));
    if (hits) parts.set("search", search.slice(0, 200));
    if (this.panel.shown !== "functions") parts.set("tab", this.panel.shown);
    if (this.calltree.mode !== Calltree.MODES[0][0]) parts.set("tree", this.calltree.mode);
    return parts.toString();
  }

  write() {
    const { text } = this;
    if (location.hash.slice(1) === text) return;
    history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
  }

  static range(text) {
    const [from, to] = (text || "").split("..").map(Number);
    return to > from ? [from, to] : null;
  }

  // Whatever makes no sense in the address is left out.
  read() {
    const { act, panel } = this;
    const parts = new URLSearchParams(location.hash.slice(1));
    if (Object.keys(Shown.MODES).includes(parts.get("show"))) this.state.show(parts.get("show"));
    for (const span of this.spans(parts.get("unfolded"))) this.unfold(span);
    for (const span of this.spans(parts.get("boxes"))) this.state.toggleBox(span);
    if (parts.get("threads")) this.timeline.filterTracks(parts.get("threads"));
    if (parts.get("waits") === "out") this.state.skipWaits(true);
    if (parts.get("marks")) this.state.setBookmarks(Bookmarks.parse(parts.get("marks")));
    if (Calltree.MODES.some(([mode]) => mode === parts.get("tree"))) this.calltree.choose(parts.get("tree"));
    const area = Permalink.range(parts.get("area"));
    if (area) act.setArea(...area, true);
    if (parts.get("search")) act.search(parts.get("search"));
    const span = this.span(parts.get("call"));
    if (span) act.select(span, true);
    const instant = this.instant(parts.get("instant"));
    if (instant) act.selectInstant(instant, true);
    if (panel.offers(parts.get("tab"))) panel.show(parts.get("tab"));
    const view = Permalink.range(parts.get("view"));
    if (view) this.timeline.show(...view);
  }

  static spanText({ track, depth, index }) {
    return `${track.number}.${depth}.${index}`;
  }

  static spansText(spans) {
    return spans.slice(0, Permalink.BOXES).map(Permalink.spanText).join(",");
  }

  spans(text) {
    return (text || "").split(",").slice(0, Permalink.BOXES).map((one) => this.span(one)).filter(Boolean);
  }

  // All boxes on the path of one.
  unfold(span) {
    if (this.state.shown.isBox(span)) this.state.toggleBox(span, true);
  }

  instant(text) {
    const [number, index] = (text || "").split(".").map(Number);
    const track = this.state.trace.tracks[number];
    return track && index >= 0 && index < track.instants.length ? new Instant(track, index) : null;
  }

  span(text) {
    const [track, depth, index] = (text || "").split(".").map(Number);
    const level = this.state.trace.tracks[track] && this.state.trace.tracks[track].levels[depth];
    return level && index >= 0 && index < level.count ? new Span(this.state.trace.tracks[track], depth, index) : null;
  }
}
