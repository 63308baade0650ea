// SPDX-License-Identifier: Apache-2.0
//
// chunk.js: the bytes of one chunk as calls on its track (FORMAT.md, "The data
// inside an HTML output").  No DOM.  What makes no sense throws a RangeError.
"use strict";

const chunk = (() => {
  const DEFLATE = 1;
  const GAP_BEGIN = 8;
  const GAP_END = 9;
  const OPEN = 16;

  // Uint8Array -> Uint8Array without the codec byte.
  async function unpack(bytes) {
    if (bytes[0] > DEFLATE) throw new RangeError("a chunk of an unknown codec: " + bytes[0]);
    if (bytes[0] !== DEFLATE) return bytes.subarray(1);
    const stream = new Blob([bytes.subarray(1)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  class Cursor {
    constructor(bytes, at) {
      this.bytes = bytes;
      this.at = at;
    }

    varint() {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        if (this.at >= this.bytes.length) throw new RangeError("a chunk ends early");
        const byte = this.bytes[this.at++];
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    }
  }

  function readStack(cursor, stored) {
    const stack = [];
    for (let i = 0; i < stored; i++) {
      stack.push({ function: cursor.varint(), start: cursor.varint(), how: cursor.varint() });
    }
    return stack;
  }

  // {track, events, begin, depth, stack, tokens, times}: the two are offsets.
  function readHead(bytes) {
    const cursor = new Cursor(bytes, 0);
    const head = { track: cursor.varint(), events: cursor.varint(), begin: cursor.varint(), depth: cursor.varint() };
    head.stack = readStack(cursor, cursor.varint());
    const tokenBytes = cursor.varint();
    head.tokens = cursor.at;
    head.times = cursor.at + tokenBytes;
    if (head.times > bytes.length) throw new RangeError("a chunk ends early");
    return head;
  }

  function apply(track, token, time) {
    if (token >= OPEN) {
      const number = Math.floor(token / 4) - 4;
      if (number >= track.names.count) throw new RangeError("a call of a function without a name");
      track.open(number, token & 3, time);
    } else if (token === GAP_BEGIN) track.beginGap(time);
    else if (token === GAP_END) track.endGap(time);
    else if (token <= 4) track.close(token, time);
  }

  // One pass over both columns.  The reading of a varint is written out for its
  // common lengths: this loop runs for each event of a recording.
  function replay(bytes, head, track) {
    const slow = new Cursor(bytes, 0);
    let token = head.tokens;
    let at = head.times;
    let time = head.begin;
    for (let left = head.events; left > 0; left--) {
      let value = bytes[token++];
      if (value >= 128) {
        slow.at = token - 1;
        value = slow.varint();
        token = slow.at;
      }
      let step = bytes[at++];
      if (step >= 128) {
        const next = bytes[at++];
        if (next < 128) step += (next << 7) - 128;
        else {
          slow.at = at - 2;
          step = slow.varint();
          at = slow.at;
        }
      }
      if (!(step >= 0)) throw new RangeError("a chunk ends early");
      time += step;
      apply(track, value, time);
      track.to = time;
      track.events++;
    }
  }

  const HIDDEN_MAX = 1e6;

  function check(head, track) {
    if (!track) throw new RangeError("a chunk of an unknown track: " + head.track);
    if (head.begin < track.to) throw new RangeError("a chunk out of order");
    if (head.depth - head.stack.length > HIDDEN_MAX) throw new RangeError("a stack without end");
    if (head.stack.some((call) => call.function >= track.names.count)) throw new RangeError("a call of a function without a name");
  }

  // Play the unpacked bytes on their track.  What was played before an error
  // was found stays.
  function play(bytes, tracks) {
    const head = readHead(bytes);
    const track = tracks[head.track];
    check(head, track);
    track.resume(head.stack, head.depth, head.begin);
    try {
      track.see(head.begin);
      replay(bytes, head, track);
    } finally {
      track.pause();
    }
  }

  return { unpack, play };
})();
