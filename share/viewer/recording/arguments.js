// SPDX-License-Identifier: Apache-2.0
//
// arguments.js: what the calls of a thread were called with and what they returned,
// where that was recorded (--args, --returns).  No DOM.
"use strict";

class Arguments {
  static UNFINISHED = 4; // Span.closed

  constructor(track) {
    this.track = track;
    this.at = new Map(); // by the end of the call: {number, time, value: JSON}
    this.last = []; // those with the latest time: calls that did not end, innermost first
  }

  // In the order of time.
  add(one) {
    if (this.last.length && this.last[0].time !== one.time) this.last = [];
    this.last.push(one);
    this.at.set(one.time, one);
  }

  // [name, value] of each argument of a call, in order, and of "return"; [] where
  // they are not known.
  of(level, i) {
    if (!this.at.size) return [];
    const number = level.functionOf(i);
    const found = Arguments.isOpen(level, i) ? this.ofOpen(level, number) : this.at.get(level.end[i]);
    return found && found.number === number ? Arguments.parse(found.value) : [];
  }

  static isOpen(level, i) {
    return (level.word[i] & Level.CLOSED) >> Level.CLOSED_SHIFT === Arguments.UNFINISHED;
  }

  // Of calls of one function that did not end the innermost one comes first.
  ofOpen({ depth }, number) {
    const inner = this.track.levels.slice(depth + 1).filter((level) => level.count && Arguments.isOpen(level, level.count - 1) && level.functionOf(level.count - 1) === number);
    return this.last.filter((one) => one.number === number)[inner.length];
  }

  static parse(text) {
    try {
      return Object.entries(JSON.parse(text));
    } catch {
      return [];
    }
  }

  // A value as Python would show it, at most so many characters of it.
  static show(value, most = 10000) {
    const text = Arguments.text(value);
    return text.length > most ? text.slice(0, most) + "…" : text;
  }

  static text(value) {
    if (value === null) return "None";
    if (typeof value === "boolean") return value ? "True" : "False";
    if (typeof value === "string") return Arguments.isTold(value) ? value : JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map((one) => Arguments.element(one)).join(", ")}]`;
    return typeof value === "object" ? Arguments.object(value) : String(value);
  }

  // "<app.Order>" and "b'...'" are no strings of the program's.
  static isTold(text) {
    return /^<.*>$/.test(text) || /^b'.*'$/.test(text) || ["nan", "inf", "-inf"].includes(text) || /^-?\d{16,}$/.test(text);
  }

  static element(value) {
    const more = value !== null && typeof value === "object" && !Array.isArray(value) ? value["<more>"] : undefined;
    return more !== undefined && Object.keys(value).length === 1 ? `… ${more} more` : Arguments.text(value);
  }

  static object(value) {
    const { "<type>": type, "<more>": more, ...rest } = value;
    const rows = Object.entries(rest).map(([key, one]) => (type ? `${key}=${Arguments.text(one)}` : `${JSON.stringify(key)}: ${Arguments.text(one)}`));
    if (more !== undefined) rows.push(`… ${more} more`);
    return type ? `<${[type, ...rows].join(" ")}>` : `{${rows.join(", ")}}`;
  }
}
