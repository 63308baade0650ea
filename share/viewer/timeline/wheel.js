// SPDX-License-Identifier: Apache-2.0
//
// wheel.js: whether the wheel zooms, or scrolls where there is something to scroll;
// remembered from page to page.
"use strict";

const wheel = {
  isScrolling: storage.get("wheel") === "scrolls",

  scroll(isScrolling) {
    wheel.isScrolling = isScrolling;
    storage.set("wheel", isScrolling ? "scrolls" : "zooms");
  },
};
