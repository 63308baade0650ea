// SPDX-License-Identifier: Apache-2.0
//
// comparetable.js: the functions of two recordings as a table, the largest
// difference first.  What is noise is pale, and comes after what is not.
"use strict";

class CompareGrid extends Grid {
  rowElement(row, index) {
    const element = super.rowElement(row, index);
    element.classList.toggle("pale", Comparison.isPale(row));
    return element;
  }
}

class CompareTable {
  // chosen(number) is called with a function of this page's recording.
  constructor({ state, colours }, chosen) {
    Object.assign(this, { state, colours, text: "" });
    this.grid = new CompareGrid("Comparison", this.columns(), (row) => this.choose(row, chosen), () => "No function matches the filter.");
    this.grid.sort = { column: 2, up: false };
    this.element = this.grid.element;
    state.on("theme", () => this.grid.draw());
    state.on("shown", () => this.comparison && this.fill());
  }

  columns() {
    const [before, after] = [0, 1];
    const duration = (title, hint, measure, side) => ({ title, hint, value: (row) => row[measure][side], text: (row) => time.duration(row[measure][side]) });
    const calls = (title, hint, side) => ({ title, hint, value: (row) => row.calls[side], text: (row) => Math.round(row.calls[side]).toLocaleString("en") });
    const difference = (title, hint, measure) => ({ title, hint, value: (row) => CompareTable.weight(row, measure), text: (row) => CompareTable.difference(row.change[measure].ns) });
    return [
      { title: "Function", value: (row) => this.nameOf(row).full, text: (row) => this.nameCell(row) },
      { title: "Change", hint: "What became of it, by its self time", value: (row) => CompareTable.words(row), text: (row) => CompareTable.words(row) },
      difference("Self", "Time in the function itself: after, less before", "self"),
      duration("before", "Time in the function itself, before", "self", before),
      duration("after", "Time in the function itself, after", "self", after),
      difference("Total", "Time in the function and in everything it called: after, less before", "total"),
      duration("before", "Time in the function and in everything it called, before", "total", before),
      duration("after", "Time in the function and in everything it called, after", "total", after),
      calls("Calls before", "How often it was called or resumed, before", before),
      calls("after", "How often it was called or resumed, after", after),
    ];
  }

  // Below zero where it is pale.
  static weight(row, measure) {
    const ns = Math.abs(row.change[measure].ns);
    return Comparison.isPale(row) ? -1 / (1 + ns) : ns;
  }

  // "▲ +1.2 ms": a sign beside the colour, for those who do not see it.
  static difference(ns) {
    if (!Math.round(ns)) return "0";
    const isMore = ns > 0;
    return dom.make(isMore ? "span.slower" : "span.faster", {}, `${isMore ? "▲ +" : "▼ "}${time.duration(ns)}`);
  }

  static ratio(change) {
    if (change >= 9) return `×${Math.round(change + 1)}`;
    const text = Math.abs(change * 100).toFixed(Math.abs(change) < 0.1 ? 1 : 0);
    return `${change < 0 ? "−" : "+"}${text} %`;
  }

  // "calls +100 %, each +46 %"
  static words({ calls: [before, after], change: { self } }) {
    if (["new", "gone", "small"].includes(self.kind)) return self.kind;
    if (self.kind === "single") return `one call ${CompareTable.ratio(self.each)}`;
    const parts = [];
    if (before !== after) parts.push(`calls ${CompareTable.ratio(after / before - 1)}`);
    if (["slower", "faster"].includes(self.kind)) parts.push(`${self.isTypical ? "typical" : "each"} ${CompareTable.ratio(self.each)}`);
    if (self.kind === "noise") parts.push("noise");
    return parts.join(", ");
  }

  // {waits, full, short, where, location} as the recording has it in which it is shown.
  nameOf(row) {
    const [side, number] = Comparison.shown(row);
    const { names } = this.comparison.sides[side].trace;
    return { waits: waits.isOne(names, number), full: names.full[number], short: names.short[number], where: names.where(number), location: names.location(number) };
  }

  nameCell(row) {
    const { short, where, location, waits: isWait } = this.nameOf(row);
    const [own] = row.numbers[this.ours];
    const [before, after] = row.numbers.map((list) => list.length);
    const several = before > 1 || after > 1 ? `, all of that name: ${before} before, ${after} after` : "";
    const cell = dom.make("span", { title: location }, dom.chip(own === undefined ? "transparent" : this.colours.css(own)), short.slice(0, 300));
    cell.append(waitMark([isWait], 0), dom.make("small", {}, where + several));
    return cell;
  }

  choose(row, chosen) {
    const [own] = row.numbers[this.ours];
    if (own !== undefined) chosen(own);
  }

  show(comparison, ours) {
    Object.assign(this, { comparison, ours });
    this.fill();
  }

  filter(text) {
    this.text = text.toLowerCase();
    this.fill();
  }

  // Those that the mode shows one by one.
  static listed({ rows, sides }, shown) {
    if (!shown.fold) return rows;
    const folds = sides.map(({ trace }) => shown.foldOf(trace));
    return rows.filter(({ numbers }) => numbers.some((list, side) => list.some((number) => folds[side].takes(number))));
  }

  fill() {
    const isWanted = (row) => {
      const { full, location } = this.nameOf(row);
      return full.toLowerCase().includes(this.text) || location.toLowerCase().includes(this.text);
    };
    this.grid.set(CompareTable.listed(this.comparison, this.state.shown).filter(isWanted));
  }
}
