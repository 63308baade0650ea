// SPDX-License-Identifier: Apache-2.0
//
// reorder.js: moves lanes of threads up and down within their process: by dragging
// their names, or with alt + arrow keys on them.  A finger scrolls; one that stays for
// a moment drags.
"use strict";

class Reorder {
  static SLACK = 5; // CSS pixels before it is a drag
  static HOLD_MS = 500; // that a finger stays; then it is no longer a tap

  constructor(timeline, sizer) {
    Object.assign(this, { timeline, layout: timeline.layout, sizer });
    this.line = dom.make("div.drop");
  }

  watch(element, tracks) {
    element.addEventListener("pointerdown", (event) => this.down(event, element, tracks));
    element.addEventListener("pointermove", (event) => this.moved(event));
    element.addEventListener("pointerup", () => this.up());
    element.addEventListener("pointercancel", () => this.end());
    element.addEventListener("keydown", (event) => this.key(event, tracks));
    element.addEventListener("touchmove", (event) => this.drag?.isUnderWay && event.cancelable && event.preventDefault(), { passive: false });
    element.addEventListener("contextmenu", (event) => this.drag && event.preventDefault());
  }

  down(event, element, tracks) {
    const isTouch = event.pointerType === "touch";
    if (event.button !== 0 || event.target.closest(isTouch ? ".pin" : "button")) return;
    this.end();
    this.drag = { element, tracks, y: event.clientY, target: null, isUnderWay: false };
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
    drag.target = this.targetAt(drag.tracks[0], y);
    this.showLine();
  }

  // The lanes that it can go between: those beside it.
  neighbours(own) {
    const { layout } = this;
    const section = ({ track }) => (layout.pinned.has(track) ? -1 : track.facts.process);
    return layout.lanes.filter((item) => section(item) === section(own));
  }

  // Where it would go: beside which of its neighbours.
  targetAt(track, y) {
    const own = this.layout.itemOf(track);
    const items = this.neighbours(own);
    const item = items.find((one) => y < one.y + one.height) || items[items.length - 1];
    const isAfter = y > item.y + item.height / 2;
    return item === own ? null : { item, isAfter };
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
    this.layout.move(drag.tracks, drag.target.item.tracks, drag.target.isAfter);
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

  key(event, tracks) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    const own = this.layout.itemOf(tracks[0]);
    const items = this.neighbours(own);
    const other = items[items.indexOf(own) + step];
    if (!other) return;
    this.layout.move(tracks, other.tracks, step > 0);
    this.timeline.relayout();
  }
}
