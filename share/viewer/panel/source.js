// SPDX-License-Identifier: Apache-2.0
//
// source.js: the source of a function, out of the files that the page has.  A
// file is unpacked when it is first looked at.
"use strict";

class Source {
  static MOST = 400; // lines of a function that are shown
  static BEFORE = 2; // lines above it
  static WORDS = /^(?:and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield|None|True|False)$/;
  static TOKEN = /(#.*$)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(@?[^\s\w"'#]+|\d[\w.]*|\s+|.)/g;

  constructor(names) {
    this.names = names;
    this.lines = new Map(); // promises, by number of the file
  }

  // A promise of the lines of a file, null if the page does not have it.
  fileLines(number) {
    if (!this.lines.has(number)) this.lines.set(number, Source.read(number));
    return this.lines.get(number);
  }

  static async read(number) {
    const element = document.querySelector(`script.codesnap-source[data-file="${number}"]`);
    if (!element) return null;
    try {
      const bytes = await chunk.unpack(base64.decode(element.textContent, element.dataset.sum));
      return new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
    } catch {
      return null;
    }
  }

  // Of lines, those [from, to) of the function that starts at line (from 1):
  // what is indented deeper than its first line, past decorators and head.
  static extent(lines, line) {
    const first = Math.min(Math.max(line, 1), lines.length) - 1;
    const indent = (text) => text.length - text.trimStart().length;
    const base = indent(lines[first]);
    let to = first;
    while (to < lines.length - 1 && /^\s*@/.test(lines[to])) to++;
    let depth = 0;
    do depth += Source.opened(lines[to++]);
    while (depth > 0 && to < lines.length && to < first + 60);
    while (to < lines.length && (!lines[to].trim() || indent(lines[to]) > base)) to++;
    while (to > first + 1 && !lines[to - 1].trim()) to--;
    return [first, to];
  }

  // How many brackets stay open.
  static opened(text) {
    const plain = text.replace(/#.*|"[^"]*"|'[^']*'/g, "");
    return (plain.match(/[([{]/g) || []).length - (plain.match(/[)\]}]/g) || []).length;
  }

  // An element with the text of a function; it fills once that is unpacked.
  show(number) {
    const box = dom.make("section.source", { tabIndex: 0, role: "region", "aria-label": "Source" }, dom.make("h3", {}, "Source"));
    this.fill(box, number);
    return box;
  }

  // The numbers of the files that are not what ran any more.
  static changed() {
    const element = document.getElementById("codesnap-changed");
    try {
      return element ? JSON.parse(element.textContent) : [];
    } catch {
      return [];
    }
  }

  whyNone(number) {
    if (Source.changed().includes(this.names.file[number])) return "The file has changed since it was loaded, so its source is not shown.";
    if (this.names.path(number)) return "No source available.";
    if (this.names.kind[number] === Names.SPAN) return "The program named this span; its code is in the caller.";
    return "No source available: it is not written in Python.";
  }

  async fill(box, number) {
    const lines = await this.fileLines(this.names.file[number]);
    if (!lines) return box.append(dom.make("p.none", {}, this.whyNone(number)));
    const isModule = /^(<module>|import )/.test(this.names.short[number]);
    const [first, to] = isModule ? [0, lines.length] : Source.extent(lines, this.names.line[number]);
    const from = isModule ? 0 : Math.max(0, first - Source.BEFORE);
    const shown = lines.slice(from, Math.min(to, from + Source.MOST));
    box.append(dom.make("ol", { start: from + 1 }, ...shown.map((text, i) => Source.line(text, from + i, from + i === first && !isModule))));
    if (to > from + Source.MOST) box.append(dom.make("p.none", {}, `and ${to - from - Source.MOST} more lines`));
  }

  static line(text, index, isMarked) {
    const parts = [];
    for (const [token, comment, string, word] of text.slice(0, 2000).matchAll(Source.TOKEN)) {
      if (comment) parts.push(dom.make("i.comment", {}, token));
      else if (string) parts.push(dom.make("i.string", {}, token));
      else if (word && Source.WORDS.test(word)) parts.push(dom.make("b", {}, token));
      else parts.push(token);
    }
    return dom.make("li" + (isMarked ? ".marked" : ""), { value: index + 1 }, dom.make("code", {}, ...parts));
  }
}
