// SPDX-License-Identifier: Apache-2.0
//
// save.js: what is shown, as a file of its own: the table as CSV, the calls in
// sight as JSON, the picture as PNG.
"use strict";

const save = (() => {
  function file(name, blob) {
    const link = dom.make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // A spreadsheet takes a cell that starts with one of these for a formula.
  function cell(value) {
    if (Number.isNaN(value)) return ""; // not known yet
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  // What a table of functions (grid.js) shows: its rows, and its columns that have csv:
  // [name, value(row)].
  function csv({ rows, columns }, names) {
    const shown = columns.map((column) => column.csv).filter(Boolean);
    const head = ["function", "file", "line", ...shown.map(([name]) => name), "waits"];
    const lines = rows.map((row) => [names.full[row.number], names.path(row.number), names.line[row.number], ...shown.map(([, value]) => value(row)), Number(waits.isOne(names, row.number))]);
    return [head, ...lines].map((line) => line.map(cell).join(",") + "\r\n").join("");
  }

  const MOST = 200000;

  // Of each level: [track, level, its first call in [from, to], the one behind its last].
  function stretches({ tracks }, from, to) {
    return tracks.flatMap((track) => track.levels.map((level) => [track, level, level.firstEndingAfter(from), level.firstStartingAt(to)]));
  }

  // When the last of the first most calls starts.
  function lastStart(list, count, most) {
    const starts = new Float64Array(count);
    let at = 0;
    for (const [, { start }, first, behind] of list) {
      if (behind <= first) continue;
      starts.set(start.subarray(first, behind), at);
      at += behind - first;
    }
    return starts.sort()[most - 1];
  }

  // The calls that lie in [from, to] at least in part, by time, and how many there
  // are: of more than most the first.
  function spans(trace, from, to, most = MOST) {
    const list = stretches(trace, from, to);
    const count = list.reduce((sum, [, , first, behind]) => sum + Math.max(0, behind - first), 0);
    const last = count > most ? lastStart(list, count, most) : to;
    const found = [];
    for (const [track, level, first, behind] of list) {
      for (let i = first; i < behind && level.start[i] <= last; i++) {
        found.push({ name: trace.names.full[level.functionOf(i)], thread: track.facts.name, tid: track.facts.tid, depth: level.depth, start_ns: level.start[i], end_ns: Math.min(level.end[i], track.to) });
      }
    }
    return { count, calls: found.sort((one, other) => one.start_ns - other.start_ns).slice(0, most) };
  }

  function table(viewer) {
    const { functions, state: { trace } } = viewer;
    file("functions.csv", new Blob([csv(functions.grid, trace.names)], { type: "text/csv" }));
  }

  function calls(viewer) {
    const { area, view, trace } = viewer.state;
    const [from, to] = area || [view.from, view.to];
    const { count, calls: found } = spans(trace, from, to);
    const name = count > found.length ? `calls-first-${found.length}-of-${count}.json` : "calls.json";
    file(name, new Blob([JSON.stringify(found, null, 1)], { type: "application/json" }));
  }

  // The name of a process, a thread or a counter, where its element stands.
  function label(context, item, { state, theme, view }, width, ratio) {
    const { kind, process, tracks, counter, y, height } = item;
    const { colour, font } = theme;
    const facts = state.trace.processes[process];
    const text = { process: () => (facts ? `${facts.name || "process"}  ${facts.pid}` : "Pinned"), track: () => lanes.name(tracks) + (tracks.length > 1 ? `, ${processTree.threadsText(tracks)}` : ""), counter: () => counter.name }[kind]();
    const top = (y - view.top) * ratio;
    context.fillStyle = colour[kind === "process" ? "raised" : "ground"];
    context.fillRect(0, top, width, height * ratio);
    context.fillStyle = colour.line;
    context.fillRect(0, top, width, ratio);
    context.fillStyle = colour.text;
    context.font = `600 ${12.5 * ratio}px ${font}`;
    context.fillText(text.slice(0, 100), (kind === "process" ? 12 : 24) * ratio, Math.max(top, 0) + 20 * ratio, width - 32 * ratio);
  }

  // The timeline as it is seen: the ruler, the names and the calls in sight.
  function compose(timeline) {
    const { layout, overlay, view, theme } = timeline;
    const { canvas, ratio } = timeline.picture;
    const ruler = timeline.ruler.canvas;
    const gutter = Math.round(dom.byId("surface").offsetLeft * ratio);
    const whole = dom.make("canvas", { width: gutter + canvas.width, height: ruler.height + canvas.height });
    const context = whole.getContext("2d");
    context.fillStyle = theme.colour.ground;
    context.fillRect(0, 0, whole.width, whole.height);
    context.drawImage(ruler, gutter, 0);
    context.translate(0, ruler.height);
    context.beginPath();
    context.rect(0, 0, whole.width, canvas.height);
    context.clip();
    for (const item of layout.visible(view.top, view.top + canvas.height / ratio)) label(context, item, timeline, gutter, ratio);
    for (const layer of [canvas, overlay.canvas]) context.drawImage(layer, gutter, 0);
    return whole;
  }

  function picture(viewer) {
    compose(viewer.timeline).toBlob((blob) => file("timeline.png", blob));
  }

  // What stands over the table of functions.
  function buttons(viewer) {
    return [
      ["CSV", "Save this table as CSV", () => table(viewer)],
      ["JSON", "Save the calls in the area, or in view, as JSON", () => calls(viewer)],
      ["PNG", "Save the timeline as an image", () => picture(viewer)],
    ].map(([text, title, onclick]) => dom.make("button", { type: "button", title, onclick }, text));
  }

  return { buttons, csv, spans, table, calls, picture, compose };
})();
