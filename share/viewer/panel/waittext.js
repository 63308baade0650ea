// SPDX-License-Identifier: Apache-2.0
//
// waittext.js: what is said of a thread's waits: at a point in time, and in a call.
"use strict";

const waittext = (() => {
  // What follows about one: [term, value] each.
  function about(waits, i, trace) {
    const what = waits.described.get(i);
    const rows = [["for", time.duration(waits.end[i] - waits.start[i])]];
    if (!what) return rows;
    const { names, tracks } = trace;
    if (what.name >= 0 && names.full[what.name]) rows.push(["call", names.full[what.name].slice(0, 100)]);
    if (what.on) rows.push(["on", what.on.slice(0, 300)]);
    if (what.bytes >= 0) rows.push(["bytes", what.bytes.toLocaleString("en")]);
    if (tracks[what.holder]) rows.push(["held by", tracks[what.holder].facts.name.slice(0, 100)]);
    if (what.inside >= 0 && names.short[what.inside]) rows.push(["in", names.short[what.inside].slice(0, 200)]);
    return rows;
  }

  // {title, colour, rows}
  function at(track, ns, trace) {
    const { waits } = track;
    const { off, why } = waits.at(ns);
    const i = why >= 0 ? why : off;
    if (i < 0) return { title: "on the CPU", colour: "cpu", rows: [["at", time.timestamp(ns, 1000)]] };
    const rows = about(waits, i, trace);
    if (why >= 0 && off >= 0) rows.push(["now", WaitList.TITLES[waits.kind[off]]]);
    return { title: WaitList.TITLES[waits.kind[i]] || "waiting", colour: WaitList.COLOURS[waits.kind[i]] || "blocked", rows };
  }

  // Who held the GIL for most of what a call waited for it, or "".
  function holderText(waits, from, to, { names, tracks }) {
    const sums = new Map();
    waits.each(from, to, (i) => {
      const what = waits.kind[i] === WaitList.GIL && waits.described.get(i);
      if (!what || (what.holder < 0 && what.inside < 0)) return;
      const key = what.holder + " " + what.inside;
      sums.set(key, (sums.get(key) || 0) + waits.end[i] - waits.start[i]);
    });
    if (!sums.size) return "";
    const [holder, inside] = [...sums].reduce((most, one) => (one[1] > most[1] ? one : most))[0].split(" ").map(Number);
    const who = tracks[holder] ? `, held by ${tracks[holder].facts.name.slice(0, 60)}` : ", held by another thread";
    return who + (inside >= 0 && names.short[inside] ? ` in ${names.short[inside].slice(0, 100)}` : "");
  }

  // The rows about a call: [term, value, title] each.
  function rowsOf(span, trace) {
    const { waits } = span.track;
    if (!waits.isKnown) return [];
    const end = Math.min(span.end, span.track.to);
    const sums = waits.sums(span.start, end);
    const all = end - span.start;
    const off = sums[WaitList.BLOCKED] + sums[WaitList.PREEMPTED] + sums[WaitList.UNSEEN];
    const rows = [["on the CPU", `${time.duration(Math.max(0, all - off))} · ${time.share(Math.max(0, all - off), all)}`]];
    const say = (kind, more = "") => sums[kind] > 0 && rows.push([WaitList.TITLES[kind], `${time.duration(sums[kind])} of ${time.duration(all)}${more}`]);
    say(WaitList.BLOCKED);
    say(WaitList.PREEMPTED);
    say(WaitList.GIL, sums[WaitList.GIL] > 0 ? holderText(waits, span.start, end, trace) : "");
    say(WaitList.CALL);
    say(WaitList.STOPPED);
    say(WaitList.UNSEEN);
    return rows;
  }

  const sumsOf = (span) => span.track.waits.sums(span.start, Math.min(span.end, span.track.to));

  // Why a call took so much longer than a usual one, as a sentence; "" where nobody knows.
  function why(slow, usual, extra, trace) {
    if (!slow.track.waits.isKnown || !usual.track.waits.isKnown) return "";
    const [one, other] = [sumsOf(slow), sumsOf(usual)];
    const more = (kind) => one[kind] - other[kind];
    const isMost = (ns) => ns >= extra / 2;
    if (isMost(more(WaitList.UNSEEN))) return "";
    if (isMost(more(WaitList.GIL))) return `It waited ${time.duration(one[WaitList.GIL])} for the GIL${holderText(slow.track.waits, slow.start, slow.end, trace)}.`;
    if (isMost(more(WaitList.PREEMPTED))) return `Others had its CPU for ${time.duration(one[WaitList.PREEMPTED])}.`;
    if (isMost(more(WaitList.BLOCKED))) return `Its thread was blocked for ${time.duration(one[WaitList.BLOCKED])}.`;
    return isMost(extra - more(WaitList.BLOCKED) - more(WaitList.PREEMPTED)) ? "Its thread was on the CPU." : "";
  }

  return { at, rowsOf, why };
})();
