// SPDX-License-Identifier: Apache-2.0
//
// workerpool.js: workers that decode chunks beside the page.  They run the
// page's own code; where there can be none (the template, an odd browser) the
// page does the work itself.  Pieces come back in the order of the texts.  There
// is one worker until so much waits that another one is worth its beginning: each
// has the browser compile the code anew, which takes as long as two million events.
"use strict";

class WorkerPool {
  static PARTS = ["base/base64.js", "base/column.js", "base/cursor.js", "recording/callpaths.js", "recording/digest.js", "recording/sums.js", "recording/aggregate.js", "recording/annotations.js", "recording/waitscript.js", "recording/survey.js", "recording/replay.js", "recording/chunk.js", "recording/worker.js"];
  static EACH = 8; // texts that a worker has at a time
  static WORTH = 24; // texts that are worth another worker
  static MOST = 4; // workers
  static SHORT = 60000; // characters

  // kind: that of each function, as chunk.decode wants it.
  constructor(kind) {
    this.kind = kind;
    this.given = 0;
    this.answers = []; // of what was given: {resolve} by number
    this.workers = [];
    this.url = WorkerPool.url || WorkerPool.publish();
    WorkerPool.url = null;
    this.hire();
  }

  // The address of the workers' code, or null.
  static publish() {
    const source = WorkerPool.source();
    return source && URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  }

  // The page's first worker begins while the page is put together.
  static begin() {
    this.url = this.publish();
    if (this.url) this.first = WorkerPool.start(this.url);
  }

  // A worker, or null.
  static start(url) {
    try {
      const worker = new Worker(url);
      worker.onerror = () => (worker.hasFailed = true); // before it is given anything
      return worker;
    } catch {
      return null; // the others do its work
    }
  }

  // The code of the workers, or null where the page does not hold it.
  static source() {
    const texts = WorkerPool.PARTS.map((name) => document.querySelector(`script[data-part="${name}"]`)?.textContent);
    return texts.every(Boolean) ? texts.join("\n") : null;
  }

  hire() {
    const worker = WorkerPool.first || (this.url && WorkerPool.start(this.url));
    WorkerPool.first = null;
    if (!worker || worker.hasFailed) return;
    worker.onmessage = ({ data: [number, piece] }) => this.answer(worker, number, piece);
    worker.onerror = () => this.dismiss(worker);
    worker.has = new Map(); // number -> what was given
    worker.postMessage(this.kind);
    this.workers.push(worker);
  }

  // So many texts wait.
  expect(waiting) {
    const count = this.workers.length;
    const most = Math.min(WorkerPool.MOST, navigator.hardwareConcurrency || 2);
    if (count > 0 && count < most && waiting > count * WorkerPool.WORTH) this.hire();
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

  // The page itself reads the first text if it is short, to have something to show.
  give(number, given) {
    const isOwn = number === 0 && given[0].length < WorkerPool.SHORT;
    const worker = !isOwn && this.workers.reduce((least, one) => (least && least.has.size <= one.has.size ? least : one), null);
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

if (typeof document !== "undefined") WorkerPool.begin();
