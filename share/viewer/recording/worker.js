// SPDX-License-Identifier: Apache-2.0
//
// worker.js: what a worker of workerpool.js does.  It gets the kinds of the
// functions once, then [number, text, form, sum], and answers [number, piece or
// null].  It keeps the durations of the pieces until it gets null; then it sorts
// them and answers a list of [number, durations].  In the page it does nothing.
"use strict";

if (typeof window === "undefined" && typeof postMessage === "function") {
  const kept = []; // [number, durations]
  let kind = null;

  async function decode([number, ...given]) {
    const [text, form, sum] = given;
    const piece = await chunk.read(text, kind, form, sum);
    if (piece && piece.durations) {
      kept.push([number, piece.durations]);
      piece.durations = null;
    }
    postMessage([number, piece], piece ? chunk.buffers(piece) : []);
  }

  function tellDurations() {
    for (const [, durations] of kept) digest.arrange(durations);
    postMessage([null, kept], kept.flatMap(([, durations]) => Object.values(durations).map((column) => column.buffer)));
  }

  onmessage = ({ data }) => {
    if (!kind) kind = data;
    else if (data) decode(data).catch(() => postMessage([data[0], null])); // say out of memory
    else tellDurations();
  };
}
