// SPDX-License-Identifier: Apache-2.0
//
// owncode.js: which functions are the user's own, as the page tells it; of a page
// that does not, those whose file lies in no folder of libraries.  No DOM.
"use strict";

const ownCode = (() => {
  const LIBRARY = /\/(site-packages|dist-packages)\/|\/lib\/python3(\.\d+)?\/|^</;

  function isOne(names, number) {
    if (names.own) return names.own[number] === 1;
    const path = names.path(number);
    return names.kind[number] === Names.PYTHON && path !== "" && !LIBRARY.test(path);
  }

  // 1 for each that is, without the code of modules, which is around all else.
  function functions(names) {
    return Uint8Array.from({ length: names.count }, (_, number) => (isOne(names, number) && !/^(<module>$|import )/.test(names.short[number]) ? 1 : 0));
  }

  return { isOne, functions };
})();
