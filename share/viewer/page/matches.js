// SPDX-License-Identifier: Apache-2.0
//
// matches.js: below the search field, while one types: the functions that it found,
// those with most time in them first.  A click selects the longest call of one.
"use strict";

class Matches {
  static MOST = 8;

  // act: {selectSlowest, selectHit, showInside}
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
    this.counts = this.state.query.isOfCalls ? this.hitCounts : null;
    const isThere = this.counts || (shown.fold ? shown.fold.functions : hits);
    const list = Array.from(hits.keys()).filter((number) => hits[number] && totals.spans[number] && isThere[number]);
    return list.sort((one, other) => totals.total[other] - totals.total[one]);
  }

  // How many calls of each fit.
  get hitCounts() {
    const counts = new Uint32Array(this.state.hits.length);
    for (const [, level, list] of this.state.hitLists()) for (const i of list) counts[level.functionOf(i)]++;
    return counts;
  }

  // Of all calls, or of those that fit.
  text(number) {
    const { totals } = this.state;
    if (this.counts) return processTree.count(this.counts[number], "hit", "hits");
    return `${processTree.count(totals.calls[number], "call", "calls")}, ${time.duration(totals.total[number])}`;
  }

  update() {
    const { found } = this;
    const notes = [this.rest(found.length), this.inside].filter(Boolean);
    this.element.hidden = document.activeElement !== this.field || found.length + notes.length === 0;
    if (this.element.hidden) return;
    this.element.replaceChildren(...found.slice(0, Matches.MOST).map((number) => this.item(number)), ...notes);
  }

  rest(count) {
    return count > Matches.MOST ? dom.make("p.hint", {}, `and ${(count - Matches.MOST).toLocaleString("en")} more`) : null;
  }

  // What boxes hold, one click away.
  get inside() {
    const { state, act } = this;
    const count = state.totals ? state.hitsInside : 0;
    if (!count) return null;
    const text = `${count.toLocaleString("en")} more ${count === 1 ? "hit" : "hits"} in boxes`;
    return dom.make("button.inside", { type: "button", tabIndex: -1, title: "Unfold these boxes", onclick: () => act.showInside() }, dom.make("b", {}, text), dom.make("span", {}, "show"));
  }

  item(number) {
    const { names } = this.state.trace;
    return dom.make(
      "button",
      { type: "button", tabIndex: -1, title: names.location(number) || names.kindText(number), onclick: () => (this.counts ? this.act.selectHit(number) : this.act.selectSlowest(number)) },
      dom.chip(this.colours.css(number)),
      dom.make("b", {}, names.label(number).slice(0, 100)),
      waitMark(this.state.waits, number),
      dom.make("small", {}, names.where(number)),
      dom.make("span", {}, this.text(number)),
    );
  }
}
