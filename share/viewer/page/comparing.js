// SPDX-License-Identifier: Apache-2.0
//
// comparing.js: a second recording, which the user opens beside that of the page.
// The one that was made earlier is the one before.  Of both those threads are
// compared that the filter leaves.
"use strict";

class Comparing {
  constructor({ state }) {
    this.state = state;
    this.sides = null; // [{name, trace, isOurs}] before and after
    state.on("range tab", () => this.recount());
  }

  connect(compare) {
    this.compare = compare;
  }

  // Say what is wrong and leave all as it is.
  async open(file) {
    const { compare, state } = this;
    if (!state.totals) return compare.say("This page is still being read; try again in a moment.");
    compare.say(`Reading ${file.name} …`);
    try {
      const trace = await new PageFile(await file.text()).read((share) => compare.say(`Reading ${file.name}: ${Math.round(share * 100)} %`));
      if (!trace) return compare.say(`${file.name} is not a page with a recording of codesnap; open an .html that it wrote.`);
      this.take(file.name, trace);
    } catch (error) {
      compare.say(`${file.name} can't be read: ${error.message}`);
    }
  }

  take(name, trace) {
    const { state } = this;
    const isWhole = trace.end && trace.expected === trace.arrived;
    const other = { name: isWhole ? name : `${name} (incomplete)`, trace };
    const own = { name: "this page", trace: state.trace, isOurs: true };
    const made = (side) => BigInt(side.trace.facts.realtime_ns || "0");
    this.sides = made(other) <= made(own) ? [other, own] : [own, other];
    this.show();
  }

  swap() {
    this.sides.reverse();
    this.show();
  }

  // What it is of both that is counted.
  ledgerOf({ trace, isOurs }) {
    const { state } = this;
    if (state.counted === state.trace) return new Ledger(trace, isOurs ? state.totals : Totals.of(trace));
    const part = isOurs ? state.counted : Object.create(trace, { tracks: { value: Layout.wanted(trace, state.threads) } });
    return new Ledger(part, Totals.of(part));
  }

  // Other threads are shown; made when it is looked at.
  recount() {
    if (this.sides && this.counted !== this.state.counted && this.compare.element.checkVisibility()) this.show();
  }

  show() {
    const { sides } = this;
    this.counted = this.state.counted;
    this.compare.show(new Comparison(sides.map((side) => this.ledgerOf(side))), sides.map(({ name }) => name), sides.findIndex(({ isOurs }) => isOurs));
  }
}
