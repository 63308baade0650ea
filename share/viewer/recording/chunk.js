// SPDX-License-Identifier: Apache-2.0
//
// chunk.js: decodes the bytes of one chunk (FORMAT.md, "The data inside an HTML
// output") into calls in columns: a piece, which a track takes.  A chunk says
// which calls are open at its start, so chunks are decoded independently, in
// workers (workerpool.js).  No DOM.  What makes no sense throws a RangeError.
"use strict";

const chunk = (() => {
  const DEFLATE = 1;
  const NESTED = 32; // Level.NESTED
  const HIDDEN_MAX = 1e6;
  const PATHS_MOST = 32768; // of a piece: more are not worth telling apart

  // What the chunk before left, for the next one: there are hundreds, and what
  // is thrown away stays for a while.
  const rooms = []; // of unpacked bytes
  const paths = new CallPaths();
  let nets = new Float64Array(0);

  // Uint8Array -> Uint8Array without the codec byte, in room or a larger one.
  async function unpack(bytes, room = new Uint8Array(0)) {
    if (bytes[0] > DEFLATE) throw new RangeError("a chunk of an unknown codec: " + bytes[0]);
    if (bytes[0] !== DEFLATE) return bytes.subarray(1);
    const { readable, writable } = new DecompressionStream("deflate-raw");
    const writer = writable.getWriter();
    const written = Promise.all([writer.write(bytes.subarray(1)), writer.close()]);
    const [all] = await Promise.all([gather(readable.getReader(), room), written]);
    return all;
  }

  async function gather(reader, room) {
    for (let count = 0; ;) {
      const { done, value } = await reader.read();
      if (done) return room.subarray(0, count);
      if (count + value.length > room.length) room = Column.enlarged(room, 2 * (count + value.length));
      room.set(value, count);
      count += value.length;
    }
  }

  function readStack(cursor, stored) {
    const stack = [];
    for (let i = 0; i < stored; i++) {
      stack.push({ function: cursor.varint(), start: cursor.varint(), how: cursor.varint() & 3 });
    }
    return stack;
  }

  // {track, events, begin, depth, stack, tokens, times}: the two are offsets.
  function readHead(bytes, functions) {
    const cursor = new Cursor(bytes);
    const head = { track: cursor.varint(), events: cursor.varint(), begin: cursor.varint(), depth: cursor.varint() };
    head.stack = readStack(cursor, cursor.varint());
    const tokenBytes = cursor.varint();
    head.tokens = cursor.at;
    head.times = cursor.at + tokenBytes;
    if (head.times > bytes.length || head.events > tokenBytes) throw new RangeError("a chunk ends early");
    if (head.depth < head.stack.length) throw new RangeError("more calls than there are");
    if (head.depth - head.stack.length > HIDDEN_MAX) throw new RangeError("a stack without end");
    if (head.stack.some((call) => call.function >= functions)) throw new RangeError("a call of a function without a name");
    return head;
  }

  // A piece with room for everything: the calls of depth d lie side by side in
  // the columns, from offset[d] on, count[d] of them.
  function makePiece(head, counts) {
    const offset = new Uint32Array(counts.length + 1);
    for (let d = 0; d < counts.length; d++) offset[d + 1] = offset[d] + counts[d];
    const spans = offset[counts.length];
    return {
      track: head.track,
      begin: head.begin,
      to: head.begin,
      depth: head.depth, // at its start
      stack: head.stack,
      offset,
      count: new Uint32Array(counts.length),
      start: new Float64Array(spans),
      end: new Float64Array(spans),
      word: new Uint32Array(spans),
      node: new Uint32Array(spans), // of paths
      open: head.depth, // at its end
      events: 0,
      calls: 0,
      gaps: [], // [time, whether it starts]
      overhead: [], // [start, end] of the tracer's own
      broken: false,
      paths: null, // the columns of
      blocks: null, // digest.js
      durations: null,
      sums: null, // sums.js
    };
  }

  // The calls that are open when it starts come first at their depths, and are
  // nodes 1, 2, ... of paths.
  function putStack(piece, paths, running, omitted) {
    const hidden = piece.depth - piece.stack.length;
    for (let d = 0; d < piece.depth; d++) {
      const call = d < hidden ? null : piece.stack[d - hidden];
      const at = piece.offset[d];
      piece.start[at] = call ? call.start : piece.begin;
      piece.word[at] = (call ? call.function : omitted) * 64 + (call ? call.how : 3);
      piece.count[d] = 1;
      piece.node[at] = paths.child(d, call ? call.function : omitted);
      if (!call) continue;
      call.nested = running[call.function]++ ? NESTED : 0;
      piece.word[at] |= call.nested;
    }
  }

  function roomForNets(count) {
    if (nets.length < count) nets = new Float64Array(count);
    return nets.fill(NaN, 0, count);
  }

  // Unpacked bytes -> a piece; kind is that of each function, the last one
  // standing for calls that are omitted.  What comes before an error is kept.
  function decode(bytes, kind) {
    const head = readHead(bytes, kind.length);
    const piece = makePiece(head, new Survey(bytes, head).result);
    paths.clear(head.depth + PATHS_MOST);
    const running = new Uint32Array(kind.length); // calls of each that are open
    putStack(piece, paths, running, kind.length - 1);
    sums.begin(kind);
    const net = roomForNets(piece.word.length);
    try {
      new Replay(bytes, head, piece, { kind, running, paths, sums, net }).run();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      piece.broken = true;
    }
    piece.paths = paths.columns;
    digest.add(piece, kind.length, net);
    piece.sums = sums.end(piece.word.length);
    return piece;
  }

  // The text of a chunk (form "calls"), of aggregates, annotations or waits, and its sum -> a
  // promise of a piece, null where it makes no sense.
  async function read(text, kind, form, sum) {
    try {
      const bytes = await unpack(base64.decode(text, sum), rooms.pop());
      const piece = { calls: decode, aggregates: aggregate.decode, annotations: annotations.decode, waits: waitscript.decode }[form](bytes, kind);
      rooms.push(new Uint8Array(bytes.buffer));
      return piece;
    } catch {
      return null;
    }
  }

  // The columns of a piece, for handing it over.
  function buffers(piece) {
    if (piece.isAnnotations) return [];
    if (piece.isWaits) return [piece.kind.buffer, piece.start.buffer, piece.end.buffer];
    if (piece.isAggregates) return Object.values(piece.columns).map((column) => column.buffer);
    const columns = [piece.start, piece.end, piece.word, piece.node, piece.paths.function, piece.paths.parent, piece.paths.nested, ...Object.values(piece.blocks), ...(piece.sums ? [piece.sums.function, piece.sums.values] : [])];
    return columns.map((column) => column.buffer);
  }

  return { unpack, decode, read, buffers };
})();
