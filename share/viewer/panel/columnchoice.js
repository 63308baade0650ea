// SPDX-License-Identifier: Apache-2.0
//
// columnchoice.js: which columns of the table of functions are left out, chosen by
// the user and remembered from page to page.
"use strict";

class ColumnChoice {
  // changed() is called when it is another one.
  constructor(changed) {
    this.changed = changed;
    this.hidden = new Set((storage.get("hidden-columns") || "").split("|").filter(Boolean));
    this.list = dom.make("div.list");
    this.element = dom.make("details.choice", {}, dom.make("summary", {}, "columns"), this.list);
    document.addEventListener("pointerdown", (event) => this.element.contains(event.target) || (this.element.open = false));
  }

  // Those of columns that are shown; the first one always is.
  of(columns) {
    const titles = columns.map(({ title }) => title).join("|");
    if (titles !== this.titles) this.list.replaceChildren(...columns.slice(1).map(({ title, hint }) => this.item(title, hint)));
    this.titles = titles;
    return columns.filter(({ title }, i) => i === 0 || !this.hidden.has(title));
  }

  item(title, hint) {
    const box = dom.make("input", { type: "checkbox", checked: !this.hidden.has(title), onchange: () => this.choose(title, box.checked) });
    return dom.make("label", { title: hint }, box, " " + title);
  }

  choose(title, isShown) {
    if (isShown) this.hidden.delete(title);
    else this.hidden.add(title);
    storage.set("hidden-columns", [...this.hidden].join("|"));
    this.changed();
  }
}
