// SPDX-License-Identifier: Apache-2.0
//
// theme.js: dark, light or what the system says, and the colours of theme.css
// as the canvases need them.
"use strict";

class Theme {
  static ORDER = ["auto", "light", "dark"];
  static USED = ["ground", "raised", "sunken", "line", "faint-line", "text", "dim", "accent", "share", "mark", "span-text", "bad", "slower", "faster", "hatch", "area", "hit", "wait-cpu", "wait-gil", "wait-stopped", "wait-preempted", "wait-call", "wait-blocked"];

  // changed is called whenever the colours are others.
  constructor(changed) {
    this.choice = Theme.remembered();
    this.changed = changed;
    this.system = window.matchMedia("(prefers-color-scheme: dark)");
    for (const query of [this.system, window.matchMedia("(forced-colors: active)")]) query.addEventListener("change", () => this.apply());
    this.apply();
  }

  static remembered() {
    const choice = storage.get("theme");
    return Theme.ORDER.includes(choice) ? choice : "auto";
  }

  get isDark() {
    if (printing.isOn) return false;
    return this.choice === "auto" ? this.system.matches : this.choice === "dark";
  }

  next() {
    const index = Theme.ORDER.indexOf(this.choice);
    this.choose(Theme.ORDER[(index + 1) % Theme.ORDER.length]);
  }

  choose(choice) {
    this.choice = choice;
    storage.set("theme", choice);
    this.apply();
  }

  apply() {
    const root = document.documentElement;
    if (printing.isOn) root.setAttribute("data-theme", "light");
    else if (this.choice === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", this.choice);
    this.read();
    this.changed();
  }

  // A custom property is only resolved where something uses it.  Where the
  // system forces colours the canvases keep theirs, which mean something.
  read() {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.forcedColorAdjust = "none";
    this.colour = {};
    for (const name of Theme.USED) {
      probe.style.color = `var(--${name})`;
      this.colour[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    this.font = getComputedStyle(document.body).fontFamily;
  }

  // A colour as 0xBBGGRR.
  word(name) {
    const [red, green, blue] = this.colour[name].match(/\d+/g).map(Number);
    return (blue << 16) | (green << 8) | red;
  }

  get groundWord() {
    return this.word("ground");
  }

  get textWord() {
    return this.word("text");
  }
}
