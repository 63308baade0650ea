// SPDX-License-Identifier: Apache-2.0
//
// crowd.js: the bytes of a script of crowds (FORMAT.md, "Large recordings") as
// columns.  Runs in workers too.  No DOM.
"use strict";

const crowd = (() => {
  const ENTRY = ["function", "calls", "resumes", "self", "total", "nested", "longest"];
  const PLACE = ["start", "end", "depth", "levelFrom", "entryFrom"];

  // A column that grows.
  class Column {
    constructor(Type, room) {
      this.values = new Type(room);
      this.count = 0;
    }

    push(value) {
      if (this.count === this.values.length) {
        const bigger = new this.values.constructor(this.count * 2);
        bigger.set(this.values);
        this.values = bigger;
      }
      this.values[this.count++] = value;
    }

    get all() {
      return this.values.subarray(0, this.count);
    }
  }

  class Reader {
    constructor(bytes, kind) {
      this.bytes = bytes;
      this.at = 0;
      this.kind = kind;
      this.busy = new Column(Float64Array, 1024);
      for (const name of ENTRY) this[name] = new Column(name === "function" ? Uint32Array : Float64Array, 4096);
      for (const name of PLACE) this[name] = new Column(name === "start" || name === "end" ? Float64Array : Uint32Array, 1024);
    }

    varint() {
      let value = this.bytes[this.at++];
      if (value < 128) return value;
      value -= 128;
      for (let scale = 128; ; scale *= 128) {
        const byte = this.bytes[this.at++];
        if (byte === undefined) throw new RangeError("crowds end early");
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    }

    zigzag() {
      const value = this.varint();
      return value % 2 ? -(value + 1) / 2 : value / 2;
    }

    crowd(last) {
      const depth = this.varint();
      const start = last + this.zigzag();
      const extent = this.varint();
      const levels = this.varint();
      if (levels > 64 || depth > 1e6) throw new RangeError("a crowd that makes no sense");
      if (levels || !this.start.count) {
        for (const [name, value] of [["start", start], ["end", start + extent], ["depth", depth], ["levelFrom", this.busy.count], ["entryFrom", this.function.count]]) this[name].push(value);
      }
      for (let i = 0; i < levels; i++) this.busy.push(this.varint());
      this.entries(this.varint());
      return start;
    }

    entries(count) {
      let number = 0;
      for (let i = 0; i < count; i++) {
        number += this.varint();
        if (!(number < this.kind.length)) throw new RangeError("a call of a function without a name");
        this.function.push(number);
        for (let column = 1; column < ENTRY.length; column++) this[ENTRY[column]].push(this.varint());
      }
    }

    get columns() {
      this.levelFrom.push(this.busy.count);
      this.entryFrom.push(this.function.count);
      return Object.fromEntries([...PLACE, ...ENTRY, "busy"].map((name) => [name, this[name].all.slice()]));
    }
  }

  // Unpacked bytes -> {track, isCrowds, columns, broken}.
  function decode(bytes, kind) {
    const reader = new Reader(bytes, kind);
    const piece = { track: reader.varint(), isCrowds: true, broken: false };
    try {
      for (let left = reader.varint(), start = 0; left > 0; left--) start = reader.crowd(start);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      piece.broken = true;
    }
    piece.columns = reader.columns;
    return piece;
  }

  return { decode, ENTRY };
})();
