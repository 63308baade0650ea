// SPDX-License-Identifier: Apache-2.0
//
// owncode.js: the user's own functions.  No DOM.
"use strict";

const ownCode = (() => {
  // 1 for each that is, without the code of modules, which is around all else, and
  // the spans that the program named.
  function functions({ own, kind, short }) {
    return own.map((isOwn, number) => (isOwn && kind[number] === Names.PYTHON && !/^(<module>$|import )/.test(short[number]) ? 1 : 0));
  }

  return { functions };
})();
