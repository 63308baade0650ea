// SPDX-License-Identifier: Apache-2.0
//
// main.js: read the recording of this page and show it as it comes in.
// window.__codesnap is what tests and scripts may use.
"use strict";

const main = (() => {
  const NEEDED = { DecompressionStream: "DecompressionStream" in window, ResizeObserver: "ResizeObserver" in window, "light-dark()": window.CSS && CSS.supports("color", "light-dark(red, red)"), findLastIndex: "findLastIndex" in Array.prototype };
  const MISSING = Object.keys(NEEDED).filter((name) => !NEEDED[name]);

  function explain(text) {
    dom.byId("empty").hidden = false;
    if (text) dom.byId("why").textContent = text;
  }

  function wire({ act, timeline, theme, tour, permalink }) {
    const press = { "zoom-in": () => timeline.zoom(0.5, 0.5, true), "zoom-out": () => timeline.zoom(2, 0.5, true), fit: () => timeline.fit(), theme: () => theme.next(), help: () => help.toggle(tour), "next-hit": () => act.stepHit(1), "previous-hit": () => act.stepHit(-1) };
    for (const [id, action] of Object.entries(press)) dom.byId(id).addEventListener("click", action);
    copyLink.wire(permalink);
    const filter = dom.byId("track-filter");
    filter.addEventListener("input", () => timeline.filterTracks(filter.value));
    const field = dom.byId("search");
    field.addEventListener("input", () => act.search(field.value));
    field.addEventListener("keydown", (event) => searchKey(event, act));
  }

  function searchKey(event, act) {
    if (event.key === "Enter") act.stepHit(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") {
      act.search("");
      dom.byId("picture").focus();
    } else return;
    event.preventDefault();
  }

  function reveal() {
    dom.byId("empty").hidden = true;
    for (const id of ["stage", "panel", "foot"]) dom.byId(id).hidden = false;
  }

  // Show what came, less and less often: each frame takes time from the rest.
  // performance.mark is for tests/viewer/bench.mjs.
  function growing({ state, timeline }) {
    let [next, pause] = [0, 400];
    return (share) => {
      if (performance.now() < next) return;
      header.showProgress(share);
      if (state.trace.look()) {
        timeline.grow();
        performance.mark("first calls");
      }
      next = performance.now() + pause;
      pause *= 2;
    };
  }

  async function read(loader) {
    const tables = await loader.tables();
    if (!tables) return null;
    const trace = new Trace(tables);
    const pool = new WorkerPool(trace.names.kind);
    loader.fill(pool); // decoded while the page is put together
    header.show(trace, false);
    reveal();
    const viewer = new Viewer(trace);
    wire(viewer);
    await loader.chunks(pool, (piece) => trace.take(piece), growing(viewer));
    trace.finish(loader.end());
    header.show(trace);
    header.showTroubles(trace);
    await viewer.finish();
    header.showProgress(1);
    pool.durations().then((list) => viewer.takeDurations(list));
    return viewer;
  }

  // -- for tests and scripts -------------------------------------------------

  let viewer = null;

  function stats() {
    const { trace } = viewer.state;
    return {
      calls: trace.calls,
      spans: trace.spans,
      tracks: trace.tracks.filter((track) => !track.isEmpty).length,
      processes: trace.processes.length,
      from_ns: trace.from,
      to_ns: trace.to,
    };
  }

  function table() {
    return viewer.functions.rows().map((row) => ({
      name: viewer.state.trace.names.full[row.number],
      calls: row.calls,
      self_ns: row.self,
      total_ns: row.total,
    }));
  }

  // The n-th call (from 0) of the function with that name.
  function select(name, n = 0) {
    const wanted = Uint8Array.from(viewer.state.trace.names.full, (full) => (full === name ? 1 : 0));
    let span = null;
    for (let i = 0; i <= n; i++) span = search.next(viewer.state.trace.tracks, span, wanted, 1);
    viewer.act.select(span, true);
    return span && { start_ns: span.start, end_ns: span.end, depth: span.depth, self_ns: span.self };
  }

  async function start() {
    if (MISSING.length) return explain("This browser is too old for this page: it lacks " + MISSING.join(", ") + ". Open the file in a current Firefox or Chromium.");
    viewer = await read(new Loader());
    if (!viewer) explain("");
  }

  window.__codesnap = {
    ready: start(),
    stats,
    table,
    select,
    view: (from, to) => viewer.timeline.show(from, to),
    search: (text) => viewer.act.search(text),
    get viewer() {
      return viewer;
    },
  };
})();
