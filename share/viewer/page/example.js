// SPDX-License-Identifier: Apache-2.0
//
// example.js: a small recording, made up here, so that the template opens by
// itself with something to see.  Not part of the joined page.
"use strict";

const example = (() => {
  const FILES = ["", "/srv/shop/app.py", "/srv/shop/cart.py", "/srv/shop/store.py", "/usr/lib/python3.12/json/decoder.py"];
  const FUNCTIONS = [
    ["main", 1, 4],
    ["handle", 1, 18],
    ["Cart.total", 2, 9],
    ["Cart.add", 2, 31],
    ["Store.find", 3, 12],
    ["JSONDecoder.decode", 4, 332],
    ["JSONDecoder.raw_decode", 4, 343],
    ["builtins.len", 0, 0],
    ["dict.get", 0, 0],
    ["time.sleep", 0, 0],
    ["(tracer)", 0, 0],
  ];
  const CALLS = [[1], [2, 3, 4, 5, 9], [4, 7, 8], [2, 7, 8], [8, 7, 6], [6, 7], [7, 8], [], [], [], []];

  function random(seed) {
    return () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);
  }

  function varint(bytes, value) {
    for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    bytes.push(value);
  }

  class Writer {
    constructor(track, begin, seed) {
      Object.assign(this, { track, begin, now: begin, next: random(seed), tokens: [], times: [], events: 0 });
    }

    event(token, step) {
      varint(this.tokens, token);
      varint(this.times, step);
      this.now += step;
      this.events++;
    }

    call(number, depth) {
      this.event(16 + number * 4, 1 + Math.floor(this.next() * 2000));
      const inner = CALLS[number];
      const count = depth > 9 ? 0 : Math.floor(this.next() * (depth < 2 ? 14 : 4));
      for (let i = 0; inner.length && i < count; i++) this.call(inner[Math.floor(this.next() * inner.length)], depth + 1);
      this.event(this.next() < 0.01 ? 1 : 0, 200 + Math.floor(this.next() ** 6 * (number === 9 ? 900000 : 40000)));
    }

    get text() {
      const bytes = [0];
      for (const value of [this.track, this.events, this.begin, 0, 0, this.tokens.length]) varint(bytes, value);
      return btoa([...bytes, ...this.tokens, ...this.times].map((byte) => String.fromCharCode(byte)).join(""));
    }
  }

  function script(type, id, track, text) {
    const element = document.createElement("script");
    element.type = type;
    if (id) element.id = id;
    else element.className = "codesnap-chunk";
    element.textContent = text;
    document.body.append(element);
  }

  function tables(tracks) {
    const base = (i) => FILES[i].slice(FILES[i].lastIndexOf("/") + 1);
    const python = (name, file, line) => `${name} (${base(file)}:${line})`;
    return {
      version: 1,
      command: "python3 example.py",
      host: "example",
      realtime_ns: "1700000000000000000",
      duration_ns: 0,
      wait_status: 0,
      processes: [{ pid: 100, parent_pid: 1, name: "example.py", command: "python3 example.py", interpreter: "CPython 3.12", ended: true, start_ns: 0 }],
      tracks: tracks.map((_, i) => ({ process: 0, tid: 100 + i, name: i ? "Worker-" + i : "MainThread", main: !i, ended: true })),
      files: FILES,
      functions: {
        name: FUNCTIONS.map(([name, file, line]) => (file ? python(name, file, line) : name)),
        module: FUNCTIONS.map(([name, file]) => (file ? base(file) : name.split(".")[0])),
        file: FUNCTIONS.map(([, file]) => file),
        line: FUNCTIONS.map(([, , line]) => line),
        kind: FUNCTIONS.map(([name, file]) => (file ? 1 : name === "(tracer)" ? 3 : 2)),
      },
      notes: [],
    };
  }

  function put() {
    const tracks = [new Writer(0, 0, 1), new Writer(1, 150000, 2), new Writer(2, 400000, 3)];
    for (const track of tracks) for (let i = 0; i < 8; i++) track.call(i ? 1 : 0, 0);
    script("application/json", "codesnap-tables", 0, JSON.stringify(tables(tracks)));
    for (const track of tracks) script("application/octet-stream", "", track.track, track.text);
    script("application/json", "codesnap-end", 0, JSON.stringify({ chunks: tracks.length, lost: 0, damaged_bytes: 0 }));
  }

  put();
})();
