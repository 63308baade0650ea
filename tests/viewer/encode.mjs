// SPDX-License-Identifier: Apache-2.0
//
// encode.mjs: an encoder of FORMAT.md's chunks that shares nothing with the
// viewer or the C writer, and pages made with it.
import { deflateRawSync } from "node:zlib";

export function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return bytes;
}

// events: [[token, time], ...]; stack: [[function, start, how], ...], the calls
// open at start, outermost first; hidden: how many more are not told.
export function encodeChunk({ track = 0, begin = 0, stack = [], hidden = 0, events, codec = 0 }) {
  const tokens = events.flatMap(([token]) => varint(token));
  const times = [];
  let last = begin;
  for (const [, time] of events) {
    times.push(...varint(time - last));
    last = time;
  }
  const numbers = [track, events.length, begin, stack.length + hidden, stack.length, ...stack.flat(), tokens.length];
  const plain = Buffer.from([...numbers.flatMap(varint), ...tokens, ...times]);
  return Buffer.concat([Buffer.from([codec]), codec === 1 ? deflateRawSync(plain) : plain]);
}

// annotations: [[function, time, text or number], ...].
export function encodeAnnotations({ track = 0, annotations, codec = 0 }) {
  let last = 0;
  const bytes = annotations.flatMap(([number, time, value]) => {
    const head = [...varint(number), ...varint(time - last)];
    last = time;
    const text = Buffer.from(String(value));
    return typeof value === "number" ? [...head, ...Buffer.from(new Float64Array([value]).buffer)] : [...head, ...varint(text.length), ...text];
  });
  const plain = Buffer.from([...varint(track), ...varint(annotations.length), ...bytes]);
  return Object.assign(Buffer.concat([Buffer.from([codec]), codec === 1 ? deflateRawSync(plain) : plain]), { form: "annotations" });
}

export const open = (number, how = 0) => 16 + number * 4 + how;

// Tables with functions f0, f1, ... in files of their own and tracks tracks.
export function tables({ functions = 4, tracks = 1, names = null, kinds = null, notes = [] }) {
  const list = names || Array.from({ length: functions }, (_, i) => `f${i} (m${i}.py:${i + 1})`);
  return {
    version: 1,
    tracer: "codesnap test",
    command: "python3 app.py",
    host: "box",
    realtime_ns: "1700000000000000000",
    duration_ns: 1000,
    wait_status: 0,
    processes: [{ pid: 10, parent_pid: 1, forked_from: null, name: "app.py", command: "python3 app.py", interpreter: "CPython 3.12", directory: "/", start_ns: 0, end_ns: 1000, ended: true, python_call_ps: 0, c_call_ps: 0 }],
    tracks: Array.from({ length: tracks }, (_, i) => ({ process: 0, tid: 10 + i, name: `T${i}`, main: !i, ended: true, start_ns: 0, end_ns: 1000 })),
    files: ["", ...list.map((_, i) => `/srv/m${i}.py`)],
    functions: {
      name: list,
      module: list.map((_, i) => "m" + i),
      file: list.map((_, i) => i + 1),
      line: list.map((_, i) => i + 1),
      kind: kinds || list.map(() => 1),
    },
    notes,
  };
}

const json = (value) => JSON.stringify(value).replaceAll("<", "\\u003c");

// The joined shell with a recording in it; end: null leaves the page cut off.
export function page(shell, head, chunks, end = {}) {
  const sums = { chunks: chunks.filter((bytes) => !bytes.form).length, annotations: chunks.filter((bytes) => bytes.form === "annotations").length, events: 0, calls: 0, anomalies: 0, lost: 0, damaged_bytes: 0, slow: [], ...end };
  const data = [
    `<script type="application/json" id="codesnap-tables">${json(head)}</script>\n`,
    ...chunks.map((bytes) => `<script type="application/octet-stream" class="codesnap-chunk${bytes.form ? " codesnap-" + bytes.form : ""}">${bytes.toString("base64")}</script>\n`),
    end === null ? "" : `<script type="application/json" id="codesnap-end">${json(sums)}</script>\n`,
  ];
  return shell.replace("<!-- codesnap data -->\n", () => data.join(""));
}
