// SPDX-License-Identifier: Apache-2.0
//
// digest.js: what can be worked out about the calls of one piece (chunk.js)
// apart from all others, so that it is done in workers: sums over blocks of
// neighbours at one depth, and durations by function.  Calls that are open at
// the piece's start or end are in neither.  No DOM.
"use strict";

const digest = (() => {
  const BLOCK = 1024; // calls, at least, unless there are fewer
  const WORTH = 6; // times fewer sums than calls, else the calls are as good

  const NESTED_SHIFT = 5; // Level.NESTED
  const HOW = 3; // Level.HOW
  const TRACER = 3; // Names.TRACER
  // A sum: these, one after another.
  const FIELDS = 6; // calls and resumptions, calls, time, tracer's overhead, shortest, longest

  // use(first, behind, d): at each depth the calls that start and end in it.
  function eachInside({ offset, count, depth, end }, use) {
    for (let d = 0; d < count.length; d++) {
      const first = offset[d] + (d < depth ? 1 : 0);
      const last = offset[d] + count[d] - 1;
      const behind = last >= first && end[last] === Infinity ? last : last + 1;
      if (first < behind) use(first, behind, d);
    }
  }

  // How much of each call was the tracer's overhead; null if there was none.
  function findOverhead(piece, kind) {
    if (!piece.overhead.length) return null;
    const { start, end, word } = piece;
    const overhead = new Overhead();
    const within = new Float64Array(word.length);
    for (const [begin, stop] of piece.overhead) overhead.add(begin, stop);
    eachInside(piece, (first, behind) => {
      for (let i = first, next = overhead.next(start[first]); i < behind; i++) {
        if (end[i] <= next) continue;
        if (kind[word[i] >>> 6] !== TRACER) within[i] = overhead.within(start[i], end[i]);
        next = overhead.next(end[i]);
      }
    });
    return within;
  }

  // -- blocks ----------------------------------------------------------------

  // Here blocks are added up, those of one piece after another, since what is
  // thrown away stays for a while.
  let tally = new Float64Array(0); // of one block by node, zeros in between
  const seen = new Uint32Array(2 * BLOCK); // the nodes that occur in it
  let nodes = new Uint32Array(0); // of all blocks' sums
  let values = new Float64Array(0);

  const withRoom = (column, count) => (column.length < count ? new column.constructor(count) : column);

  // Add up [at, behind) by node, unless there are more than most of them; how
  // many occur.
  function sumUp(piece, at, behind, overhead, most) {
    const { start, end, word, node } = piece;
    let count = 0;
    for (let i = at; i < behind && count <= most; i++) {
      const own = node[i] * FIELDS;
      const part = end[i] - start[i];
      const net = overhead ? part - overhead[i] : part;
      if (tally[own] === 0) {
        seen[count++] = node[i];
        tally[own + 4] = tally[own + 5] = net;
      }
      tally[own]++;
      if ((word[i] & HOW) === 0) tally[own + 1]++;
      tally[own + 2] += part;
      if (overhead) tally[own + 3] += overhead[i];
      if (net < tally[own + 4]) tally[own + 4] = net;
      if (net > tally[own + 5]) tally[own + 5] = net;
    }
    return count;
  }

  // Blocks as columns: at and behind count from the piece's first call at their
  // depth; sums first to last of node and values are theirs, none where the
  // calls are as good.
  class Blocks {
    constructor({ word, count, paths }) {
      const most = Math.ceil(word.length / BLOCK) + 2 * count.length;
      this.offset = new Uint32Array(count.length + 1); // by depth
      for (const name of ["at", "behind", "first", "last"]) this[name] = new Uint32Array(most);
      this.count = 0;
      this.sumCount = 0;
      tally = withRoom(tally, paths.function.length * FIELDS);
      nodes = withRoom(nodes, Math.ceil(word.length / WORTH));
      values = withRoom(values, nodes.length * FIELDS);
    }

    add(piece, d, at, behind, overhead) {
      const most = (behind - at) / WORTH;
      const count = sumUp(piece, at, behind, overhead, most);
      this.at[this.count] = at - piece.offset[d];
      this.behind[this.count] = behind - piece.offset[d];
      this.offset[d + 1]++;
      this.first[this.count] = this.sumCount;
      for (let i = 0; i < count; i++) this.take(seen[i], count <= most);
      this.last[this.count++] = this.sumCount;
    }

    take(node, isWorth) {
      if (isWorth) nodes[this.sumCount] = node;
      for (let field = 0; field < FIELDS; field++) {
        if (isWorth) values[this.sumCount * FIELDS + field] = tally[node * FIELDS + field];
        tally[node * FIELDS + field] = 0;
      }
      if (isWorth) this.sumCount++;
    }

    get columns() {
      const { offset, at, behind, first, last, count } = this;
      return { offset, at: at.slice(0, count), behind: behind.slice(0, count), first: first.slice(0, count), last: last.slice(0, count), node: nodes.slice(0, this.sumCount), values: values.slice(0, this.sumCount * FIELDS) };
    }
  }

  function findBlocks(piece, overhead) {
    const blocks = new Blocks(piece);
    eachInside(piece, (first, behind, d) => {
      for (let at = first; at < behind;) {
        const stop = behind - at < 2 * BLOCK ? behind : at + BLOCK;
        blocks.add(piece, d, at, stop, overhead);
        at = stop;
      }
    });
    for (let d = 0; d < piece.count.length; d++) blocks.offset[d + 1] += blocks.offset[d];
    return blocks.columns;
  }

  // -- durations -------------------------------------------------------------

  // Twice the function, and one more for a call inside another of it.
  const key = (word) => (word >>> 6) * 2 + ((word >>> NESTED_SHIFT) & 1);

  // The durations without the tracer's overhead by key: keys[n]'s are values
  // offset[n] to offset[n + 1], in no order yet.
  function findDurations(piece, functions, overhead) {
    const { start, end, word } = piece;
    const next = new Uint32Array(2 * functions + 1);
    eachInside(piece, (first, behind) => {
      for (let i = first; i < behind; i++) next[key(word[i]) + 1]++;
    });
    const keys = [];
    for (let n = 0; n < 2 * functions; n++) {
      if (next[n + 1]) keys.push(n);
      next[n + 1] += next[n];
    }
    const offset = Uint32Array.of(...keys.map((n) => next[n]), next[2 * functions]);
    const values = new (piece.to - piece.begin < 2 ** 32 ? Uint32Array : Float64Array)(next[2 * functions]);
    eachInside(piece, (first, behind) => {
      for (let i = first; i < behind; i++) values[next[key(word[i])]++] = overhead ? end[i] - start[i] - overhead[i] : end[i] - start[i];
    });
    return { keys: Uint32Array.from(keys), offset, values };
  }

  // Put those of each key in order: that takes a while.
  function arrange({ keys, offset, values }) {
    keys.forEach((_, n) => values.subarray(offset[n], offset[n + 1]).sort());
  }

  // Put blocks and durations into a piece.
  function add(piece, kind) {
    const overhead = findOverhead(piece, kind);
    piece.blocks = findBlocks(piece, overhead);
    piece.durations = findDurations(piece, kind.length, overhead);
  }

  return { add, arrange, key, FIELDS };
})();
