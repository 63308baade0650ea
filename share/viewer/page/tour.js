// SPDX-License-Identifier: Apache-2.0
//
// tour.js: five hints for who opens a page for the first time, one beside
// another thing each.  Any key or "Skip" ends them, and they do not come again;
// the help has them, too.
"use strict";

class Tour {
  static NAME = "tour"; // of what is remembered
  static HINTS = [
    ["first-line", "The recording in one line", "Each part is a link to what it tells."],
    ["picture", "Each box is a call", "Its width is its time, and the calls it made are below it. Point at one to see what it is."],
    ["picture", "Closer and back", "The wheel or w and s zoom, dragging or a and d move, 0 shows everything."],
    ["tab-details", "Click a call", "This tab then says who called it, where its time went, and shows its source. The tabs beside it sum up the whole recording."],
    ["search", "Find a function", "Press / to search it, n for the next hit, and ? for all keys."],
  ];

  constructor() {
    this.element = dom.byId("tour");
    document.addEventListener("keydown", (event) => this.key(event), { capture: true });
    window.addEventListener("resize", () => this.place());
  }

  // Not over what a link leads to, nor where nobody reads it.
  get isDue() {
    return storage.get(Tour.NAME) === null && !location.hash && !navigator.webdriver && !printing.isOn;
  }

  offer() {
    if (this.isDue) this.start();
  }

  start() {
    this.go(0);
  }

  go(number) {
    this.number = number;
    if (number >= Tour.HINTS.length) return this.end();
    const [, title, text] = Tour.HINTS[number];
    const isLast = number === Tour.HINTS.length - 1;
    const button = (name, onclick) => dom.make("button", { type: "button", onclick }, name);
    const next = button(isLast ? "Done" : "Next", () => this.go(number + 1));
    const hadFocus = this.element.contains(document.activeElement);
    this.element.replaceChildren(dom.make("b", {}, title), dom.make("p", {}, text), dom.make("div.actions", {}, dom.make("small", {}, `${number + 1} of ${Tour.HINTS.length}, any key ends them`), isLast ? "" : button("Skip", () => this.end()), next));
    this.element.hidden = false;
    if (hadFocus) next.focus();
    this.place();
  }

  end() {
    this.element.hidden = true;
    storage.set(Tour.NAME, "seen");
  }

  // Below what it is about, above it or in the middle of it, where there is room.
  place() {
    if (this.element.hidden) return;
    const about = dom.byId(Tour.HINTS[this.number][0]).getBoundingClientRect();
    const own = this.element.getBoundingClientRect();
    const within = (value, size, whole) => Math.max(8, Math.min(value, whole - size - 8));
    const isTall = about.height > 2 * own.height;
    const below = about.bottom + 8;
    const top = isTall ? about.top + (about.height - own.height) / 2 : below + own.height < window.innerHeight ? below : about.top - own.height - 8;
    const left = isTall ? about.left + (about.width - own.width) / 2 : about.left;
    Object.assign(this.element.style, { left: within(left, own.width, window.innerWidth) + "px", top: within(top, own.height, window.innerHeight) + "px" });
  }

  // The key does what else it does, unless it is Escape.
  key(event) {
    const isInside = this.element.contains(event.target) && event.key !== "Escape";
    if (this.element.hidden || isInside || ["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    this.end();
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
  }
}
