// SPDX-License-Identifier: Apache-2.0
//
// names.js: the functions of a recording: what they are called, where they are,
// which module they belong to.  Columns, as in the tables.
"use strict";

class Names {
  static PYTHON = 1;
  static C = 2;
  static TRACER = 3;
  static UNKNOWN = 4;
  static SPAN = 5; // named by the program, as are the next two
  static INSTANT = 6;
  static COUNTER = 7;
  static EXCEPTION = 9; // its type
  // Ranks: whose code a function is.
  static MACHINERY = 0; // of imports, of threads' starts: leads to code, is none
  static LIBRARY = 1; // Python's, an installed one, C functions
  static OWN = 2; // the user's
  static IMPORTS = /^<frozen (importlib|zipimport|runpy)|\/importlib\/(_bootstrap|_bootstrap_external|__init__)\.py$|\/runpy\.py$/; // files that import and start programs

  constructor(columns, files) {
    const count = columns.name.length;
    this.full = columns.name.concat("(calls further out)");
    this.omitted = count; // stands for calls of which only the number is known
    this.count = count + 1;
    this.files = files;
    this.file = Uint32Array.from({ length: this.count }, (_, i) => columns.file[i] || 0);
    this.line = Uint32Array.from({ length: this.count }, (_, i) => columns.line[i] || 0);
    this.kind = Uint8Array.from({ length: this.count }, (_, i) => columns.kind[i] || Names.UNKNOWN);
    this.counter = this.full.map((_, i) => columns.module[i] || this.full[i]); // that a series belongs to
    this.isMain = this.full.map((_, i) => /^__(mp_)?main__$/.test(columns.module[i])); // of the program's own module
    this.moduleName = this.full.map((_, i) => columns.module[i] || "");
    this.module = this.full.map((_, i) => this.moduleOf(i, columns.module[i] || ""));
    const bases = files.map((path) => path.split("/").pop());
    this.base = this.full.map((_, i) => bases[this.file[i]] || "");
    this.imports = files.map((path) => Names.IMPORTS.test(path)); // by file
    this.short = this.full.map((full, i) => this.shorten(full, i));
    this.own = Uint8Array.from({ length: this.count }, (_, i) => this.isOwn(i, columns.own));
    this.rank = Uint8Array.from({ length: this.count }, (_, i) => this.rankOf(i));
  }

  // As the page says; older ones do not, so the file's name tells.
  isOwn(i, told) {
    if (this.kind[i] === Names.SPAN) return 1;
    if (this.kind[i] !== Names.PYTHON) return 0;
    const path = this.path(i);
    return told ? told[i] || 0 : path && !/^<|\/(site|dist)-packages\/|lib(64)?\/python3[\d.t]*\/|\/python3\d*\.zip\//.test(path) ? 1 : 0;
  }

  // By their full names.
  get numbers() {
    return (this.byName ??= new Map(this.full.map((name, i) => [name, i])));
  }

  rankOf(i) {
    if (this.own[i] || this.kind[i] > Names.SPAN || i === this.omitted) return Names.OWN;
    return this.isMachinery(i) ? Names.MACHINERY : Names.LIBRARY;
  }

  // Of imports (as formats/shape/imports.c has it), of programs and of threads.
  isMachinery(i) {
    const path = this.path(i);
    if (this.imports[this.file[i]]) return !this.isModule(i);
    if (path.endsWith("/threading.py")) return /^Thread\._bootstrap/.test(this.full[i]);
    return this.kind[i] === Names.C && /^builtins\.__import__$|^_imp\./.test(this.full[i]);
  }

  isImporter(i) {
    return this.rank[i] === Names.MACHINERY && !/(threading|runpy)/.test(this.path(i));
  }

  // The code of a module that was imported.
  isModule(i) {
    return this.kind[i] === Names.PYTHON && this.full[i].startsWith("import ");
  }

  path(i) {
    return this.files[this.file[i]] || "";
  }

  location(i) {
    const path = this.path(i);
    return path && this.line[i] ? path + ":" + this.line[i] : path;
  }

  // What there is to say of a function without a file.
  kindText(i) {
    return ["", "Python", "built-in, written in C", "the tracer's own work", "the name was lost", "a span named by the program", "an instant marked by the program", "a counter", "a call that waits", "an exception"][this.kind[i]];
  }

  // What shares a colour: the file of a Python function, the type of a C one,
  // each name that the program gave by itself.
  moduleOf(i, module) {
    if (this.kind[i] >= Names.SPAN) return this.full[i];
    return this.kind[i] === Names.PYTHON ? this.path(i) || module : module;
  }

  // The name without the location behind it, "(re/__init__.py:179)", which is shown
  // beside it: how much of the path it has is the writer's choice.
  shorten(full, i) {
    const path = this.path(i);
    const begin = full.lastIndexOf(" (");
    const end = ":" + this.line[i] + ")";
    if (!path || begin < 1 || !full.endsWith(end)) return full;
    const shown = full.slice(begin + 2, -end.length);
    if (!path.endsWith(shown)) return full;
    this.base[i] = shown;
    return full.slice(0, begin);
  }

  // What stands in a box: `<module>` alone says nothing.
  label(i) {
    const short = this.short[i];
    return short.startsWith("<") && this.base[i] ? short + " " + this.base[i] : short;
  }

  // "cart.py:31", or "" without a file.
  where(i) {
    return this.base[i] ? this.base[i] + ":" + this.line[i] : "";
  }

  // 1 for each function whose name or file holds text, in any case.
  find(text) {
    const wanted = text.toLowerCase();
    const hits = new Uint8Array(this.count);
    if (!wanted) return hits;
    const files = this.files.map((file) => file.toLowerCase().includes(wanted));
    for (let i = 0; i < this.count; i++) {
      hits[i] = files[this.file[i]] || this.full[i].toLowerCase().includes(wanted) ? 1 : 0;
    }
    return hits;
  }
}
