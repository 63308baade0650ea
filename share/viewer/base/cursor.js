// SPDX-License-Identifier: Apache-2.0
//
// cursor.js: unpacked bytes, read one number after another (FORMAT.md: varints
// are LEB128).  Runs in workers too.  No DOM.
"use strict";

class Cursor {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  // Its common lengths are written out: it runs for each number of a recording.
  varint() {
    const { bytes } = this;
    let value = bytes[this.at++];
    if (value < 128) return value;
    const next = bytes[this.at];
    if (next < 128) {
      this.at++;
      return value + next * 128 - 128;
    }
    value -= 128;
    for (let scale = 128; ; scale *= 128) {
      const byte = bytes[this.at++];
      if (byte === undefined) throw new RangeError("a script ends early");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
}
