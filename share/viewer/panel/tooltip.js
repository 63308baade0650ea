// SPDX-License-Identifier: Apache-2.0
//
// tooltip.js: the small box beside the pointer that says which call lies there.
"use strict";

class Tooltip {
  constructor(element, { state, colours }) {
    Object.assign(this, { element, state, colours });
    state.on("hover", () => this.follow());
  }

  // Say what lies below the pointer.
  follow() {
    const { hover } = this.state;
    if (hover?.instant) this.showInstant(hover.instant, hover.x, hover.y);
    else if (hover?.wait) this.showWait(hover.wait, hover.x, hover.y);
    else if (hover?.task) this.showTask(hover.task, hover.time, hover.x, hover.y);
    else if (hover?.counterItem) this.showCounter(hover.counterItem.counter, hover.time, hover.x, hover.y);
    else if (hover?.span && !hover.isTouch) this.show(hover.span, hover.x, hover.y);
    else if (hover?.aggregate) this.showAggregate(...hover.aggregate, hover.x, hover.y);
    else this.hide();
  }

  hide() {
    this.element.hidden = true;
  }

  show(span, x, y) {
    const rows = [
      ["duration", span.durationText],
      ["self", time.duration(span.self)],
      ["start", time.timestamp(span.start, Math.max(span.duration / 1000, 1))],
      ["depth", String(span.depth)],
    ];
    if (this.state.trace.tracks.length > 1) rows.push(["thread", span.track.facts.name.slice(0, 60)]);
    const { shown } = this.state;
    const isBox = shown.isBox(span);
    if (isBox && shown.sizeOf(span)) rows.push(["inside", shown.sizeText(span)]);
    const remarks = this.state.waits[span.function] ? [waits.WHY, ...span.remarks] : span.remarks;
    this.showRows(span.function, rows, remarks, x, y, isBox ? shown.titleOf(span) : undefined);
  }

  // Short calls that are summed up: how many, and mostly of which function.
  showAggregate(aggregates, i, x, y) {
    const busy = aggregates.busyOf(i);
    const extent = aggregates.end[i] - aggregates.start[i];
    const rows = [
      ["calls", Math.round(aggregates.spansOf(i)).toLocaleString("en")],
      ["their time", `${time.duration(busy)} of ${time.duration(extent)}`],
      ["functions", String(aggregates.entryFrom[i + 1] - aggregates.entryFrom[i])],
    ];
    this.showRows(aggregates.dominant(i), rows, ["short calls, added up; most of the time is in this function"], x, y);
  }

  showInstant(instant, x, y) {
    const rows = instant.facts.slice(0, 12).map(([key, text]) => [key.slice(0, 60), text.slice(0, 200)]);
    this.showRows(instant.function, [["at", time.timestamp(instant.time, 1000)], ...rows], [], x, y);
  }

  // What a thread did at that time, and why it did not go on.
  showWait({ track, time: at }, x, y) {
    const told = waittext.at(track, at, this.state.trace);
    this.showText(`var(--wait-${told.colour})`, told.title, track.facts.name.slice(0, 60), told.rows, [], x, y);
  }

  showTask(task, at, x, y) {
    const { names } = this.state.trace;
    this.showRows(task.function, task.told(at, names), [], x, y, task.name);
  }

  // What the series of a counter are at that time.
  showCounter(counter, at, x, y) {
    const rows = counter.series.map((series) => [series.name, Counter.text(series.value[series.at(at)] ?? NaN)]);
    this.showRows(counter.series[0].number, rows, [], x, y, counter.name);
  }

  // A function, what there is to say of it, and remarks, beside (x, y).
  showRows(number, rows, remarks, x, y, name = this.state.trace.names.short[number]) {
    const { names } = this.state.trace;
    this.showText(this.colours.css(number), name, names.location(number) || names.kindText(number), rows, remarks, x, y);
  }

  // The same in words.
  showText(colour, name, location, rows, remarks, x, y) {
    this.element.replaceChildren(
      dom.make("div.name", {}, dom.chip(colour), name.slice(0, 300)),
      dom.make("div.location", {}, location),
      dom.make("dl", {}, ...rows.flatMap(([term, value]) => [dom.make("dt", {}, term), dom.make("dd", {}, value)])),
      ...remarks.map((text) => dom.make("div.remark", {}, text)),
    );
    this.element.hidden = false;
    const box = this.element.getBoundingClientRect();
    const left = x + 16 + box.width > window.innerWidth ? x - 12 - box.width : x + 16;
    const top = y + 18 + box.height > window.innerHeight ? y - 12 - box.height : y + 18;
    this.element.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }
}
