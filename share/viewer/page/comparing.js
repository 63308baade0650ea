// SPDX-License-Identifier: Apache-2.0
//
// comparing.js: a second recording, which the user opens beside that of the page.
// The one that was made earlier is the one before.
"use strict";

class Comparing {
  constructor({ state }) {
    this.state = state;
    this.sides = null; // [{name, ledger}] before and after
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
    const other = { name: isWhole ? name : `${name} (incomplete)`, ledger: new Ledger(trace, Totals.of(trace)) };
    const own = { name: "this page", ledger: new Ledger(state.trace, state.totals), isOurs: true };
    const made = ({ ledger }) => BigInt(ledger.trace.facts.realtime_ns || "0");
    this.sides = made(other) <= made(own) ? [other, own] : [own, other];
    this.show();
  }

  swap() {
    this.sides.reverse();
    this.show();
  }

  show() {
    const { sides } = this;
    this.compare.show(new Comparison(sides.map(({ ledger }) => ledger)), sides.map(({ name }) => name), sides.findIndex(({ isOurs }) => isOurs));
  }
}
