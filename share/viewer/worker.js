// SPDX-License-Identifier: Apache-2.0
//
// worker.js: what a worker of crew.js does: it gets the kinds of the functions
// once, then [number, text, form] and answers [number, piece or null].  Does
// nothing in the page itself.
"use strict";

if (typeof window === "undefined" && typeof postMessage === "function") {
  let kind = null;

  onmessage = async ({ data }) => {
    if (!kind) return void (kind = data);
    const piece = await chunk.read(data[1], kind, data[2]);
    postMessage([data[0], piece], piece ? chunk.buffers(piece) : []);
  };
}
