// SPDX-License-Identifier: Apache-2.0
//
// loader.js: reads the scripts of the page that hold data, while the browser
// still parses what follows.  Each is removed from the page once it is read, so
// that the recording is in memory only once.
"use strict";

class Loader {
  static SLICE_MS = 30; // then the browser may paint
  static LOOK_MS = 10; // how often it looks for scripts that came, while pieces are decoded

  // waiting: the scripts of chunks, a list from which each goes when it is removed.
  constructor(waiting = document.getElementsByClassName("codesnap-chunk")) {
    this.waiting = waiting;
    this.ahead = []; // promises of pieces, in order
    this.taken = 0;
    this.sliceEnds = 0;
  }

  get isParsed() {
    return document.readyState !== "loading";
  }

  // A script is whole once the parser put text or a script behind it; what the
  // page's own scripts append to it meanwhile says nothing.
  isWhole(element) {
    if (!element || this.isParsed) return !!element;
    let next = element.nextSibling;
    while (next && next.nodeName !== "#text" && next.nodeName !== "SCRIPT") next = next.nextSibling;
    return next !== null;
  }

  // Let the browser parse.
  wait(ms) {
    return new Promise((go) => setTimeout(go, ms));
  }

  // Let it paint: a message comes sooner than the shortest timeout, and in a
  // hidden tab too.
  static rest() {
    return new Promise((go) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        go();
      };
      channel.port2.postMessage(0);
    });
  }

  // Let it paint what was drawn; not for ever, since it does not paint a hidden tab.
  static frame() {
    return new Promise((go) => {
      setTimeout(go, 100);
      requestAnimationFrame(() => Loader.rest().then(go));
    });
  }

  json(id) {
    const element = document.getElementById(id);
    try {
      return element && JSON.parse(element.textContent);
    } catch {
      return null;
    }
  }

  // The tables, or null if the page has none.
  async tables() {
    while (!this.isWhole(document.getElementById("codesnap-tables"))) {
      if (this.isParsed) return null;
      await this.wait(5);
    }
    const tables = this.json("codesnap-tables");
    dom.byId("codesnap-tables").remove();
    return tables;
  }

  end() {
    return this.json("codesnap-end");
  }

  // Give the next chunk to pool; it leaves the page.  One that says another track
  // inside than outside is damaged.
  async take(pool) {
    const element = this.waiting[0];
    const text = element.textContent;
    element.remove();
    this.taken++;
    const { track, sum } = element.dataset;
    const piece = await pool.decode(text, Loader.form(element), sum);
    return piece && (track === undefined || piece.track === Number(track)) ? piece : null;
  }

  // FORMAT.md's names of what is in a script.
  static FORMS = { "codesnap-aggregates": "aggregates", "codesnap-annotations": "annotations", "codesnap-waits": "waits" };

  static form({ classList }) {
    const name = Object.keys(Loader.FORMS).find((one) => classList.contains(one));
    return Loader.FORMS[name] || "calls";
  }

  fill(pool) {
    pool.expect(this.waiting.length);
    while (this.ahead.length < pool.room && this.isWhole(this.waiting[0])) this.ahead.push(this.take(pool));
  }

  // The share that is done, as far as one can know.
  get progress() {
    const left = this.ahead.length + this.waiting.length;
    return (this.taken - this.ahead.length) / Math.max(1, this.taken - this.ahead.length + left) * (this.isParsed ? 1 : 0.9);
  }

  // Let pool decode each chunk, give the pieces in order to take, and call
  // paused after the first one and between slices.
  async chunks(pool, take, paused) {
    const looking = setInterval(() => this.fill(pool), Loader.LOOK_MS);
    await this.allChunks(pool, take, paused).finally(() => clearInterval(looking));
  }

  async allChunks(pool, take, paused) {
    this.sliceEnds = 0;
    for (;;) {
      this.fill(pool);
      if (this.ahead.length === 0) {
        if (this.isParsed && !this.waiting.length) return;
        await this.wait(5);
        continue;
      }
      take(await this.ahead.shift());
      if (performance.now() < this.sliceEnds) continue;
      paused(this.progress);
      await Loader.rest();
      this.sliceEnds = performance.now() + Loader.SLICE_MS;
    }
  }
}
