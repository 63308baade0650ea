// SPDX-License-Identifier: Apache-2.0
//
// header.js: what was recorded, where, and what is missing of it.
"use strict";

const header = (() => {
  function interpreters(trace) {
    return [...new Set(trace.processes.map((process) => process.interpreter).filter(Boolean))].join(", ");
  }

  function processes(trace) {
    const text = processTree.count(trace.processes.length, "process", "processes");
    if (trace.processes.length === 1) return text;
    const failed = trace.processes.filter(({ status, replaced }) => status && !replaced).map(({ status }) => processTree.failureText(status));
    const kinds = [...new Set(failed)].map((kind) => `${failed.filter((one) => one === kind).length} ${kind}`);
    return [text, ...kinds.slice(0, 3), kinds.length > 3 ? "…" : ""].filter(Boolean).join(", ");
  }

  // How each process ended, those that failed first.
  function ends(trace) {
    const list = trace.processes.map((process) => ({ process, end: processTree.endOf(process) })).filter(({ end }) => end);
    const lines = list.sort((one, other) => other.end.isBad - one.end.isBad).map(({ process, end }) => `${process.pid} ${process.name}: ${end.text}`);
    const rest = lines.length > 30 ? [`and ${lines.length - 30} more`] : [];
    return ["Processes", ...lines.slice(0, 30), ...rest].join("\n");
  }

  // [text, title] each.
  function facts(trace, isWhole) {
    const { host, realtime_ns: base, wait_status: status, duration_ns: duration } = trace.facts;
    const tracks = trace.tracks.filter((track) => !track.isEmpty);
    const shown = Number.isFinite(trace.to) ? Math.max(trace.to, 0) : duration;
    return [
      [time.duration(shown), "Duration of the recording"],
      [isWhole ? processTree.count(trace.calls, "call", "calls") : "reading …", "Calls recorded"],
      [filterText(trace), "Options that left calls out of the recording"],
      [trace.facts.part ? "only " + trace.facts.part.slice(0, 200) : null, "Options that left calls out"],
      [windowText(trace), "The page has only the calls that ran in this window"],
      [processes(trace), ends(trace)],
      [isWhole ? processTree.threadsText(tracks) : null, "Tracks"],
      [processTree.exitText(status), "How the command ended"],
      [costText(trace), costTitle(trace)],
      [isWhole ? gilText(trace) : null, "Of the time in which threads wanted to go on: they ran, or waited for the global interpreter lock"],
      [interpreters(trace), "Interpreter"],
      [host, "Host"],
      [isWhole ? time.date(base) : null, "Start of the recording"],
    ].filter(([text]) => text);
  }

  function filterText(trace) {
    const filtered = trace.processes.find((process) => process.filter);
    return filtered ? "recorded with " + filtered.filter.slice(0, 200) : null;
  }

  function costText(trace) {
    const cost = trace.end ? trace.end.cost_ns : 0;
    return cost ? `tracing took ${percent(cost, trace.facts.duration_ns)}` : null;
  }

  // Of those tracks of which it is known when they ran.
  function gilText(trace) {
    let [waited, ran] = [0, 0];
    for (const { waits, from, to } of trace.tracks) {
      if (!waits.isKnown) continue;
      const sums = waits.sums(from, to);
      waited += sums[WaitList.GIL];
      ran += Math.max(0, to - from - sums[WaitList.BLOCKED] - sums[WaitList.PREEMPTED] - sums[WaitList.UNSEEN]);
    }
    const share = (100 * waited) / Math.max(1, waited + ran);
    return share >= 1 ? `waited for the GIL ${share.toFixed(0)} %` : null;
  }

  // An estimate: no more digits than it is worth.
  function percent(part, whole) {
    const value = whole > 0 ? (part / whole) * 100 : 100;
    return value < 0.1 ? "less than 0.1 %" : `about ${value.toFixed(value < 1 ? 1 : 0)} %`;
  }

  function costTitle(trace) {
    const most = (key) => Math.max(0, ...trace.processes.map((process) => process[key] || 0));
    const each = (key) => Math.round(most(key) / 1000);
    const whose = trace.processes.length > 1 ? "the process that it slowed down most" : "all threads together";
    return `Tracing added about ${time.duration(trace.end ? trace.end.cost_ns : 0)} to ${whose}. The tracer measured itself at the start: ${each("python_call_ps")} ns for a Python call, ${each("c_call_ps")} ns for a C call`;
  }

  function windowText(trace) {
    const { from_ns: from, to_ns: to } = trace.facts;
    return to ? `only ${time.timestamp(from, (to - from) / 100)} to ${time.timestamp(to, (to - from) / 100)}` : null;
  }

  function show(trace, isWhole = true) {
    const command = trace.facts.command || (trace.processes[0] && trace.processes[0].command) || "A recording";
    const title = dom.byId("command");
    title.textContent = command;
    title.title = command;
    document.title = command.slice(0, 80) + " – codesnap";
    dom.byId("facts").replaceChildren(...facts(trace, isWhole).map(([text, title]) => dom.make("span", { title }, text)));
  }

  function showTroubles(trace) {
    const troubles = trace.troubles();
    const banner = dom.byId("banner");
    banner.hidden = troubles.length === 0;
    const dismiss = dom.make("button", { type: "button", title: "Hide this", "aria-label": "Hide this notice", onclick: () => (banner.hidden = true) }, "×");
    banner.replaceChildren(dom.make("ul", {}, ...troubles.slice(0, 8).map((text) => dom.make("li", {}, text))), dismiss);
    if (troubles.length > 8) banner.firstChild.append(dom.make("li", {}, `and ${troubles.length - 8} more`));
  }

  function showProgress(share) {
    const bar = dom.byId("progress");
    bar.hidden = share >= 1;
    bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    bar.firstElementChild.style.transform = `scaleX(${share})`;
  }

  return { show, showTroubles, showProgress };
})();
