// SPDX-License-Identifier: Apache-2.0
//
// pagefile.js: another page of ours, given as its text: the same data scripts as
// those of this page, but found in the text and never part of a document.
"use strict";

class PageFile extends Loader {
  constructor(text, scripts = [...PageFile.scripts(text)]) {
    super(scripts.filter(({ classList }) => classList.contains("codesnap-chunk")));
    this.scripts = scripts;
    for (const script of this.waiting) script.remove = () => this.waiting.shift();
  }

  // What each of our data scripts is, in the order of the page: they come behind
  // all code, with the tables first, and hold no "<".  This code is in a page, too,
  // so it must not look like one of them.
  static *scripts(text) {
    const opens = new RegExp(`<${"script"} type="application/[a-z-]+"([^>]*)>`, "g");
    opens.lastIndex = Math.max(0, text.lastIndexOf(`<${"script"} type="application/json" id="codesnap-tables"`));
    for (let found = opens.exec(text); found; found = opens.exec(text)) {
      const end = text.indexOf(`</${"script"}>`, opens.lastIndex);
      if (end < 0) return;
      yield PageFile.script(found[1], text.slice(opens.lastIndex, end));
      opens.lastIndex = end;
    }
  }

  // As much of an element as a loader asks for.
  static script(attributes, textContent) {
    const value = (name) => new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1];
    const names = (value("class") || "").split(" ");
    return { id: value("id"), textContent, classList: { contains: (name) => names.includes(name) }, dataset: { track: value("data-track"), sum: value("data-sum") } };
  }

  get isParsed() {
    return true;
  }

  isWhole(script) {
    return !!script;
  }

  json(id) {
    const script = this.scripts.find((one) => one.id === id);
    try {
      return script ? JSON.parse(script.textContent) : null;
    } catch {
      return null;
    }
  }

  async tables() {
    return this.json("codesnap-tables");
  }

  // The recording, or null where the text is no page of ours.  progress is told a
  // share now and then.
  async read(progress) {
    const tables = await this.tables();
    if (!tables || !tables.functions) return null;
    const trace = new Trace(tables);
    const pool = new WorkerPool(trace.names.kind);
    await this.chunks(pool, (piece) => trace.take(piece), progress);
    trace.finish(this.end());
    pool.end();
    return trace;
  }
}
