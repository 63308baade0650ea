// SPDX-License-Identifier: Apache-2.0
//
// keys.js: the keyboard.  w, a, s and d act as long as they are held.
"use strict";

class Keys {
  static HELD = { w: [-1, 0], s: [1, 0], a: [0, -1], d: [0, 1] };

  constructor({ act, timeline, theme, tour, bookmarks }) {
    this.timeline = timeline;
    this.held = new Set();
    this.actions = {
      f: () => act.focus(),
      0: () => timeline.fit(),
      "/": () => dom.byId("search").focus(),
      n: () => act.stepHit(1),
      N: () => act.stepHit(-1),
      "]": () => act.stepSame(1),
      "[": () => act.stepSame(-1),
      c: () => act.showCalls(),
      v: () => act.showAround(),
      o: () => act.showMore(),
      u: () => act.toggleBox(),
      U: () => act.toggleBox(true),
      Enter: () => act.toggleBox(),
      m: () => act.measure(),
      b: () => bookmarks.toggle(),
      p: () => timeline.pinSelected(),
      x: () => timeline.collapseSelected(),
      e: () => timeline.openAll(),
      t: () => theme.next(),
      "?": () => help.toggle(tour),
      "+": () => timeline.zoom(0.5, 0.5, true),
      "-": () => timeline.zoom(2, 0.5, true),
      Escape: () => act.clear(),
      ArrowUp: () => act.walk("up"),
      ArrowDown: () => act.walk("down"),
      ArrowLeft: () => act.walk("left"),
      ArrowRight: () => act.walk("right"),
      PageDown: () => timeline.scrollBy(300),
      PageUp: () => timeline.scrollBy(-300),
    };
    document.addEventListener("keydown", (event) => this.down(event));
    document.addEventListener("keyup", (event) => this.held.delete(event.key.toLowerCase()));
    window.addEventListener("blur", () => this.held.clear());
  }

  static isTyping(target) {
    return target.closest("input, textarea, select, dialog") !== null;
  }

  // Elsewhere Enter presses what has the focus.
  static isPicture(target) {
    return target === document.body || target.id === "picture";
  }

  down(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || Keys.isTyping(event.target)) return;
    const key = event.key.length === 1 && !(event.key in this.actions) ? event.key.toLowerCase() : event.key;
    if (key === "Enter" && !Keys.isPicture(event.target)) return;
    if (key in Keys.HELD) this.hold(key);
    else if (key in this.actions) this.actions[key]();
    else return;
    event.preventDefault();
  }

  hold(key) {
    if (this.held.has(key)) return;
    this.held.add(key);
    this.timeline.invalidate();
  }

  get isHeld() {
    return this.held.size > 0;
  }

  // What the held keys do in one frame of ms.
  step(ms) {
    for (const key of this.held) {
      const [zoom, pan] = Keys.HELD[key];
      if (zoom) this.timeline.view.zoom(Math.exp(zoom * ms * 0.0035), this.timeline.pointer.anchor);
      else this.timeline.view.pan(pan * ms * 0.0011);
    }
  }
}
