// SPDX-License-Identifier: Apache-2.0
//
// instant.js: one instant of a track: its name, what the program said with it,
// and the call around it.  No DOM.
"use strict";

class Instant {
  constructor(track, index) {
    this.track = track;
    this.index = index;
    const { number, time, value } = track.instants[index];
    this.function = number; // its name, as those of functions
    this.time = time;
    this.text = value;
  }

  is(other) {
    return !!other && other.track === this.track && other.index === this.index;
  }

  // [key, text] for each member of what was said; what is not an object is one itself.
  get facts() {
    if (!this.text) return [];
    try {
      const told = JSON.parse(this.text);
      if (told && typeof told === "object" && !Array.isArray(told)) return Object.entries(told).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
    } catch {
      // It is no JSON: shown as it is.
    }
    return [["text", this.text]];
  }

  // The innermost call that runs then, or null.
  get call() {
    return Instant.callAt(this.track, this.time);
  }

  static callAt(track, time) {
    let found = null;
    for (let depth = 0; depth < track.levels.length; depth++) {
      const span = Span.at(track, depth, time);
      if (!span) break;
      found = span;
    }
    return found;
  }

  // The last one in time whose name is wanted; or null.
  static latest(tracks, isWanted) {
    let found = null;
    for (const track of tracks)
      for (let i = 0; i < track.instants.length; i++) {
        const { number, time } = track.instants[i];
        if (isWanted(number) && (!found || time > found.time)) found = new Instant(track, i);
      }
    return found;
  }

  // The next one of tracks, by track and time, whose name is wanted; or null.
  static next(tracks, from, wanted, step) {
    const all = tracks.flatMap((track) => track.instants.map((_, i) => [track, i])).filter(([track, i]) => wanted[track.instants[i].number]);
    if (!all.length) return null;
    const index = from ? all.findIndex(([track, i]) => track === from.track && i === from.index) : step > 0 ? -1 : 0;
    return new Instant(...all[(index + step + all.length) % all.length]);
  }
}
