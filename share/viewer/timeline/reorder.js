// SPDX-License-Identifier: Apache-2.0
//
// reorder.js: moves threads up and down within their process: by dragging their
// names, or with alt + arrow keys on them.  A finger scrolls; one that stays for
// a moment drags.
"use strict";

class Reorder {
  static SLACK = 5; // CSS pixels before it is a drag
  static HOLD_MS = 500; // that a finger stays; then it is no longer a tap

  constructor(timeline, sizer) {
    Object.assign(this, { timeline, layout: timeline.layout, sizer });
    this.line = dom.make("div.drop");
  }

  watch(element, track) {
    element.addEventListener("pointerdown", (event) => this.down(event, element, track));
    element.addEventListener("pointermove", (event) => this.moved(event));
    element.addEventListener("pointerup", () => this.up());
    element.addEventListener("pointercancel", () => this.end());
    element.addEventListener("keydown", (event) => this.key(event, track));
    element.addEventListener("touchmove", (event) => this.drag?.isUnderWay && event.cancelable && event.preventDefault(), { passive: false });
    element.addEventListener("contextmenu", (event) => this.drag && event.preventDefault());
  }

  down(event, element, track) {
    const isTouch = event.pointerType === "touch";
    if (event.button !== 0 || event.target.closest(isTouch ? ".pin" : "button")) return;
    this.end();
    this.drag = { element, track, y: event.clientY, target: null, isUnderWay: false };
    if (isTouch) this.drag.hold = setTimeout(() => this.begin(), Reorder.HOLD_MS);
    else element.setPointerCapture(event.pointerId);
  }

  begin() {
    this.drag.isUnderWay = true;
    this.drag.element.classList.add("dragged");
  }

  moved(event) {
    const { drag } = this;
    if (!drag) return;
    const by = event.clientY - drag.y;
    if (!drag.isUnderWay && Math.abs(by) < Reorder.SLACK) return;
    if (!drag.isUnderWay && drag.hold) return this.end();
    this.begin();
    drag.element.style.transform = `translateY(${by}px)`;
    const y = event.clientY - this.sizer.getBoundingClientRect().top;
    drag.target = this.targetAt(drag.track, y);
    this.showLine();
  }

  // Where it would go: beside which of its neighbours.
  targetAt(track, y) {
    const { layout } = this;
    const process = (item) => (layout.pinned.has(item.track) ? -1 : item.track.facts.process);
    const own = layout.itemOf(track);
    const items = layout.items.filter((item) => item.kind === "track" && process(item) === process(own));
    const item = items.find((one) => y < one.y + one.height) || items[items.length - 1];
    const isAfter = y > item.y + item.height / 2;
    return item.track === track ? null : { item, isAfter };
  }

  showLine() {
    const { target } = this.drag;
    if (!target) return this.line.remove();
    this.line.style.top = target.item.y + (target.isAfter ? target.item.height : 0) - 1 + "px";
    this.sizer.append(this.line);
  }

  up() {
    const { drag } = this;
    this.end();
    if (!drag || !drag.isUnderWay || !drag.target) return;
    this.layout.move(drag.track, drag.target.item.track, drag.target.isAfter);
    this.timeline.relayout();
  }

  end() {
    if (!this.drag) return;
    clearTimeout(this.drag.hold);
    this.drag.element.classList.remove("dragged");
    this.drag.element.style.transform = "";
    this.line.remove();
    this.drag = null;
  }

  key(event, track) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    const { layout } = this;
    const tracks = layout.items.filter((item) => item.track && item.track.facts.process === track.facts.process && layout.pinned.has(item.track) === layout.pinned.has(track)).map((item) => item.track);
    const other = tracks[tracks.indexOf(track) + step];
    if (!other) return;
    layout.move(track, other, step > 0);
    this.timeline.relayout();
  }
}
