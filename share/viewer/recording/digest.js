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

  // -- blocks ----------------------------------------------------------------

  // Here blocks are added up, those of one piece after another, since what is
  // thrown away stays for a while.
  let tally = new Float64Array(0); // of one block by node, zeros in between
  const seen = new Uint32Array(2 * BLOCK); // the nodes that occur in it
  let nodes = new Uint32Array(0); // of all blocks' sums
  let values = new Float64Array(0);

  const withRoom = (column, count) => (column.length < count ? new column.constructor(count) : column);

  // Blocks as columns: at and behind count from the piece's first call at their
  // depth; sums first to last of node and values are theirs, none where the
  // calls are as good.
  class Blocks {
    constructor({ start, end, word, node, count, paths }, nets) {
      const most = Math.ceil(word.length / BLOCK) + 2 * count.length;
      Object.assign(this, { start, end, word, node, nets });
      this.offset = new Uint32Array(count.length + 1); // by depth
      for (const name of ["at", "behind", "first", "last"]) this[name] = new Uint32Array(most);
      this.count = 0;
      this.sumCount = 0;
      tally = withRoom(tally, paths.function.length * FIELDS);
      nodes = withRoom(nodes, Math.ceil(word.length / WORTH));
      values = withRoom(values, nodes.length * FIELDS);
    }

    // Add up [at, behind) by node, unless there are more than most of them; how
    // many occur.
    sumUp(at, behind, most) {
      const { start, end, word, node, nets } = this;
      let count = 0;
      for (let i = at; i < behind && count <= most; i++) {
        const own = node[i] * FIELDS;
        const part = end[i] - start[i];
        const net = nets[i];
        if (tally[own] === 0) {
          seen[count++] = node[i];
          tally[own + 4] = tally[own + 5] = net;
        }
        tally[own]++;
        if ((word[i] & HOW) === 0) tally[own + 1]++;
        tally[own + 2] += part;
        tally[own + 3] += part - net;
        if (net < tally[own + 4]) tally[own + 4] = net;
        if (net > tally[own + 5]) tally[own + 5] = net;
      }
      return count;
    }

    // Of a piece's depth d, whose calls begin at begin.
    add(d, begin, at, behind) {
      const most = (behind - at) / WORTH;
      const count = this.sumUp(at, behind, most);
      this.at[this.count] = at - begin;
      this.behind[this.count] = behind - begin;
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

  function findBlocks(piece, nets) {
    const blocks = new Blocks(piece, nets);
    eachInside(piece, (first, behind, d) => {
      for (let at = first; at < behind;) {
        const stop = behind - at < 2 * BLOCK ? behind : at + BLOCK;
        blocks.add(d, piece.offset[d], at, stop);
        at = stop;
      }
    });
    for (let d = 0; d < piece.count.length; d++) blocks.offset[d + 1] += blocks.offset[d];
    return blocks.columns;
  }

  // -- durations -------------------------------------------------------------

  // Twice the function, and one more for a call inside another of it.
  const key = (word) => (word >>> 6) * 2 + ((word >>> NESTED_SHIFT) & 1);

  // What runs for each call goes on in steps, as replay.js does.
  const STEP = 4096;

  // use(at, stop) for one stretch of count after another.
  function inSteps(count, use) {
    for (let at = 0; at < count; at += STEP) use(at, Math.min(at + STEP, count));
  }

  // Count those of each key in next, where the one behind it is.
  function countKeys(next, word, nets, at, stop) {
    for (let i = at; i < stop; i++) {
      const n = (word[i] >>> 6) * 2 + ((word[i] >>> NESTED_SHIFT) & 1) + 1; // key
      next[n] += nets[i] === nets[i] ? 1 : 0; // no NaN
    }
  }

  // Each number becomes the sum of those up to it.
  function sumKeys(next, at, stop) {
    for (let n = at; n < stop; n++) next[n + 1] += next[n];
  }

  // Put each call's duration where next says that the next one of its key lies.
  function putValues(values, next, word, nets, at, stop) {
    for (let i = at; i < stop; i++) {
      const n = (word[i] >>> 6) * 2 + ((word[i] >>> NESTED_SHIFT) & 1); // key
      if (nets[i] === nets[i]) values[next[n]++] = nets[i];
    }
  }

  // The durations without the tracer's overhead by key: keys[n]'s are values
  // offset[n] to offset[n + 1], in no order yet.
  function findDurations({ word, begin, to }, functions, nets) {
    const next = new Uint32Array(2 * functions + 1);
    inSteps(word.length, (at, stop) => countKeys(next, word, nets, at, stop));
    inSteps(2 * functions, (at, stop) => sumKeys(next, at, stop));
    const keys = Array.from(next.keys()).filter((n) => next[n + 1] > next[n]);
    const offset = Uint32Array.of(...keys.map((n) => next[n]), next[2 * functions]);
    const values = new (to - begin < 2 ** 32 ? Uint32Array : Float64Array)(next[2 * functions]);
    inSteps(word.length, (at, stop) => putValues(values, next, word, nets, at, stop));
    return { keys: Uint32Array.from(keys), offset, values };
  }

  // Put those of each key in order: that takes a while.
  function arrange({ keys, offset, values }) {
    keys.forEach((_, n) => values.subarray(offset[n], offset[n + 1]).sort());
  }

  // Put blocks and durations into a piece; nets: as replay.js has them.
  function add(piece, functions, nets) {
    piece.blocks = findBlocks(piece, nets);
    piece.durations = findDurations(piece, functions, nets);
  }

  return { add, arrange, key, FIELDS };
})();
