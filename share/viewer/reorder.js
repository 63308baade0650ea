// SPDX-License-Identifier: Apache-2.0
//
// reorder.js: threads moved up and down among those of their process: dragged
// by their names, or by alt + arrow keys on them.
"use strict";

class Reorder {
  static SLACK = 5; // CSS pixels before it is a drag

  constructor(viewer, sizer) {
    this.viewer = viewer;
    this.sizer = sizer;
    this.line = dom.make("div.drop");
  }

  watch(element, track) {
    element.addEventListener("pointerdown", (event) => this.down(event, element, track));
    element.addEventListener("pointermove", (event) => this.moved(event));
    element.addEventListener("pointerup", () => this.up());
    element.addEventListener("pointercancel", () => this.end());
    element.addEventListener("keydown", (event) => this.key(event, track));
  }

  down(event, element, track) {
    if (event.button !== 0 || event.target.closest("button") || event.pointerType === "touch") return;
    element.setPointerCapture(event.pointerId);
    this.drag = { element, track, y: event.clientY, target: null, isUnderWay: false };
  }

  moved(event) {
    const { drag } = this;
    if (!drag) return;
    const by = event.clientY - drag.y;
    if (!drag.isUnderWay && Math.abs(by) < Reorder.SLACK) return;
    drag.isUnderWay = true;
    drag.element.classList.add("dragged");
    drag.element.style.transform = `translateY(${by}px)`;
    const y = event.clientY - this.sizer.getBoundingClientRect().top;
    drag.target = this.targetAt(drag.track, y);
    this.showLine();
  }

  // Where it would go: beside which of its neighbours.
  targetAt(track, y) {
    const { layout } = this.viewer;
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
    this.viewer.layout.move(drag.track, drag.target.item.track, drag.target.isAfter);
    this.viewer.relayout();
  }

  end() {
    if (!this.drag) return;
    this.drag.element.classList.remove("dragged");
    this.drag.element.style.transform = "";
    this.line.remove();
    this.drag = null;
  }

  key(event, track) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    const { layout } = this.viewer;
    const tracks = layout.items.filter((item) => item.track && item.track.facts.process === track.facts.process && layout.pinned.has(item.track) === layout.pinned.has(track)).map((item) => item.track);
    const other = tracks[tracks.indexOf(track) + step];
    if (!other) return;
    layout.move(track, other, step > 0);
    this.viewer.relayout();
  }
}
