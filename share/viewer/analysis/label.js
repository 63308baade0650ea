// SPDX-License-Identifier: Apache-2.0
//
// label.js: as much of a function's name as fits into a box.  Widths are
// measured once for each name.
"use strict";

class Labels {
  // measure: text -> width, in the pixels that fit is asked about.
  constructor(names, measure) {
    this.names = names;
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

  // The whole name, its last part, or the start of that; "" if not even two
  // letters fit.
  fit(number, room) {
    const whole = this.names.label(number);
    if (whole.length < 300 && this.width(whole) <= room) return whole;
    const last = Labels.lastPart(this.names.short[number].slice(0, 300)) || whole.slice(0, 300);
    const width = this.width(last);
    if (width <= room) return last;
    const letters = Math.floor((last.length * (room - this.ellipsis)) / width);
    return letters < 2 ? "" : last.slice(0, letters) + "…";
  }
}
