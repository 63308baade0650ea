// SPDX-License-Identifier: Apache-2.0
//
// storage.js: what the browser remembers from page to page.  Some give pages from
// files no storage.
"use strict";

const storage = (() => {
  // null for what was never set, undefined where nothing can be remembered.
  function get(name) {
    try {
      return localStorage.getItem("codesnap-" + name);
    } catch {
      return undefined;
    }
  }

  function set(name, value) {
    try {
      localStorage.setItem("codesnap-" + name, value);
    } catch {
      // It is not remembered.
    }
  }

  return { get, set };
})();
