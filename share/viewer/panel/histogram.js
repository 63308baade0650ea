// SPDX-License-Identifier: Apache-2.0
//
// histogram.js: how the durations of a function's calls are spread, on a
// logarithmic scale of both time and number, so that one slow call in a million
// is seen.  A click or the arrow keys pick a bar.
"use strict";

class Histogram {
  static BARS = 56;

  // {least, ratio, counts} of durations (distribution.js) and of calls that are
  // only counted.
  static count(distribution, bins = []) {
    const least = Math.max(1, bins.length ? bins[0].middle : distribution.least);
    const most = Math.max(least * 1.01, distribution.count ? distribution.most : bins[bins.length - 1].middle);
    const ratio = Math.log(most / least) / Histogram.BARS;
    const counts = new Uint32Array(Histogram.BARS);
    const add = (duration, count) => {
      const bar = Math.floor(Math.log(Math.max(duration, 1) / least) / ratio);
      counts[Math.min(Math.max(bar, 0), Histogram.BARS - 1)] += count;
    };
    for (const { middle, count } of bins) add(middle, Math.max(1, Math.round(count)));
    distribution.each((duration) => add(duration, 1));
    return { least, ratio, counts };
  }

  // picked: called with the number of a bar, or -1 when none is.
  constructor(theme, picked) {
    this.theme = theme;
    this.picked = picked;
    this.bar = -1;
    this.canvas = dom.make("canvas.histogram", { tabIndex: 0, role: "slider", "aria-label": "Histogram of durations", "aria-valuemin": "0", "aria-valuemax": String(Histogram.BARS - 1) });
    this.canvas.hidden = true;
    this.canvas.addEventListener("click", (event) => this.pick(this.barAt(event)));
    this.canvas.addEventListener("pointermove", (event) => (this.canvas.title = this.textOf(this.barAt(event))));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  // What to show; threshold splits usual from slow, or is Infinity.
  set(distribution, bins, threshold) {
    this.data = distribution.count || bins.length ? Histogram.count(distribution, bins) : null;
    this.threshold = threshold;
    this.canvas.hidden = !this.data;
    this.show(-1);
  }

  durationAt(bar) {
    return this.data.least * Math.exp(bar * this.data.ratio);
  }

  // Between which durations the calls of a bar are.
  rangeOf(bar) {
    return [bar === 0 ? 0 : this.durationAt(bar), bar === Histogram.BARS - 1 ? Infinity : this.durationAt(bar + 1)];
  }

  rangeText(bar) {
    return `${time.duration(this.durationAt(bar))} to ${time.duration(this.durationAt(bar + 1))}`;
  }

  textOf(bar) {
    const count = this.data ? this.data.counts[bar] : 0;
    return count ? `${count.toLocaleString("en")} ${count === 1 ? "call" : "calls"} of ${this.rangeText(bar)}` : "";
  }

  // -- picking a bar ---------------------------------------------------------

  barAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const bar = Math.floor(((event.clientX - box.left) / box.width) * Histogram.BARS);
    return Math.min(Math.max(bar, 0), Histogram.BARS - 1);
  }

  // One that is empty or picked already: none.
  pick(bar) {
    this.show(this.data.counts[bar] && bar !== this.bar ? bar : -1);
    this.picked(this.bar);
  }

  show(bar) {
    this.bar = bar;
    this.canvas.setAttribute("aria-valuenow", String(Math.max(0, bar)));
    this.canvas.setAttribute("aria-valuetext", bar < 0 ? "no bar" : this.textOf(bar));
    this.draw();
  }

  // The next bar with calls in it.
  next(from, step) {
    let bar = from + step;
    while (this.data.counts[bar] === 0) bar += step;
    return this.data.counts[bar] ? bar : from;
  }

  key(event) {
    const { bar } = this;
    const last = Histogram.BARS - 1;
    const moves = { ArrowLeft: () => this.next(bar < 0 ? last + 1 : bar, -1), ArrowRight: () => this.next(bar, 1), Home: () => this.next(-1, 1), End: () => this.next(last + 1, -1), Escape: () => bar };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in moves) || (bar < 0 && event.key === "Escape")) return;
    const to = moves[event.key]();
    if (to !== bar || event.key === "Escape") this.pick(to);
    event.preventDefault();
    event.stopPropagation();
  }

  // -- drawing ---------------------------------------------------------------

  draw() {
    const { canvas, data } = this;
    if (!data || !canvas.clientWidth) return;
    if (!dom.fitCanvas(canvas)) canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    const ratio = window.devicePixelRatio || 1;
    const foot = 18 * ratio;
    this.drawBars(canvas.width / Histogram.BARS, canvas.height - foot);
    this.drawScale(canvas.width / Histogram.BARS, canvas.height - foot, ratio);
  }

  drawBars(width, height) {
    const context = this.canvas.getContext("2d");
    const most = Math.log1p(Math.max(...this.data.counts));
    this.data.counts.forEach((count, bar) => {
      if (!count) return;
      const tall = Math.max(3, (Math.log1p(count) / most) * (height - 2));
      context.fillStyle = this.durationAt(bar + 1) > this.threshold ? this.theme.colour.bad : this.theme.colour.accent;
      context.globalAlpha = this.bar < 0 || this.bar === bar ? 1 : 0.4;
      context.fillRect(Math.round(bar * width), height - tall, Math.max(1, Math.round(width) - 1), tall);
    });
    context.globalAlpha = 1;
  }

  drawScale(width, height, ratio) {
    const context = this.canvas.getContext("2d");
    context.fillStyle = this.theme.colour.line;
    context.fillRect(0, height, this.canvas.width, Math.round(ratio));
    context.fillStyle = this.theme.colour.dim;
    context.font = `${Math.round(10.5 * ratio)}px ${this.theme.font}`;
    context.textBaseline = "middle";
    const bars = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * Histogram.BARS));
    for (const bar of bars) {
      context.textAlign = bar === 0 ? "left" : bar === Histogram.BARS ? "right" : "center";
      context.fillText(time.duration(this.durationAt(bar)), bar * width, height + 10 * ratio);
    }
    context.textAlign = "left";
  }
}
