// SPDX-License-Identifier: Apache-2.0
//
// areachip.js: beside the tabs, what stretch of time the tables count, and the way
// out of it.
"use strict";

class AreaChip {
  // act: {setArea, focus}
  constructor(element, { state, act }) {
    Object.assign(this, { element, state, act });
    state.on("area", () => this.update());
  }

  update() {
    const { area } = this.state;
    this.element.hidden = !area;
    if (!area) return;
    const [from, to] = area;
    const text = `${time.duration(to - from)} from ${time.timestamp(from, (to - from) / 100)}`;
    this.element.replaceChildren(
      dom.link("area: " + text, "Zoom to the selected area (f)", () => this.act.focus()),
      dom.make("button", { type: "button", title: "Clear the area (Esc)", "aria-label": "Clear the area", onclick: () => this.act.setArea(0, 0, true) }, "×"),
    );
  }
}
