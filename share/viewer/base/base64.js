// SPDX-License-Identifier: Apache-2.0
//
// base64.js: the text of a script as bytes, and the check of them.
"use strict";

const base64 = (() => {
  function decodeByAtob(text) {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  const MODULUS = 65521;
  const MOST = 2500; // bytes until a sum must be reduced, to stay in 30 bits

  // Of bytes [at, stop): a function of its own, so that it is compiled once.
  function sumUp(bytes, at, stop, halves) {
    let low = halves[0];
    let high = halves[1];
    for (let i = at; i < stop; i++) {
      low += bytes[i];
      high += low;
    }
    halves[0] = low % MODULUS;
    halves[1] = high % MODULUS;
  }

  // Adler-32 (RFC 1950).
  function adler32(bytes) {
    const halves = Int32Array.of(1, 0);
    for (let at = 0; at < bytes.length; at += MOST) sumUp(bytes, at, Math.min(bytes.length, at + MOST), halves);
    return ((halves[1] << 16) | halves[0]) >>> 0;
  }

  // Throws where the text is not base64, or its bytes do not have the sum, which
  // is in hexadecimal digits; pages may lack sums.
  function decode(text, sum) {
    const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : decodeByAtob(text);
    if (sum !== undefined && adler32(bytes) !== parseInt(sum, 16)) throw new RangeError("damaged bytes");
    return bytes;
  }

  return { decode };
})();
