// SPDX-License-Identifier: Apache-2.0
//
// label.js: as much of a function's name as fits into a box.  Widths are
// measured once for each name.
"use strict";

class Labels {
  // measure: text -> width, in the pixels that fit is asked about.
  // name: what a function is called.
  constructor(names, measure, name = (number) => names.label(number)) {
    this.names = names;
    this.name = name;
    this.measure = measure;
    this.widths = new Map();
    this.ellipsis = measure("…");
  }

  width(text) {
    let width = this.widths.get(text);
    if (width === undefined) this.widths.set(text, (width = this.measure(text)));
    return width;
  }

  // "merge" of "Sorter.merge"; names in <> or with a location behind have no parts.
  static lastPart(name) {
    return /[<( /]/.test(name) ? name : name.slice(name.lastIndexOf(".") + 1);
  }

  // As much of a text as fits, "" if not even two letters do.
  cut(text, room) {
    const width = this.width(text);
    if (width <= room) return text;
    const letters = Math.floor((text.length * (room - this.ellipsis)) / width);
    return letters < 2 ? "" : text.slice(0, letters) + "…";
  }

  // The whole name, its last part, or the start of that; "" if not even two
  // letters fit.
  fit(number, room) {
    const whole = this.name(number);
    if (whole.length < 300 && this.width(whole) <= room) return whole;
    const last = (whole === this.names.label(number) && Labels.lastPart(this.names.short[number].slice(0, 300))) || whole.slice(0, 300);
    return this.cut(last, room);
  }
}
