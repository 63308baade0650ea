// SPDX-License-Identifier: Apache-2.0
//
// waitscript.js: the bytes of a script of waits (FORMAT.md, "The data inside an HTML
// output") as columns.  Runs in workers too.  No DOM.
"use strict";

const waitscript = (() => {
  const DESCRIBED = 16; // beside the kind
  const KIND = 15;

  function describe(cursor, text) {
    const [name, holder, inside, bytes] = [cursor.varint() - 1, cursor.varint() - 1, cursor.varint() - 1, cursor.varint() - 1];
    const length = cursor.varint();
    if (cursor.at + length > cursor.bytes.length) throw new RangeError("waits end early");
    const on = text.decode(cursor.bytes.subarray(cursor.at, cursor.at + length));
    cursor.at += length;
    return { name, holder, inside, bytes, on }; // -1 where it is not known
  }

  // Unpacked bytes -> {track, isWaits, count, kind, start, end: columns by begin, described:
  // [index, what], broken}.  What comes before an error is kept.
  function decode(bytes) {
    const cursor = new Cursor(bytes);
    const [track, most] = [cursor.varint(), Math.min(cursor.varint(), bytes.length)];
    const piece = { track, isWaits: true, count: 0, kind: new Uint8Array(most), start: new Float64Array(most), end: new Float64Array(most), described: [], broken: false };
    const text = new TextDecoder();
    try {
      for (let now = 0; piece.count < most; piece.count++) {
        const i = piece.count;
        const word = cursor.varint();
        const since = cursor.varint();
        now += since % 2 ? -(since + 1) / 2 : since / 2;
        piece.kind[i] = word & KIND;
        piece.start[i] = now;
        piece.end[i] = now + cursor.varint();
        if (word & DESCRIBED) piece.described.push([i, describe(cursor, text)]);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      piece.broken = true;
    }
    return piece;
  }

  return { decode };
})();
