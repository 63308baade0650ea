// SPDX-License-Identifier: Apache-2.0
//
// lanes.js: which threads share a lane: short ones of one name that do not run
// at the same time, such as those of a server that starts one for each request.
// No DOM.
"use strict";

const lanes = (() => {
  const MANY = 4; // of fewer threads of one name each has a lane of its own
  const SHORT = 0.25; // of the recording

  // "request" of "request-12", "Thread (handle)" of "Thread-12 (handle)".
  function stem(name) {
    const text = name.replace(/[-_#:. ]*\d+/g, "").trim();
    return /[^\W_]/.test(text) ? text : name;
  }

  // What all threads of a lane are called.
  function name(tracks) {
    const [first] = tracks;
    return tracks.every((track) => track.facts.name === first.facts.name) ? first.facts.name : stem(first.facts.name);
  }

  // Threads that may share lanes, by process and name.
  function groups(list, apart, longest) {
    const found = new Map();
    for (const one of list) {
      if (!(one instanceof Track) || one.facts.main || apart.has(one) || one.to - one.from > longest) continue;
      const key = JSON.stringify([one.facts.process, stem(one.facts.name), Boolean(one.facts.greenlet)]);
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(one);
    }
    return [...found.values()].filter((tracks) => tracks.length >= MANY);
  }

  // Each into the first lane that is free when it starts, best into one whose
  // last thread had the very same name.
  function packed(tracks) {
    const all = [];
    for (const track of [...tracks].sort((one, other) => one.from - other.from)) {
      const isFree = (lane) => lane[lane.length - 1].to <= track.from;
      const isSame = (lane) => lane[0].facts.name === track.facts.name;
      const lane = all.find((one) => isSame(one) && isFree(one)) || all.find(isFree);
      if (lane) lane.push(track);
      else all.push([track]);
    }
    return all;
  }

  // The list of tracks and others as lists of what lies in one lane, each in
  // order of time; a lane stands where its first one did.  apart: tracks that
  // share none; duration: of the recording.
  function of(list, apart, duration) {
    const laneOf = new Map();
    for (const group of groups(list, apart, duration * SHORT)) {
      for (const lane of packed(group)) for (const track of lane) laneOf.set(track, lane);
    }
    return [...new Set(list.map((one) => laneOf.get(one) || one))].map((one) => (Array.isArray(one) ? one : [one]));
  }

  // The track of a lane that runs at time or is nearest to it, if that is within
  // slack; or null.
  function at(tracks, time, slack) {
    if (tracks.length === 1) return tracks[0];
    const i = Column.bound(tracks, tracks.length, (track) => track.to >= time);
    const apart = (track) => (track ? Math.max(track.from - time, time - track.to, 0) : Infinity);
    const nearest = apart(tracks[i - 1]) < apart(tracks[i]) ? tracks[i - 1] : tracks[i];
    return apart(nearest) <= slack ? nearest : null;
  }

  return { of, at, name, stem };
})();
