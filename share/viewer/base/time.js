// SPDX-License-Identifier: Apache-2.0
//
// time.js: nanoseconds for people: durations, clock times and the ruler's steps.
"use strict";

const time = (() => {
  const UNITS = [
    ["s", 1e9],
    ["ms", 1e6],
    ["µs", 1e3],
    ["ns", 1],
  ];

  function unitFor(ns) {
    return UNITS.find(([, size]) => ns >= size) || UNITS[3];
  }

  // Three or four significant digits: "1.234 ms".
  function duration(ns) {
    if (!Number.isFinite(ns)) return "–";
    const sign = ns < 0 ? "−" : "";
    const size = Math.abs(ns);
    if (size >= 120e9) return sign + longDuration(size);
    const [name, unit] = unitFor(size);
    const value = size / unit;
    const digits = unit === 1 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3;
    return sign + value.toFixed(digits) + " " + name;
  }

  function longDuration(ns) {
    const seconds = ns / 1e9;
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = (seconds % 60).toFixed(hours ? 0 : 1).padStart(hours ? 2 : 4, "0");
    return (hours ? hours + " h " : "") + minutes + " min " + rest + " s";
  }

  // "31.1 %"
  function share(part, whole) {
    return whole > 0 ? ((100 * part) / whole).toFixed(1) + " %" : "–";
  }

  // To the nanosecond, in groups of three: "1,234,567 ns".
  function exact(ns) {
    return Math.round(ns).toLocaleString("en") + " ns";
  }

  // A time since the start, with as many digits as a ruler of this step needs.
  function timestamp(ns, step) {
    const [name, unit] = unitFor(Math.max(Math.abs(ns), step));
    const digits = Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9));
    return (ns / unit).toFixed(Math.min(digits, 12)) + " " + name;
  }

  // The least of 1, 2, 5, 10, ... ns that is not below least.
  function step(least) {
    const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
    for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
    return 10 * power;
  }

  // The clock on the wall, to the microsecond; base is a string of digits, since
  // nanoseconds since 1970 are too many for a number.
  function clock(base, ns) {
    const at = BigInt(base || "0") + BigInt(Math.round(ns));
    const date = new Date(Number(at / 1000000n));
    const micros = String(Number((at / 1000n) % 1000000n)).padStart(6, "0");
    return date.toLocaleTimeString("en-GB", { hour12: false }) + "." + micros;
  }

  function date(base) {
    if (!base || base === "0") return "";
    const at = new Date(Number(BigInt(base) / 1000000n));
    return at.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
  }

  return { duration, share, exact, timestamp, step, clock, date };
})();
