// SPDX-License-Identifier: Apache-2.0
//
// aggregate.js: the bytes of a script of aggregates (FORMAT.md, "Large recordings") as
// columns.  Runs in workers too.  No DOM.
"use strict";

const aggregate = (() => {
  const EXTENTS = { start: Float64Array, end: Float64Array, depth: Uint32Array };
  const LEVELS = { busy: Float64Array };
  const ENTRIES = { function: Uint32Array, calls: Uint32Array, resumes: Uint32Array, self: Float64Array, total: Float64Array, nested: Float64Array, longest: Float64Array };
  const OFFSETS = { levelFrom: Uint32Array, entryFrom: Uint32Array }; // by extent
  const LEVELS_MAX = 64;
  const DEPTH_MAX = 1e6;

  // Columns that grow together, used for one script after another: what is
  // thrown away stays for a while.
  class Table {
    constructor(types) {
      for (const [name, Type] of Object.entries(types)) this[name] = new Type(1024);
      this.names = Object.keys(types);
      this.room = 1024;
      this.count = 0;
    }

    // Room for so many more.
    reserve(more) {
      if (this.count + more <= this.room) return;
      this.room = 2 * (this.count + more);
      for (const name of this.names) this[name] = Column.enlarged(this[name], this.room);
    }

    // The first count of those of types: [name, values].
    columns(types, count = this.count) {
      return Object.keys(types).map((name) => [name, this[name].slice(0, count)]);
    }
  }

  const extents = new Table({ ...EXTENTS, ...OFFSETS });
  const levels = new Table(LEVELS);
  const entries = new Table(ENTRIES);

  class Reader extends Cursor {
    constructor(bytes, kind) {
      super(bytes);
      this.kind = kind;
      for (const table of [extents, levels, entries]) table.count = 0;
    }

    number() {
      const value = this.varint();
      if (!(value < 2 ** 32)) throw new RangeError("more calls than there can be");
      return value;
    }

    zigzag() {
      const value = this.varint();
      return value % 2 ? -(value + 1) / 2 : value / 2;
    }

    aggregate(last) {
      const depth = this.varint();
      const start = last + this.zigzag();
      const length = this.varint();
      const count = this.varint();
      if (!(count <= LEVELS_MAX && depth <= DEPTH_MAX)) throw new RangeError("an aggregate that makes no sense");
      if (count || !extents.count) this.extent(depth, start, start + length);
      levels.reserve(count);
      for (let i = 0; i < count; i++) levels.busy[levels.count++] = this.varint();
      this.entries(this.varint());
      return start;
    }

    extent(depth, start, end) {
      extents.reserve(1);
      const i = extents.count++;
      extents.start[i] = start;
      extents.end[i] = end;
      extents.depth[i] = depth;
      extents.levelFrom[i] = levels.count;
      extents.entryFrom[i] = entries.count;
    }

    entries(count) {
      if (!(count <= this.bytes.length - this.at)) throw new RangeError("aggregates end early");
      entries.reserve(count);
      const { function: functions, calls, resumes, self, total, nested, longest } = entries;
      let number = 0;
      for (let left = count; left > 0; left--) {
        const i = entries.count;
        number += this.varint();
        if (!(number < this.kind.length)) throw new RangeError("a call of a function without a name");
        functions[i] = number;
        calls[i] = this.number();
        resumes[i] = this.number();
        self[i] = this.varint();
        total[i] = this.varint();
        nested[i] = this.varint();
        longest[i] = this.varint();
        entries.count++;
      }
    }

    // levelFrom and entryFrom have one more, where the last aggregate's end.
    get columns() {
      const { count } = extents;
      this.extent(0, 0, 0);
      extents.count--;
      return Object.fromEntries([
        ...extents.columns(EXTENTS),
        ...extents.columns(OFFSETS, count + 1),
        ...levels.columns(LEVELS),
        ...entries.columns(ENTRIES),
      ]);
    }
  }

  // Unpacked bytes -> {track, isAggregates, columns, broken}.
  function decode(bytes, kind) {
    const reader = new Reader(bytes, kind);
    const piece = { track: reader.varint(), isAggregates: true, broken: false };
    try {
      for (let left = reader.varint(), start = 0; left > 0; left--) start = reader.aggregate(start);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      piece.broken = true;
    }
    piece.columns = reader.columns;
    return piece;
  }

  return { decode, COLUMNS: { ...EXTENTS, ...LEVELS, ...ENTRIES }, OFFSETS };
})();
