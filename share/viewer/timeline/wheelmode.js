// SPDX-License-Identifier: Apache-2.0
//
// wheelmode.js: whether the wheel zooms, or scrolls where there is something to scroll;
// remembered from page to page.
"use strict";

const wheelMode = {
  isScrolling: storage.get("wheel") === "scrolls",

  scroll(isScrolling) {
    wheelMode.isScrolling = isScrolling;
    storage.set("wheel", isScrolling ? "scrolls" : "zooms");
  },
};
