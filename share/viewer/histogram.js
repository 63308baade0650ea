// SPDX-License-Identifier: Apache-2.0
//
// histogram.js: how the durations of a function's calls are spread, on a
// logarithmic scale of both time and number, so that one slow call in a million
// is seen.
"use strict";

class Histogram {
  static BARS = 56;

  // {least, ratio, counts} of durations (spread.js) and of calls that are only
  // counted.
  static count(spread, bins = []) {
    const least = Math.max(1, bins.length ? bins[0].middle : spread.least);
    const most = Math.max(least * 1.01, spread.count ? spread.most : bins[bins.length - 1].middle);
    const ratio = Math.log(most / least) / Histogram.BARS;
    const counts = new Uint32Array(Histogram.BARS);
    const add = (duration, count) => {
      const bar = Math.floor(Math.log(Math.max(duration, 1) / least) / ratio);
      counts[Math.min(Math.max(bar, 0), Histogram.BARS - 1)] += count;
    };
    for (const { middle, count } of bins) add(middle, Math.max(1, Math.round(count)));
    spread.each((duration) => add(duration, 1));
    return { least, ratio, counts };
  }

  constructor(theme) {
    this.theme = theme;
    this.canvas = dom.make("canvas.histogram", { role: "img" });
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  // What to show; threshold splits usual from slow, or is Infinity.
  set(spread, bins, threshold) {
    this.data = spread.count || bins.length ? Histogram.count(spread, bins) : null;
    this.threshold = threshold;
    this.canvas.setAttribute("aria-label", spread.count ? `Histogram: ${spread.count} calls, ${time.duration(spread.least)} to ${time.duration(spread.most)}` : "Histogram");
    this.draw();
  }

  durationAt(bar) {
    return this.data.least * Math.exp(bar * this.data.ratio);
  }

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
      context.fillRect(Math.round(bar * width), height - tall, Math.max(1, Math.round(width) - 1), tall);
    });
  }

  drawScale(width, height, ratio) {
    const context = this.canvas.getContext("2d");
    context.fillStyle = this.theme.colour.line;
    context.fillRect(0, height, this.canvas.width, Math.round(ratio));
    context.fillStyle = this.theme.colour.dim;
    context.font = `${Math.round(10.5 * ratio)}px ${this.theme.font}`;
    context.textBaseline = "middle";
    const places = [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * Histogram.BARS));
    for (const bar of places) {
      context.textAlign = bar === 0 ? "left" : bar === Histogram.BARS ? "right" : "center";
      context.fillText(time.duration(this.durationAt(bar)), bar * width, height + 10 * ratio);
    }
    context.textAlign = "left";
  }
}
