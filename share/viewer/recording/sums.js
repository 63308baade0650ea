// SPDX-License-Identifier: Apache-2.0
//
// sums.js: what Totals adds up of the calls that start and end in one piece
// (chunk.js), by function, gathered where they are decoded, so that it is done
// in workers.  No DOM.
"use strict";

// One is enough for all pieces: begin, add, end.
class Sums {
  // Of each function: calls and resumptions, calls, self, total, whole, min,
  // max (totals.js).
  static FIELDS = 7;
  static WORTH = 16; // times fewer functions than calls, else blocks are as good

  constructor() {
    this.values = new Float64Array(0);
    this.seen = []; // functions, since begin()
    this.time = new Float64Array(1); // of calls that no other contains
  }

  // kind: that of each function.
  begin(kind) {
    if (this.seen.length) this.end(0); // a piece that failed
    if (this.values.length < kind.length * Sums.FIELDS) {
      this.values = new Float64Array(kind.length * Sums.FIELDS);
      this.isSeen = new Uint8Array(kind.length);
    }
    this.kind = kind;
    this.time[0] = 0;
  }

  see(number) {
    this.isSeen[number] = 1;
    this.seen.push(number);
  }

  // A call by its word (level.js), how long it took, the same without the
  // tracer's work, and the function that called it, -1 for none.
  add(word, part, net, outer) {
    const { values, isSeen } = this;
    const number = word >>> 6; // Level.FUNCTION_SHIFT
    const at = number * 7; // FIELDS
    const isTracer = this.kind[number] === 3; // Names.TRACER
    if (isSeen[number] === 0) this.see(number);
    if (values[at] === 0) values[at + 5] = values[at + 6] = net;
    values[at]++;
    if ((word & 3) === 0) values[at + 1]++; // Level.HOW
    values[at + 2] += part;
    if ((word & 32) === 0) values[at + 3] += net; // Level.NESTED
    values[at + 4] += net;
    if (net < values[at + 5]) values[at + 5] = net;
    if (net > values[at + 6]) values[at + 6] = net;
    this.time[0] += outer >= 0 || isTracer ? 0 : net;
    if (outer < 0) return;
    if (isSeen[outer] === 0) this.see(outer);
    values[outer * 7 + 2] -= part;
  }

  // {function, values: FIELDS for each, time: of calls that no other contains},
  // null for a piece of so few spans that it is not worth it.
  end(spans) {
    const { seen, values, isSeen } = this;
    const found = { function: Uint32Array.from(seen), values: new Float64Array(seen.length * Sums.FIELDS), time: this.time[0] };
    seen.forEach((number, i) => {
      const own = values.subarray(number * Sums.FIELDS, (number + 1) * Sums.FIELDS);
      found.values.set(own, i * Sums.FIELDS);
      own.fill(0);
      isSeen[number] = 0;
    });
    this.seen = [];
    return seen.length * Sums.WORTH <= spans ? found : null;
  }
}

const sums = new Sums();
