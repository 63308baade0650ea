// SPDX-License-Identifier: Apache-2.0
//
// keys.js: the keyboard.  w, a, s and d act as long as they are held.
"use strict";

class Keys {
  static HELD = { w: [-1, 0], s: [1, 0], a: [0, -1], d: [0, 1] };

  constructor(viewer) {
    this.viewer = viewer;
    this.held = new Set();
    this.actions = {
      f: () => viewer.focus(),
      0: () => viewer.fit(),
      "/": () => dom.byId("search").focus(),
      n: () => viewer.stepHit(1),
      N: () => viewer.stepHit(-1),
      "]": () => viewer.stepSame(1),
      "[": () => viewer.stepSame(-1),
      c: () => viewer.showCalls(),
      v: () => viewer.showAround(),
      m: () => this.measure(),
      p: () => viewer.gutter.pinSelected(),
      x: () => viewer.gutter.collapseSelected(),
      t: () => viewer.theme.next(),
      "?": () => help.toggle(),
      "+": () => viewer.zoom(0.5, 0.5, true),
      "-": () => viewer.zoom(2, 0.5, true),
      Escape: () => viewer.clear(),
      ArrowUp: () => viewer.walk("up"),
      ArrowDown: () => viewer.walk("down"),
      ArrowLeft: () => viewer.walk("left"),
      ArrowRight: () => viewer.walk("right"),
      PageDown: () => viewer.scrollBy(300),
      PageUp: () => viewer.scrollBy(-300),
    };
    document.addEventListener("keydown", (event) => this.down(event));
    document.addEventListener("keyup", (event) => this.held.delete(event.key.toLowerCase()));
    window.addEventListener("blur", () => this.held.clear());
  }

  static isTyping(target) {
    return target.closest("input, textarea, select, dialog") !== null;
  }

  down(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || Keys.isTyping(event.target)) return;
    const key = event.key.length === 1 && event.key !== "N" ? event.key.toLowerCase() : event.key;
    if (key in Keys.HELD) this.hold(key);
    else if (key in this.actions) this.actions[key]();
    else return;
    event.preventDefault();
  }

  // The area of the selected call, or of what is in sight; none if it is that.
  measure() {
    const { selection, view, area } = this.viewer;
    const [from, to] = selection ? [selection.start, selection.end] : [view.from, view.to];
    const isSame = area && area[0] === from && area[1] === to;
    this.viewer.setArea(from, isSame ? from : to, true);
  }

  hold(key) {
    if (this.held.has(key)) return;
    this.held.add(key);
    this.viewer.invalidate();
  }

  get isHeld() {
    return this.held.size > 0;
  }

  // What the held keys do in one frame of ms.
  step(ms) {
    for (const key of this.held) {
      const [zoom, pan] = Keys.HELD[key];
      if (zoom) this.viewer.view.zoom(Math.exp(zoom * ms * 0.0035), this.viewer.pointer.anchor);
      else this.viewer.view.pan(pan * ms * 0.0011);
    }
  }
}
