// SPDX-License-Identifier: Apache-2.0
//
// trace.js: a recording as it comes in: the tables, then chunk by chunk the
// calls of its tracks.  No DOM.
"use strict";

class Trace {
  constructor(tables) {
    this.version = tables.version;
    this.facts = tables;
    this.processes = tables.processes || [];
    this.notes = tables.notes || [];
    this.names = new Names(Trace.columns(tables.functions), tables.files || [""]);
    this.paths = new CallPaths(CallPaths.MOST);
    this.tracks = (tables.tracks || []).map((row, i) => new Track(i, row, this.names, this.paths));
    this.coming = null; // the track whose chunks come
    this.hasGrown = false; // since the last look
    this.end = null; // what the page says at its end
    this.chunks = 0;
    this.aggregates = 0; // scripts of them
    this.annotations = 0; // scripts of them
    this.waits = 0; // likewise
    this.counters = []; // once all is there
    this.broken = 0; // chunks that made no sense
  }

  // The tables of a page that was cut or altered may lack columns.
  static columns(functions) {
    const columns = { name: [], module: [], file: [], line: [], kind: [] };
    return Object.assign(columns, functions);
  }

  // Each chunk as unpacked bytes, a track's in order; null for one that could
  // not be unpacked.
  add(bytes) {
    this.take(bytes && Trace.decoded(bytes, this.names.kind));
  }

  static decoded(bytes, kind) {
    try {
      const piece = chunk.decode(bytes, kind);
      digest.arrange(piece.durations);
      return piece;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  }

  // The same, decoded.
  take(piece) {
    const track = piece && this.tracks[piece.track];
    if (!track || !this.makesSense(piece, track)) {
      this.broken++;
      return;
    }
    if (piece.isAnnotations) return this.takeAnnotations(track, piece);
    if (piece.isWaits) return this.takeWaits(track, piece);
    this.expect(track);
    if (piece.isAggregates) {
      this.aggregates++;
      return track.aggregates.take(piece.columns);
    }
    track.take(piece);
    if (piece.broken) this.broken++;
    else this.chunks++;
  }

  makesSense(piece, track) {
    if (piece.isAnnotations || piece.isWaits) return true;
    return !track.isWhole && !(piece.isAggregates ? piece.broken : piece.begin < track.arrived);
  }

  // What pieces came without: [number of a piece, its durations].
  takeDurations(list) {
    const found = new Map(list);
    for (const track of this.tracks) for (const one of track.digests) one.durations = one.durations || found.get(one.number) || null;
  }

  takeAnnotations(track, piece) {
    track.takeAnnotations(piece);
    if (piece.broken) this.broken++;
    else this.annotations++;
  }

  takeWaits(track, piece) {
    track.waits.take(piece);
    if (piece.broken) this.broken++;
    else this.waits++;
  }

  // All of one track comes before the next one: it is whole then, and is put
  // together while workers decode others.
  expect(track) {
    if (this.coming && this.coming !== track) {
      this.coming.finish();
      this.hasGrown = true;
    }
    this.coming = track;
  }

  // Whether there is more to be seen than the last time.  Of the track that
  // comes only what is worth a copy of all that is there of it.
  look() {
    const { coming, hasGrown } = this;
    const waiting = coming ? coming.waiting : 0;
    const isWorth = waiting > 0 && waiting >= 2 * (coming.events - waiting);
    if (isWorth) coming.join();
    this.hasGrown = false;
    return hasGrown || isWorth;
  }

  finish(end) {
    for (const track of this.tracks) {
      track.finish();
      track.waits.finish(); // those of a track come behind its calls
    }
    this.counters = Counter.of(this);
    this.end = end;
    this.tasks = Task.of(this); // by track
  }

  get from() {
    return this.tracks.reduce((least, track) => Math.min(least, track.from), Infinity);
  }

  get to() {
    return this.tracks.reduce((most, track) => Math.max(most, track.to), -Infinity);
  }

  get calls() {
    return this.tracks.reduce((sum, track) => sum + track.calls, 0);
  }

  get events() {
    return this.tracks.reduce((sum, track) => sum + track.events, 0);
  }

  get spans() {
    let sum = 0;
    for (const track of this.tracks) for (const level of track.levels) sum += level.count;
    return sum;
  }

  // How many scripts came and made sense, and how many the page had when it
  // was written.
  get arrived() {
    return this.chunks + this.aggregates + this.annotations + this.waits;
  }

  get expected() {
    return this.end.chunks + (this.end.annotations || 0) + (this.end.waits || 0) + (this.short ? this.short.aggregates : 0);
  }

  // What is known of the calls that are summed up: {threshold_ns, aggregates,
  // spans, durations}, or null where none is.
  get short() {
    return (this.end && this.end.short) || null;
  }

  // Sentences about what is missing, for people; empty if nothing is.
  troubles() {
    const said = [];
    if (!this.end) said.push("This page was cut off: its end is missing, and calls or threads may be missing, too.");
    else if (this.expected !== this.arrived) {
      said.push(`${this.expected - this.arrived} of ${this.expected} pieces of the recording are missing or damaged.`);
    }
    if (this.short) said.push(this.shortText());
    if (this.end && this.end.lost) said.push(`${this.end.lost.toLocaleString("en")} events could not be recorded.`);
    if (this.end && this.end.arguments_passed) said.push(`Arguments of ${this.end.arguments_passed.toLocaleString("en")} calls were not looked at: too many a second.`);
    if (this.end && this.end.damaged_bytes) said.push(`${this.end.damaged_bytes.toLocaleString("en")} bytes of the recording were damaged and left out.`);
    said.push(...this.noteTexts());
    said.push(...this.troubleTexts());
    return said;
  }

  // What did not fit, or was not seen, and where that is first.
  troubleTexts() {
    const told = this.end && this.end.troubles;
    const list = Array.isArray(told) ? told : this.gapsAlone();
    return list.filter(({ kind, count }) => Trace.TROUBLES[kind] && count > 0).map((trouble) => Trace.troubleText(trouble));
  }

  // Of a page that was cut off, or of one from before.
  gapsAlone() {
    return [{ kind: "gap", count: this.tracks.reduce((sum, track) => sum + track.gaps.length, 0) }];
  }

  // [one, many, what that means]
  static TROUBLES = {
    stray_exit: ["exit without a call", "exits without a call", "ignored"],
    unseen_exit: ["call ended unseen", "calls ended unseen", "shown up to the end of the caller"],
    gap: ["gap", "gaps", "nothing was recorded there, or it was lost"],
    throttled: ["throttled function", "throttled functions", "called so often that from there on only samples of the calls are recorded; the rest is in their callers' own time"],
  };

  // By the name of the function: {ns, calls_per_second}.
  get throttled() {
    if (this.throttledKnown && this.throttledKnown.end === this.end) return this.throttledKnown.functions;
    const told = this.end && Array.isArray(this.end.troubles) ? this.end.troubles : [];
    const kinds = told.filter(({ kind, first }) => kind === "throttled" && Array.isArray(first));
    const functions = new Map(kinds.flatMap(({ first }) => first.map((one) => [one.function, one])));
    this.throttledKnown = { end: this.end, functions };
    return functions;
  }

  static troubleText({ kind, count, first }) {
    const [one, many, meaning] = Trace.TROUBLES[kind];
    const locations = (Array.isArray(first) ? first : []).slice(0, 3).map((location) => Trace.locationText(location));
    const where = locations.length ? ` (${locations.join("; ")}${count > locations.length ? "; …" : ""})` : "";
    return `${count.toLocaleString("en")} ${count === 1 ? one : many}: ${meaning}${where}.`;
  }

  static locationText({ pid, thread, function: name, ns, end_ns: end, calls_per_second: often }) {
    if (often !== undefined) return `${name} from ${time.timestamp(ns, 1000)} ${end === undefined ? "on" : "to " + time.timestamp(end, 1000)}, about ${often.toLocaleString("en")} calls a second`;
    const until = end === undefined ? "" : ` to ${time.timestamp(end, 1000)}`;
    return `${[thread && `${thread} of ${pid}`, name].filter(Boolean).join(": ")} at ${time.timestamp(ns, 1000)}${until}`;
  }

  // How long the short calls of a function took: [{least, middle, count}].
  shortBins(number) {
    if (!this.short) return [];
    if (!this.bins) this.bins = new Map(this.short.durations.map(([of, ...pairs]) => [of, Trace.binsOf(pairs)]));
    return this.bins.get(number) || [];
  }

  static binsOf(pairs) {
    const least = (bin) => (bin < 16 ? bin : (16 + (bin % 16)) * 2 ** (Math.floor(bin / 16) - 1));
    const bins = [];
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      bins.push({ least: least(pairs[i]), middle: Math.floor((least(pairs[i]) + least(pairs[i] + 1)) / 2), count: pairs[i + 1] });
    }
    return bins;
  }

  shortText() {
    const { spans, threshold_ns: threshold } = this.short;
    return `${spans.toLocaleString("en")} calls shorter than ${time.duration(threshold)} were added up and are drawn as pale stretches; their counts and times are exact. To see a part call by call, record with --keep, then: codesnap convert SESSION --window A..B -o part.html`;
  }

  // What processes say; where several say the same, once.
  noteTexts() {
    const whose = new Map();
    for (const note of this.notes) {
      if (note.code === 1 && this.end && this.end.lost) continue;
      if (note.code === 3 && !note.count) continue;
      const text = Trace.noteText(note);
      const process = this.processes[note.process];
      whose.set(text, (whose.get(text) || []).concat(process ? process.pid : []));
    }
    return [...whose].map(([text, pids]) => Trace.pidsText([...new Set(pids)]) + text);
  }

  static pidsText(pids) {
    if (!pids.length) return "";
    const rest = pids.length > 4 ? ` and ${pids.length - 4} more` : "";
    return `${pids.length > 1 ? "Processes" : "Process"} ${pids.slice(0, 4).join(", ")}${rest}: `;
  }

  static noteText({ code, count, text }) {
    if (code === 1) return `lost ${count.toLocaleString("en")} events. ${text}`;
    if (code === 2) return `stopped recording: ${text}`;
    return text;
  }
}
