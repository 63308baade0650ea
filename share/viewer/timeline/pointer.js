// SPDX-License-Identifier: Apache-2.0
//
// pointer.js: mouse, pen, fingers and wheel on picture and ruler.
"use strict";

class Pointer {
  static SLACK = 4; // CSS pixels a click may move

  constructor(timeline, act) {
    Object.assign(this, { timeline, act, state: timeline.state, view: timeline.view });
    this.fingers = new Map();
    const picture = dom.byId("picture");
    const ruler = dom.byId("ruler-canvas");
    this.picture = picture;
    for (const element of [picture, ruler]) {
      element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
      element.addEventListener("pointerdown", (event) => this.down(event, element === ruler));
      element.addEventListener("pointermove", (event) => this.moved(event));
      element.addEventListener("pointerup", (event) => this.up(event));
      element.addEventListener("pointercancel", (event) => this.up(event));
      element.addEventListener("pointerleave", () => this.left());
    }
    picture.addEventListener("dblclick", () => act.focus());
  }

  share(event) {
    const box = this.picture.getBoundingClientRect();
    return (event.clientX - box.left) / box.width;
  }

  timeAt(event) {
    const { view } = this;
    return view.from + this.share(event) * view.width;
  }

  // Where the pointer was last over the picture, 0..1; the middle without.
  get anchor() {
    return this.over === undefined ? 0.5 : this.over;
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 32 : event.deltaMode === 2 ? 400 : 1;
    const [x, y] = event.shiftKey && !event.deltaX ? [event.deltaY * unit, 0] : [event.deltaX * unit, event.deltaY * unit];
    const { scrollHeight, clientHeight } = this.timeline.scroller;
    const isPlain = wheelMode.isScrolling && !event.ctrlKey && scrollHeight > clientHeight && Math.abs(y) > Math.abs(x);
    if (event.altKey || isPlain) return this.timeline.scrollBy(y);
    if (Math.abs(x) > Math.abs(y)) return this.timeline.pan(x / this.picture.clientWidth);
    const factor = Math.exp(Math.max(-3, Math.min(3, y * (event.ctrlKey ? 0.01 : 0.0022))));
    this.timeline.zoom(factor, this.share(event), Math.abs(y) >= 50);
  }

  down(event, onRuler) {
    if (event.button > 1) return;
    event.target.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 2) return this.beginPinch();
    this.beginDrag(event, onRuler || event.shiftKey);
  }

  beginDrag(event, area, moved = false) {
    const { view } = this;
    this.drag = { x: event.clientX, y: event.clientY, time: this.timeAt(event), top: view.top, from: view.from, to: view.to, area, moved };
  }

  moved(event) {
    this.over = this.share(event);
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 2) return this.pinch();
    if (this.drag) this.dragged(event);
    if (!this.drag || !this.drag.moved || this.drag.area) this.hover(event);
  }

  dragged(event) {
    const { drag, timeline, state } = this;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(x, y) < Pointer.SLACK) return;
    drag.moved = true;
    if (drag.area) return state.setArea(drag.time, this.timeAt(event));
    state.setHover(null);
    this.picture.classList.add("held");
    const by = (-x / this.picture.clientWidth) * (drag.to - drag.from);
    timeline.show(drag.from + by, drag.to + by);
    timeline.scrollTo(drag.top - y);
  }

  up(event) {
    const { drag } = this;
    this.fingers.delete(event.pointerId);
    if (this.pinched) this.endPinch();
    else this.drag = null;
    this.picture.classList.remove("held");
    if (this.state.hover) this.state.hover.isMeasuring = false;
    if (!drag || event.type === "pointercancel") return;
    if (drag.area && drag.moved) this.act.setArea(drag.time, this.timeAt(event), true);
    else if (!drag.moved) this.click(event, drag.area);
  }

  targetOf(event) {
    return new Target(this.timeline, event, this.timeAt(event)).found;
  }

  hover(event) {
    const found = this.targetOf(event);
    this.picture.classList.toggle("over", found.span !== null || found.instant !== null || found.task !== null);
    this.state.setHover({ ...found, isMeasuring: Boolean(this.drag?.area) });
  }

  click(event, isArea) {
    if (isArea && event.target !== this.picture) return this.act.setArea(0, 0, true);
    const { span, instant, task, isOnSign } = this.targetOf(event);
    if (isOnSign) this.state.toggleBox(span, event.shiftKey);
    if (instant) this.act.selectInstant(instant);
    else this.act.select(task ? TaskRows.spanAt(task, this.timeAt(event)) : span);
  }

  left() {
    this.over = undefined;
    this.state.setHover(null);
  }

  beginPinch() {
    this.drag = null;
    const [one, other] = [...this.fingers.values()];
    this.pinched = [this.timeAt(one), this.timeAt(other)];
  }

  // The finger that is left drags on.
  endPinch() {
    const [left] = this.fingers.values();
    this.pinched = null;
    if (left) this.beginDrag(left, false, true);
  }

  // The two times stay below the two fingers.
  pinch() {
    if (!this.pinched) return;
    const shares = [...this.fingers.values()].map((finger) => this.share(finger));
    const apart = shares[1] - shares[0];
    if (Math.abs(apart) < 0.02) return;
    const width = (this.pinched[1] - this.pinched[0]) / apart;
    const from = this.pinched[0] - shares[0] * width;
    if (width > 0) this.timeline.show(from, from + width);
  }
}
