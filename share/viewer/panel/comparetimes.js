// SPDX-License-Identifier: Apache-2.0
//
// comparetimes.js: the two timelines one above the other, at one scale, both with
// the selected call, or the one that stands for it, at the same place.
"use strict";

class CompareTimes {
  static ROOM = 0.08; // left and right of the calls

  constructor({ state, theme, colours, tooltip }) {
    Object.assign(this, { state, theme, colours, tooltip });
    this.hint = dom.make("div.hint", {}, "Select a call in the timeline above, or a row in the table: both timelines then start with it.");
    this.strips = [0, 1].map((side) => new CompareStrip(theme, (number) => this.colourOf(side, number)));
    this.ruler = dom.make("div.caption.scale");
    this.both = dom.make("div.strips", {}, ...this.strips.map(({ element }) => element), this.ruler);
    this.element = dom.make("div.times", {}, this.hint, this.both);
    this.strips.forEach((strip, side) => this.watch(strip.canvas, side));
    state.on("selection", () => this.align());
    state.on("theme", () => this.restyle());
    new ResizeObserver(() => this.draw()).observe(this.both);
  }

  show(comparison, ours) {
    Object.assign(this, { comparison, ours, selected: null });
    this.counterpart = new Counterpart(comparison);
    this.restyle();
    this.align();
  }

  // Functions that match have the colour that they have in this page.
  restyle() {
    if (!this.comparison) return;
    const { trace } = this.comparison.sides[1 - this.ours];
    this.others = palette.colours(trace.names, this.theme.isDark ? "dark" : "light");
    for (const { numbers } of this.comparison.rows) {
      const [own] = numbers[this.ours];
      if (own !== undefined) for (const number of numbers[1 - this.ours]) this.others[number] = this.colours.plain[own];
    }
    this.draw();
  }

  colourOf(side, number) {
    return side === this.ours ? this.colours.plain[number] : this.others[number];
  }

  update() {
    if (this.selected && this.selected.is(this.state.selection)) return this.draw();
    this.align();
  }

  // The selected call, and the one in the other recording that is as far from the
  // first, or the last one there.
  align() {
    const { selection } = this.state;
    if (!this.comparison || !this.element.checkVisibility() || !selection) return this.draw();
    this.selected = selection;
    this.found = this.counterpart.of(selection, this.ours);
    this.choose(this.found ? Math.min(this.found.rank, this.found.other - 1) : -1);
  }

  choose(rank) {
    const { found, selected, ours } = this;
    this.rank = rank;
    const other = found && rank >= 0 ? found.call(rank) : null;
    this.calls = ours ? [other, selected] : [selected, other];
    const most = Math.max(...this.calls.map((call) => (call ? call.duration : 0)), 1);
    Object.assign(this, { from: -CompareTimes.ROOM * most, to: (1 + CompareTimes.ROOM) * most });
    this.draw();
  }

  draw() {
    const isThere = !!(this.comparison && this.selected);
    this.hint.hidden = isThere;
    this.both.hidden = !isThere;
    if (!isThere || !this.both.clientWidth) return;
    this.strips.forEach((strip, side) => {
      strip.title.replaceChildren(...this.titleOf(side));
      strip.draw(this.calls[side], this.from, this.to);
    });
    this.ruler.textContent = `${time.duration(this.to - this.from)} from edge to edge; wheel zooms, drag moves`;
  }

  titleOf(side) {
    const call = this.calls[side];
    const name = side ? "after" : "before";
    if (!call) return [`${name}: no call of this function`];
    const { names } = call.track;
    const text = `${name}: ${names.short[call.function].slice(0, 80)}, ${time.duration(call.duration)}, ${call.track.facts.name.slice(0, 40)}`;
    if (!this.found) return [text];
    const { rank, count, other } = this.found;
    const [own, all] = side === this.ours ? [rank, count] : [this.rank, other];
    const place = ` (${(own + 1).toLocaleString("en")} of ${all.toLocaleString("en")})`;
    return side === this.ours ? [text + place] : [text + place, ...this.steps(all)];
  }

  steps(all) {
    const step = (text, title, rank) => dom.make("button", { type: "button", title, disabled: rank < 0 || rank >= all, onclick: () => this.choose(rank) }, text);
    return [step("‹", "Align with the call before", this.rank - 1), step("›", "Align with the next call", this.rank + 1)];
  }

  // -- by the pointer --------------------------------------------------------

  watch(canvas, side) {
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => (canvas.hasPointerCapture(event.pointerId) ? this.pan(event.movementX) : this.point(event, side)));
    canvas.addEventListener("pointerleave", () => this.tooltip.hide());
  }

  wheel(event) {
    event.preventDefault();
    const factor = Math.exp(event.deltaY * 0.0015);
    const at = this.from + (event.offsetX / event.target.clientWidth) * (this.to - this.from);
    if ((this.to - this.from) * factor < 10) return;
    Object.assign(this, { from: at - (at - this.from) * factor, to: at + (this.to - at) * factor });
    this.draw();
  }

  pan(pixels) {
    const ns = (pixels * (this.to - this.from)) / this.strips[0].canvas.clientWidth;
    Object.assign(this, { from: this.from - ns, to: this.to - ns });
    this.draw();
  }

  point(event, side) {
    const span = this.strips[side].at(event.offsetX, event.offsetY);
    if (!span) return this.tooltip.hide();
    const { names } = span.track;
    const rows = [["duration", time.duration(span.duration)], ["self", time.duration(span.self)], ["from the call", time.duration(span.start - this.calls[side].start)]];
    this.tooltip.showText(palette.css(this.colourOf(side, span.function)), names.short[span.function], names.location(span.function) || names.kindText(span.function), rows, [], event.clientX, event.clientY);
  }
}
