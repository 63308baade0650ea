// SPDX-License-Identifier: Apache-2.0
//
// bookmarks.js: times that the user marks on the ruler and names: at the pointer,
// else where the selected call starts.  The address keeps them (permalink.js).
"use strict";

class Bookmarks {
  static APART = 5; // pixels: nearer ones are the same

  constructor(box, { state, timeline }) {
    Object.assign(this, { box, state, timeline });
    this.field = dom.make("input", { type: "text", maxLength: 60, "aria-label": "Name of the mark", placeholder: "Name of the mark" });
    const form = dom.make("form", { method: "dialog", onsubmit: () => this.add() }, this.field, dom.make("button", { type: "submit" }, "Mark"));
    box.append(form);
    box.addEventListener("keydown", (event) => event.stopPropagation());
  }

  get time() {
    const { hover, selection, instant, view } = this.state;
    return hover?.time ?? selection?.start ?? instant?.time ?? (view.from + view.to) / 2;
  }

  // Ask for a name; or take away the mark that is there already.
  toggle() {
    const { state, time: at } = this;
    const near = (state.view.width / this.timeline.scroller.clientWidth) * Bookmarks.APART;
    const left = state.bookmarks.filter((one) => Math.abs(one.time - at) > near);
    if (left.length < state.bookmarks.length) return state.setBookmarks(left);
    this.at = at;
    this.field.value = "";
    this.box.showModal();
    this.field.focus();
  }

  add() {
    const name = this.field.value.trim() || String(this.state.bookmarks.length + 1);
    this.state.setBookmarks([...this.state.bookmarks, { time: Math.round(this.at), name }]);
  }

  // As the address has them: "120,first|450,then".
  static text(list) {
    return list.map(({ time, name }) => `${time},${name.replaceAll("|", "/")}`).join("|");
  }

  static parse(text) {
    const parts = (text || "").split("|").map((part) => /^(\d+),(.{1,60})$/.exec(part));
    return parts.filter(Boolean).slice(0, 50).map(([, time, name]) => ({ time: Number(time), name }));
  }
}
