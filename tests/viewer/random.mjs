// SPDX-License-Identifier: Apache-2.0
//
// random.mjs: calls made up at random, the same ones for the same seed, and
// what one may expect of them, worked out the slow and plain way.
import { encodeChunk, open } from "./encode.mjs";

export function random(seed) {
  return () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);
}

// {events, spans}: spans as {function, start, end, depth, parent (its span)}.
export function program({ seed = 1, calls = 1000, functions = 20, depth = 12, step = 50 }) {
  const next = random(seed);
  const events = [];
  const spans = [];
  let now = 0;
  const tick = () => (now += 1 + Math.floor(next() * step));
  const call = (parent, level) => {
    const span = { function: Math.floor(next() * functions), start: tick(), depth: level, parent };
    spans.push(span);
    events.push([open(span.function), span.start]);
    while (spans.length < calls && level + 1 < depth && next() < 0.55) call(span, level + 1);
    span.end = tick();
    events.push([0, span.end]);
  };
  while (spans.length < calls) call(null, 0);
  return { events, spans };
}

// The events of one track as chunks of at most size events.
export function chunks(events, { track = 0, size = 1000, codec = 0 } = {}) {
  const result = [];
  const stack = [];
  let begin = events.length ? events[0][1] : 0;
  for (let i = 0; i < events.length; i += size) {
    const part = events.slice(i, i + size);
    result.push(encodeChunk({ track, begin, stack: stack.map((call) => [...call]), events: part, codec }));
    for (const [token, time] of part) {
      if (token >= 16) stack.push([Math.floor(token / 4) - 4, time, token & 3]);
      else if (token <= 4) stack.pop();
      begin = time;
    }
  }
  return result;
}
