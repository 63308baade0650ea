// SPDX-License-Identifier: Apache-2.0
//
// printing.js: the page as it is printed: laid out as wide as a sheet before it
// is drawn, and what scrolls on a screen is not cut off (print.css).
"use strict";

const printing = (() => {
  const MOST = 60; // rows of a table
  let isOn = false;

  // changed() has to draw at once: the sheet is taken right after it.
  function set(value, changed) {
    if (isOn === value) return;
    isOn = value;
    document.documentElement.classList.toggle("print", isOn);
    changed();
  }

  function watch(changed) {
    const query = window.matchMedia("print");
    window.addEventListener("beforeprint", () => set(true, changed));
    window.addEventListener("afterprint", () => set(false, changed));
    query.addEventListener("change", () => set(query.matches, changed));
  }

  // What stands below a table of which only the first rows are printed.
  function rest(count) {
    const left = count - MOST;
    return left > 0 ? [dom.make("p.rest", {}, `and ${left.toLocaleString("en")} more`)] : [];
  }

  return {
    MOST,
    watch,
    rest,
    get isOn() {
      return isOn;
    },
  };
})();
