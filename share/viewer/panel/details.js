// SPDX-License-Identifier: Apache-2.0
//
// details.js: all about the selected call: where it is, what called it, what
// it called, and how it compares with the other calls of its function.
"use strict";

class Details {
  static MOST = 12; // rows of what is inside

  // act: {select, selectInside, stepSame, focus, showCalls, showAround, toggleBox}
  constructor({ state, colours, act }) {
    Object.assign(this, { state, colours, act });
    this.source = new Source(state.trace.names);
    this.element = dom.make("div.details", {}, this.hint());
    state.on("selection theme shown totals", () => this.update());
  }

  update() {
    const { totals, selection: span, instant } = this.state;
    if (!totals) return;
    if (instant) return this.element.replaceChildren(this.instant(instant));
    if (!span) return this.element.replaceChildren(this.hint());
    this.element.replaceChildren(this.facts(span), this.calledBy(span), this.inside(span), this.source.show(span.function));
  }

  hint() {
    return dom.make("p.hint", {}, "Click a call in the timeline, or press an arrow key, to see what it is, what called it and where its time went.");
  }

  instant(instant) {
    const { act, state } = this;
    const { names } = state.trace;
    const { call, track } = instant;
    const rows = [
      ["at", time.timestamp(instant.time, 1), time.exact(instant.time)],
      ["clock", time.clock(state.trace.facts.realtime_ns, instant.time)],
      ["thread", track.facts.name],
      ...(Raised.is(names, instant.function) ? this.exception(instant) : instant.facts.map(([key, text]) => [key.slice(0, 200), text.slice(0, 10000)])),
    ];
    if (call) rows.push(["in", dom.link(names.short[call.function].slice(0, 200), "Select this call", () => act.select(call, true))]);
    const step = (text, title, by) => dom.make("button", { type: "button", title, onclick: () => act.stepSame(by) }, text);
    return dom.make("section.facts", {}, dom.make("h2", {}, this.chip(instant.function), names.short[instant.function].slice(0, 300)), dom.make("p.location", {}, names.kindText(instant.function)), this.pairs(rows), dom.make("div.actions", {}, step("‹ previous of this name", "[", -1), step("next of this name ›", "]", 1)));
  }

  exception({ track, index }) {
    const { names } = this.state.trace;
    const one = new Raised(track, track.instants[index], index);
    const ended = one.ended(names);
    const outermost = ended[ended.length - 1];
    const rows = [["raised in", one.raisedIn]];
    if (one.told.message) rows.unshift(["message", one.told.message.slice(0, 1000)]);
    if (one.caughtBy) rows.push(["caught by", one.caughtBy]);
    if (one.told.calls) rows.push(["calls ended", one.told.calls.toLocaleString("en")]);
    if (outermost) rows.push(["outermost", dom.link(`${names.short[outermost.function].slice(0, 200)}, ${time.duration(outermost.duration)}`, "Select this call", () => this.act.select(outermost, true))]);
    return rows;
  }

  // Which exception ended a call.
  endedBy(span) {
    const { names } = this.state.trace;
    const one = span.isRaised ? Raised.ending(span, names) : null;
    if (!one) return [];
    const text = one.text(names).slice(0, 500);
    const { instant } = one;
    return [["ended by", instant ? dom.link(text, "Select this exception", () => this.act.selectInstant(instant, true)) : text]];
  }

  facts(span) {
    const { act, state } = this;
    const { names } = state.trace;
    const number = span.function;
    const short = names.short[number].slice(0, 300);
    const title = state.shown.isBox(span) ? state.shown.titleOf(span).slice(0, 300) : short; // "import flask" of what imports it
    const place = names.location(number) || names.kindText(number);
    return dom.make(
      "section.facts",
      {},
      dom.make("h2", { title: names.full[number].slice(0, 2000) }, this.chip(number), title),
      dom.make("p.location", {}, title.startsWith("import") && title !== short ? `${short}, ${place}` : place),
      dom.make(
        "div.actions",
        {},
        dom.make("button", { type: "button", title: "Previous call of this function ([)", onclick: () => act.stepSame(-1) }, "‹ previous call"),
        dom.make("button", { type: "button", title: "Next call of this function (])", onclick: () => act.stepSame(1) }, "next call ›"),
        dom.make("button", { type: "button", title: "Zoom to this call (f)", onclick: () => act.focus() }, "focus"),
        this.boxButton(span),
        dom.make("button", { type: "button", title: "How long all calls of this function took (c)", onclick: () => act.showCalls() }, "all its calls"),
        dom.make("button", { type: "button", title: "What called this function and what it called (v)", onclick: () => act.showAround() }, "callers, callees"),
      ),
      this.pairs(this.rows(span)),
    );
  }

  // What it was called with and what it returned, where that was recorded.
  arguments(span) {
    const rows = span.arguments.map(([name, value]) => [name === "return" ? "returned" : name === "<more>" ? "…" : name, name === "<more>" ? `${value} more` : Arguments.show(value)]);
    return rows.length ? [dom.make("h3.arguments", {}, "Arguments"), this.pairs(rows)] : [];
  }

  boxButton(span) {
    const { shown } = this.state;
    const text = shown.isBox(span) ? `unfold ${shown.sizeText(span)} inside` : shown.isOpened(span) ? "fold again" : "";
    return text && dom.make("button", { type: "button", title: "u; Shift + click or U: all boxes like it", onclick: (event) => this.act.toggleBox(event.shiftKey) }, text);
  }

  chip(number) {
    return dom.chip(this.colours.css(number));
  }

  pairs(rows) {
    return dom.make("dl", {}, ...rows.flatMap(([term, value, title]) => [dom.make("dt", {}, term), dom.make("dd", { title: title || "" }, value)]));
  }

  rows(span) {
    const { trace } = this.state;
    const parent = span.parent;
    const process = trace.processes[span.track.facts.process];
    const rows = [
      ["duration", span.durationText, time.exact(span.duration)],
      ["self", `${time.duration(span.self)} · ${time.share(span.self, span.duration)}`, time.exact(span.self)],
      ...waittext.rowsOf(span, trace),
      ...this.endedBy(span),
      ["start", time.timestamp(span.start, Math.max(span.duration / 100, 1)), time.exact(span.start)],
      ["clock", time.clock(trace.facts.realtime_ns, span.start)],
      ["thread", `${span.track.facts.name} · depth ${span.depth}`],
    ];
    if (process) rows.push(["process", [process.name, "pid " + process.pid, processTree.endOf(process)?.text].filter(Boolean).join(" · ").slice(0, 300), process.command]);
    if (parent) rows.push(["of its caller", time.share(span.duration, parent.duration)]);
    rows.push(["compared", this.rank(span)]);
    if (this.state.waits[span.function]) rows.push(["waits", "for a time, a lock, a thread, a process or data"]);
    for (const remark of span.remarks) rows.push(["note", remark]);
    return rows;
  }

  // Beside the usual call of its function; until those are sorted, the mean one.
  rank(span) {
    const { durations, totals } = this.state;
    const number = span.function;
    const [usual, name] = durations ? [durations.quantile(number, 0.5), "median"] : [totals.mean(number), "mean"];
    const factor = span.net / Math.max(usual, 1);
    const count = Math.round(totals.spans[number]);
    const isStepped = Math.round(totals.steps(number)) > Math.round(totals.calls[number]);
    const calls = processTree.count(count, ...(isStepped ? ["step", "steps"] : ["call", "calls"]));
    return `${factor < 0.1 ? factor.toPrecision(1) : factor < 10 ? factor.toFixed(2) : Math.round(factor).toLocaleString("en")} × the ${name} of ${calls} (${time.duration(totals.min[number])} to ${time.duration(totals.max[number])})`;
  }

  // The path from the outermost call to this one.
  calledBy(span) {
    const { act, state } = this;
    const { names } = state.trace;
    const rows = span.chain.reverse().slice(0, 200).map((outer) => dom.make("li", {}, this.chip(outer.function), dom.link(names.short[outer.function].slice(0, 200), names.location(outer.function), () => act.select(outer, true)), dom.make("span", {}, time.duration(outer.duration))));
    if (!rows.length) rows.push(dom.make("li.hint", {}, "Nothing: this is the outermost call of its thread"));
    return dom.make("section", {}, ...this.arguments(span), dom.make("h3", {}, "Called by"), dom.make("ol", {}, ...rows));
  }

  inside(span) {
    const sums = span.inside;
    const rows = sums.slice(0, Details.MOST).map((sum) => this.insideRow(sum, span));
    if (sums.length > Details.MOST) rows.push(dom.make("li.hint", {}, `and ${sums.length - Details.MOST} more functions`));
    rows.push(this.bar(null, ["self"], "", span.self, span));
    return dom.make("section.inside", {}, dom.make("h3", {}, "Where its time went"), dom.make("ol", {}, ...rows));
  }

  insideRow(sum, span) {
    const { act, state } = this;
    const { names } = state.trace;
    const go = () => act.selectInside(span, sum.function);
    const name = dom.link(names.short[sum.function].slice(0, 200), "Select its slowest call in this one", go);
    return this.bar(sum.function, [name, waitMark(state.waits, sum.function)], sum.count === 1 ? "" : "× " + sum.count.toLocaleString("en"), sum.total, span);
  }

  bar(number, name, count, total, span) {
    const share = span.duration > 0 ? total / span.duration : 0;
    const fill = dom.make("i.fill");
    fill.style.width = 100 * share + "%";
    if (number !== null) fill.style.background = this.colours.css(number);
    return dom.make("li", {}, fill, dom.make("b", {}, ...name), dom.make("span", {}, count), dom.make("span", {}, time.duration(total)), dom.make("span", {}, time.share(total, span.duration)));
  }
}
