// SPDX-License-Identifier: Apache-2.0
//
// matches.js: below the search field, while one types: the functions that it found,
// those with most time in them first.  A click selects the longest call of one.
"use strict";

class Matches {
  static MOST = 8;

  // act: {selectSlowest}
  constructor(element, field, { state, act, colours }) {
    Object.assign(this, { element, field, state, act, colours });
    state.on("hits shown", () => this.update());
    field.addEventListener("focus", () => this.update());
    field.addEventListener("blur", () => (element.hidden = true));
    element.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  }

  // Numbers of functions.
  get found() {
    const { hits, totals, shown } = this.state;
    if (!hits || !totals) return [];
    const isThere = this.state.query.isOfCalls ? this.hitFunctions : shown.fold ? shown.fold.functions : hits;
    const list = Array.from(hits.keys()).filter((number) => hits[number] && totals.spans[number] && isThere[number]);
    return list.sort((one, other) => totals.total[other] - totals.total[one]);
  }

  // 1 for each that has calls which fit.
  get hitFunctions() {
    const found = new Uint8Array(this.state.hits.length);
    for (const [, level, list] of this.state.hitLists()) for (const i of list) found[level.functionOf(i)] = 1;
    return found;
  }

  update() {
    const { found } = this;
    this.element.hidden = document.activeElement !== this.field || found.length === 0;
    if (this.element.hidden) return;
    const rest = found.length - Matches.MOST;
    const more = rest > 0 ? [dom.make("p.hint", {}, `and ${rest.toLocaleString("en")} more`)] : [];
    this.element.replaceChildren(...found.slice(0, Matches.MOST).map((number) => this.item(number)), ...more);
  }

  item(number) {
    const { trace: { names }, totals } = this.state;
    return dom.make(
      "button",
      { type: "button", tabIndex: -1, title: names.location(number) || names.kindText(number), onclick: () => this.act.selectSlowest(number) },
      dom.chip(this.colours.css(number)),
      dom.make("b", {}, names.label(number).slice(0, 100)),
      dom.make("small", {}, names.where(number)),
      dom.make("span", {}, `${processTree.count(totals.calls[number], "call", "calls")}, ${time.duration(totals.total[number])}`),
    );
  }
}
