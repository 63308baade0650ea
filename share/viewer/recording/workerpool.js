// SPDX-License-Identifier: Apache-2.0
//
// workerpool.js: workers that decode chunks beside the page.  They run the
// page's own code; where there can be none (the template, an odd browser) the
// page does the work itself.  Pieces come back in the order of the texts.
"use strict";

class WorkerPool {
  static PARTS = ["base/base64.js", "base/column.js", "base/cursor.js", "recording/level.js", "recording/overhead.js", "recording/callpaths.js", "recording/digest.js", "recording/sums.js", "recording/aggregate.js", "recording/annotations.js", "recording/survey.js", "recording/replay.js", "recording/chunk.js", "recording/worker.js"];
  static EACH = 3; // texts that a worker has at a time

  // kind: that of each function, as chunk.decode wants it.
  constructor(kind) {
    this.kind = kind;
    this.given = 0;
    this.answers = []; // of what was given: {resolve} by number
    this.workers = [];
    const source = WorkerPool.source();
    const count = Math.min(4, navigator.hardwareConcurrency || 2); // the page mostly waits for them
    for (let i = 0; source && i < count; i++) this.hire(source);
  }

  // The code of the workers, or null where the page does not hold it.
  static source() {
    const texts = WorkerPool.PARTS.map((name) => document.querySelector(`script[data-part="${name}"]`)?.textContent);
    return texts.every(Boolean) ? texts.join("\n") : null;
  }

  hire(source) {
    this.url = this.url || URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      const worker = new Worker(this.url);
      worker.onmessage = ({ data: [number, piece] }) => this.answer(worker, number, piece);
      worker.onerror = () => this.dismiss(worker);
      worker.has = new Map(); // number -> what was given
      worker.postMessage(this.kind);
      this.workers.push(worker);
    } catch {
      // The others do its work.
    }
  }

  // How many texts it is worth to give before the first answer.
  get room() {
    return Math.max(2, this.workers.length * WorkerPool.EACH);
  }

  // given: text, form and sum, as chunk.read takes them.  A promise of the piece,
  // null where the text makes no sense.
  decode(...given) {
    const number = this.given++;
    return new Promise((resolve) => {
      this.answers[number] = resolve;
      this.give(number, given);
    });
  }

  // The page itself reads the first text, to have something to show: workers only
  // begin meanwhile.
  give(number, given) {
    const worker = number > 0 && this.workers.reduce((least, one) => (least && least.has.size <= one.has.size ? least : one), null);
    if (!worker) return this.read(given).then(this.answers[number]);
    worker.has.set(number, given);
    worker.postMessage([number, ...given]);
  }

  async read([text, form, sum]) {
    const piece = await chunk.read(text, this.kind, form, sum);
    if (piece && piece.durations) digest.arrange(piece.durations);
    return piece;
  }

  answer(worker, number, found) {
    if (number === null) return worker.tell(found);
    if (found) found.number = number;
    worker.has.delete(number);
    this.answers[number](found);
    delete this.answers[number];
  }

  // It cannot work: the others, or the page, take what it had.
  dismiss(worker) {
    this.workers = this.workers.filter((one) => one !== worker);
    worker.terminate();
    for (const [number, given] of worker.has) this.give(number, given);
    if (worker.tell) worker.tell([]);
  }

  // Once all is decoded: a promise of a list of [number of a piece, its
  // durations], which took longer.  Then the work is done.
  async durations() {
    const ask = (worker) => new Promise((resolve) => {
      worker.tell = resolve;
      worker.postMessage(null);
    });
    const lists = await Promise.all(this.workers.map(ask));
    this.end();
    return lists.flat();
  }

  end() {
    for (const worker of this.workers) worker.terminate();
    if (this.url) URL.revokeObjectURL(this.url);
  }
}
