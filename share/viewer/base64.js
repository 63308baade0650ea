// SPDX-License-Identifier: Apache-2.0
//
// base64.js: the text of a chunk as bytes.
"use strict";

const base64 = (() => {
  function decodeByAtob(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  // Throws where the text is no base64.
  function decode(text) {
    return Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : decodeByAtob(text);
  }

  return { decode };
})();
