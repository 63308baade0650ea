// SPDX-License-Identifier: Apache-2.0
//
// compareflame.js: the call paths of two recordings as one flame graph.  A box is
// red where the function itself took longer on this path, blue where it took less,
// and says so with a sign.
"use strict";

class CompareFlame extends Flamegraph {
  static FAINT = 0.08; // what is weaker has no colour

  show(comparison, ours) {
    Object.assign(this, { comparison, ours, flame: null, labelled: CompareFlame.namesOf(comparison) });
    this.update();
  }

  // What boxes are called, by row.
  static namesOf(comparison) {
    const places = comparison.rows.map((row) => Comparison.shown(row));
    const names = places.map(([side]) => comparison.sides[side].trace.names);
    return {
      short: places.map(([, number], i) => names[i].short[number]),
      label: (row) => names[row].label(places[row][1]),
      isImporter: (row) => names[row].isImporter(places[row][1]),
      location: (row) => names[row].location(places[row][1]) || names[row].kindText(places[row][1]),
    };
  }

  get names() {
    return this.labelled;
  }

  nameOf(row) {
    const { shown } = this.state;
    return shown.fold && this.names.isImporter(row) ? shown.importsName : this.names.label(row);
  }

  // Made when it is looked at.
  update() {
    if (!this.comparison || !this.scroller.clientWidth) return;
    if (this.flame && this.fold === this.state.shown.fold) return this.draw();
    this.fold = this.state.shown.fold;
    this.flame = new DiffFlame(this.comparison, (trace) => this.state.shown.foldOf(trace));
    this.zoom(0);
  }

  measure(side) {
    this.flame.measure(side);
    this.draw();
  }

  fillOf(node) {
    const strength = this.flame.strength(node);
    const ground = this.theme.word("sunken");
    if (Math.abs(strength) < CompareFlame.FAINT) return ground;
    return palette.mix(this.theme.word(strength > 0 ? "slower" : "faster"), ground, 0.12 + 0.78 * Math.abs(strength));
  }

  drawBox(context, { node, depth, left, width }) {
    const y = depth * Flamegraph.ROW;
    const fill = this.fillOf(node);
    context.fillStyle = palette.css(fill);
    context.fillRect(left, y, Math.max(0.5, width - 1), Flamegraph.ROW - 1);
    if (width < 30) return;
    context.fillStyle = palette.css(palette.text(fill, this.theme.word("text")));
    const sign = this.sign(node);
    const text = node ? this.labels.fit(this.flame.function[node], width - 10 - (sign ? 14 : 0)) : this.rootName;
    context.fillText([sign, text].filter(Boolean).join(" "), left + 5, y + Flamegraph.ROW / 2);
    const used = this.labels.width(text) + 32;
    if (node && text && width - used > 80) context.fillText(this.differenceText(node), left + used, y + Flamegraph.ROW / 2);
  }

  sign(node) {
    const strength = this.flame.strength(node);
    return Math.abs(strength) < CompareFlame.FAINT ? "" : strength > 0 ? "▲" : "▼";
  }

  differenceText(node) {
    const ns = this.flame.difference(node);
    return (ns > 0 ? "+" : "") + time.duration(ns);
  }

  drawWay() {
    const { flame } = this;
    const name = (node) => (node === 0 ? this.rootName : this.nameOf(flame.function[node]).slice(0, 80));
    const links = flame.path(this.root).slice(-8).flatMap((node, i) => [i ? " › " : "", dom.link(name(node), "Show from here", () => this.zoom(node))]);
    const side = (title, i) => dom.make("button", { type: "button", title: `Draw boxes as wide as the time ${title.toLowerCase()}`, "aria-pressed": String(flame.side === i), onclick: () => this.measure(i) }, title);
    const key = dom.make("span.caption", {}, dom.make("span.slower", {}, "▲ longer"), " or ", dom.make("span.faster", {}, "▼ shorter"), " by itself; width is time");
    this.path.replaceChildren(dom.make("span.caption", {}, ...links), key, dom.make("div.actions", { role: "group", "aria-label": "Widths" }, ...["Before", "After"].map(side)));
  }

  textOf({ node, depth }) {
    const { flame } = this;
    const name = node === 0 ? this.rootName : this.names.short[flame.function[node]].slice(0, 200);
    return `${name}, ${time.duration(flame.totals[0][node])} before, ${time.duration(flame.totals[1][node])} after, by itself ${this.differenceText(node)}, depth ${depth}`;
  }

  tell(box, x, y) {
    if (!box || box.node === 0) return this.tooltip.hide();
    const { flame } = this;
    const both = (columns, text) => columns.map((column) => text(column[box.node])).join(" → ");
    const rows = [
      ["total", both(flame.totals, time.duration)],
      ["self", both(flame.selfs, time.duration)],
      ["difference", this.differenceText(box.node)],
      ["calls", both(flame.counts, (count) => Math.round(count).toLocaleString("en"))],
    ];
    const row = flame.function[box.node];
    this.tooltip.showText(palette.css(this.fillOf(box.node)), this.names.short[row], this.names.location(row), rows, [], x, y);
  }
}
