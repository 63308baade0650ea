// SPDX-License-Identifier: Apache-2.0
//
// annotations.js: the bytes of a script of annotations (FORMAT.md, "The data inside an
// HTML output") as columns: instants and values of counters.  Runs in workers
// too.  No DOM.
"use strict";

const annotations = (() => {
  const INSTANT = 6; // Names.INSTANT; workers have no names
  const COUNTER = 7;
  const CALL = 1; // of a Python function: its arguments
  const EXCEPTION = 9;
  const KINDS = new Set([INSTANT, COUNTER, CALL, EXCEPTION]);
  const CONTROL = '"control":true}'; // the end of what is told of one that is no error

  class Reader extends Cursor {
    constructor(bytes, kind) {
      super(bytes);
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      this.text = new TextDecoder();
      this.kind = kind;
      this.now = 0;
    }

    annotation(piece) {
      const number = this.varint();
      const kind = this.kind[number];
      if (!KINDS.has(kind)) throw new RangeError("an annotation of something else");
      const time = this.now + this.varint();
      const value = kind === COUNTER ? this.double() : this.string(this.varint());
      this.now = time;
      piece[this.listOf(kind, value)].push({ number, time, value });
    }

    listOf(kind, value) {
      if (kind === COUNTER) return "samples";
      if (kind === CALL) return "arguments";
      return kind === EXCEPTION && value.endsWith(CONTROL) ? "controls" : "instants";
    }

    string(bytes) {
      const end = this.at + bytes;
      if (end > this.bytes.length) throw new RangeError("annotations end early");
      const text = this.text.decode(this.bytes.subarray(this.at, end));
      this.at = end;
      return text;
    }

    double() {
      const value = this.view.getFloat64(this.at, true);
      this.at += 8;
      return value;
    }
  }

  // Unpacked bytes -> {track, isAnnotations, instants, controls, samples, arguments,
  // broken}, lists
  // of {number, time, value}; exceptions are instants, or controls if they are no errors;
  // of arguments the time is the end of the call.  What comes before an error is kept.
  function decode(bytes, kind) {
    const reader = new Reader(bytes, kind);
    const piece = { track: reader.varint(), isAnnotations: true, instants: [], controls: [], samples: [], arguments: [], broken: false };
    try {
      for (let left = reader.varint(); left > 0; left--) reader.annotation(piece);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      piece.broken = true;
    }
    return piece;
  }

  return { decode };
})();
