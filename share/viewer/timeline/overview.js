// SPDX-License-Identifier: Apache-2.0
//
// overview.js: the whole recording in one strip, and in it the window that the
// picture shows: it can be dragged, resized, or drawn anew.  The strip has a line
// for each row of calls; of many threads, which are too many lines, it shows how
// busy they are.
"use strict";

class Overview {
  static GRIP = 6; // CSS pixels around an edge that take it
  static MANY = 8; // more threads are added up
  static ADDED_UP = "How many threads run at each moment. Pale: those that wait for a time, a lock, a thread, a process or data";

  constructor(canvas, frame, timeline) {
    const { state, view, theme, colours } = timeline;
    Object.assign(this, { canvas, frame, timeline, state, view, theme, colours });
    this.context = canvas.getContext("2d");
    this.corner = dom.byId("overview-corner");
    const strip = canvas.parentElement;
    strip.addEventListener("pointerdown", (event) => this.grab(event));
    strip.addEventListener("pointermove", (event) => this.drag(event));
    strip.addEventListener("pointerup", () => (this.held = null));
    strip.addEventListener("dblclick", () => timeline.fit());
  }

  draw() {
    const { canvas, context } = this;
    dom.fitCanvas(canvas);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const tracks = this.state.trace.tracks.filter((track) => !track.isEmpty);
    if (!tracks.length) return this.drawNothing();
    const text = tracks.length > Overview.MANY ? this.drawActivity(tracks) : this.drawLevels(tracks);
    this.say(text || "");
    this.drawHits();
  }

  drawNothing() {
    const { context, theme } = this;
    const ratio = window.devicePixelRatio || 1;
    context.font = `${12 * ratio}px ${theme.font}`;
    context.fillStyle = theme.colour.dim;
    context.fillText("Here is the whole recording, in one strip.", 12 * ratio, this.canvas.height / 2 + 4 * ratio);
  }

  // Beside the strip.
  say(text) {
    if (this.said === text) return;
    this.said = text;
    this.corner.title = text && Overview.ADDED_UP;
    this.corner.replaceChildren("Overview", dom.make("small", {}, text));
  }

  drawLevels(tracks) {
    const { canvas, context } = this;
    const shown = tracks.map((track) => this.state.shown.of(track));
    const levels = shown.flatMap(({ rows, levels: calls, aggregates }) => Array.from({ length: rows }, (_, row) => [calls[row], aggregates.levels[row]]));
    if (!levels.length) return;
    const height = Math.min(canvas.height, levels.length * Math.round(5 * (window.devicePixelRatio || 1)));
    const image = context.createImageData(canvas.width, height);
    const pixels = new Uint32Array(image.data.buffer);
    this.fill(pixels, levels, height);
    context.putImageData(image, 0, Math.round((canvas.height - height) / 2));
  }

  // Says how many there are at most, in the mean of a column.
  drawActivity(tracks) {
    const { canvas, context, view, theme } = this;
    this.waits = this.waits || waits.calls(this.state.trace);
    const { running, waiting } = activity.of(tracks, this.waits, view.low, view.high, canvas.width);
    const busy = running.map((sum, x) => sum - waiting[x]);
    const highest = (sums) => sums.reduce((one, other) => Math.max(one, other), 0);
    const most = highest(running) || 1;
    const bar = (x, sum) => context.fillRect(x, canvas.height * (1 - sum / most), 1, (canvas.height * sum) / most);
    context.fillStyle = theme.colour.share;
    running.forEach((sum, x) => bar(x, sum));
    context.fillStyle = theme.colour.accent;
    busy.forEach((sum, x) => bar(x, sum));
    const whole = (sum) => Math.ceil(sum - 0.05).toLocaleString("en");
    return `up to ${whole(most)} at once, ${whole(highest(busy))} busy`;
  }

  // Each line is a level; lines of the same level are copied.
  fill(pixels, levels, height) {
    const { view, colours } = this;
    const width = this.canvas.width;
    const row = new raster.Row(width);
    let last = -1;
    for (let y = 0; y < height; y++) {
      const i = Math.floor((y * levels.length) / height);
      if (i === last) pixels.copyWithin(y * width, (y - 1) * width, y * width);
      else {
        row.clear();
        for (const level of levels[i]) if (level) raster.add(row, level, view.low, view.high, null);
        raster.resolve(row, colours.shown, pixels, y * width);
      }
      last = i;
    }
  }

  // One line below the levels: all hits, wherever they are.
  drawHits() {
    const { canvas, context, view } = this;
    const { hitIndex, trace } = this.state;
    if (!hitIndex) return;
    const height = Math.round(4 * (window.devicePixelRatio || 1));
    const shown = { from: view.low, to: view.high, width: canvas.width, most: Infinity };
    const mark = (begin, end) => context.fillRect(begin, canvas.height - height, Math.max(2, end - begin), height);
    context.fillStyle = this.theme.colour.hit;
    for (const track of trace.tracks) {
      const { aggregates } = this.state.shown.of(track);
      for (const level of track.levels) Hits.each(level, hitIndex.of(level, track), shown, mark);
      for (const level of aggregates.levels) Hits.each(level, hitIndex.of(level, track, track.aggregates), shown, mark);
    }
  }

  // Put the window where the view is.
  moveWindow() {
    const { view } = this;
    const left = (100 * (view.from - view.low)) / (view.high - view.low);
    const width = (100 * view.width) / (view.high - view.low);
    this.frame.style.left = left + "%";
    this.frame.style.width = `max(3px, ${width}%)`;
    this.frame.classList.toggle("whole", view.isFitted);
  }

  timeAt(event) {
    const { view } = this;
    const box = this.canvas.getBoundingClientRect();
    return view.low + ((event.clientX - box.left) / box.width) * (view.high - view.low);
  }

  grab(event) {
    if (event.button !== 0) return;
    const { view } = this;
    const at = this.timeAt(event);
    const grip = ((view.high - view.low) / this.canvas.clientWidth) * Overview.GRIP;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (Math.abs(at - view.from) < grip && !view.isFitted) this.held = { other: view.to };
    else if (Math.abs(at - view.to) < grip && !view.isFitted) this.held = { other: view.from };
    else if (at > view.from && at < view.to && !view.isFitted) this.held = { offset: at - view.from };
    else this.held = { other: at, grip };
  }

  drag(event) {
    if (!this.held) return;
    const { timeline } = this;
    const { other, offset, grip } = this.held;
    const at = this.timeAt(event);
    if (offset !== undefined) timeline.show(at - offset, at - offset + this.view.width);
    else if (Math.abs(at - other) > (grip || 0)) timeline.show(Math.min(at, other), Math.max(at, other));
  }
}
