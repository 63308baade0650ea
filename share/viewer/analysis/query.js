// SPDX-License-Identifier: Apache-2.0
//
// query.js: what is searched for: words that a function's name or file holds, and
// "file:", "module:", "thread:", "dur:", "error:" and "arg:", all of which must hold.
// No DOM.
"use strict";

class Query {
  static UNITS = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

  constructor(text, names) {
    this.words = [];
    this.told = { file: [], module: [], thread: [], dur: [], error: [], arg: [] };
    this.wrong = null; // the part that makes no sense
    for (const part of text.split(/\s+/).filter(Boolean)) this.take(part);
    this.least = Math.max(0, ...this.told.dur.map(([least]) => least));
    this.most = Math.min(Infinity, ...this.told.dur.map(([, most]) => most));
    this.functions = this.find(names);
  }

  // A word with a colon that is none of ours is a part of a name.
  take(part) {
    const [, key, value] = /^(file|module|thread|dur|error|arg):(.*)$/i.exec(part) || [];
    if (!key) return this.words.push(part);
    const range = key.toLowerCase() === "dur" ? Query.range(value) : value.toLowerCase();
    if (range === null) this.wrong = part;
    else this.told[key.toLowerCase()].push(range);
  }

  // ">10ms", "<1s", "5ms..1s", "10ms" (at least): [least, most] in ns, or null.
  static range(text) {
    const [, sign, from, to] = /^([<>]?=?)([^.<>]+(?:\.\d[^.<>]*)?)(?:\.\.(.+))?$/.exec(text) || [];
    const [least, most] = [Query.ns(from), to === undefined ? undefined : Query.ns(to)];
    if (least === null || most === null) return null;
    if (sign?.startsWith("<")) return [0, least];
    return [least, most ?? Infinity];
  }

  static ns(text) {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s)$/.exec(text || "") || [];
    return unit ? Number(number) * Query.UNITS[unit] : null;
  }

  // 1 for each function that fits.
  find(names) {
    const hits = new Uint8Array(names.count).fill(this.wrong ? 0 : 1);
    const keep = (fits) => hits.forEach((hit, i) => (hits[i] = hit && fits[i]));
    if (this.words.length) keep(names.find(this.words.join(" ")));
    for (const file of this.told.file) keep(hits.map((_, i) => Number(names.location(i).toLowerCase().includes(file))));
    for (const module of this.told.module) keep(hits.map((_, i) => Number(names.moduleName[i].toLowerCase().includes(module))));
    return hits;
  }

  // Whether single calls or threads are asked for, not functions alone.
  get isOfCalls() {
    const { thread, dur, error, arg } = this.told;
    return thread.length + dur.length + error.length + arg.length > 0;
  }

  // "id=17" is one of its arguments, "id" has that name, "=17" is any of them, and a
  // text holds what is searched for.
  takesArguments(level, i, track) {
    const known = track ? track.source.arguments.of(level, i) : [];
    return this.told.arg.every((text) => known.some(([name, value]) => Query.isArgument(text, name.toLowerCase(), value)));
  }

  static isArgument(text, name, value) {
    const [, asked, wanted] = /^([^=]*)=?(.*)$/s.exec(text);
    if (asked && asked !== name) return false;
    const shown = Arguments.show(value).toLowerCase();
    return typeof value === "number" ? !wanted || shown === wanted : shown.includes(wanted);
  }

  takesTrack({ facts }) {
    return this.told.thread.every((text) => `${facts.name} ${facts.tid}`.toLowerCase().includes(text));
  }

  // Whether a call of a level fits, of a track; its function does.
  takes(level, i, track) {
    if (this.told.arg.length && !this.takesArguments(level, i, track)) return false;
    const duration = level.end[i] - level.start[i];
    const isError = (level.word[i] & Level.CLOSED) === 1 << Level.CLOSED_SHIFT;
    return duration >= this.least && duration <= this.most && (isError || !this.told.error.length);
  }
}
