// SPDX-License-Identifier: Apache-2.0
//
// panel.js: the lower part of the page: its tabs and its height.
"use strict";

class Panel {
  static LEAST = 90;

  // pages: [{id, title, element}]; shown(id) is told which one is looked at.
  constructor(root, pages, resized, shown) {
    this.onShown = shown;
    this.root = root;
    this.pages = pages;
    this.resized = resized;
    this.tabs = pages.map((page) => this.makeTab(page));
    dom.byId("tabs").replaceChildren(...this.tabs);
    dom.byId("pages").replaceChildren(...pages.map((page) => this.makePage(page)));
    this.show(pages[0].id);
    this.offer("counters", false); // until they are there
    this.fill = dom.byId("fill");
    this.fill.addEventListener("click", () => this.toggleFill());
    this.splitter = dom.byId("splitter");
    this.watchSplitter(this.splitter);
    requestAnimationFrame(() => this.tellHeight()); // to ask now would lay out the page once more
  }

  makeTab({ id, title }) {
    const tab = dom.make("button", { id: "tab-" + id, type: "button", role: "tab", "aria-controls": "page-" + id, onclick: () => this.show(id) }, title);
    tab.addEventListener("keydown", (event) => this.walk(event));
    return tab;
  }

  makePage({ id, element }) {
    return dom.make("div", { id: "page-" + id, role: "tabpanel", "aria-labelledby": "tab-" + id }, element);
  }

  show(id) {
    const isFirst = this.shown === undefined;
    this.shown = id;
    this.pages.forEach((page, i) => {
      const isShown = page.id === id;
      this.tabs[i].setAttribute("aria-selected", String(isShown));
      this.tabs[i].tabIndex = isShown ? 0 : -1;
      if (isShown && !isFirst) this.tabs[i].scrollIntoView({ block: "nearest", inline: "nearest" });
      dom.byId("page-" + page.id).hidden = !isShown;
    });
    this.onShown(id);
  }

  // Whether there is anything on a page.
  offer(id, isOffered) {
    dom.byId("tab-" + id).hidden = !isOffered;
  }

  // What is worth to be known of a page before one looks at it.
  mark(id, text) {
    const tab = dom.byId("tab-" + id);
    tab.querySelector("small")?.remove();
    if (text) tab.append(dom.make("small", {}, text));
  }

  offers(id) {
    return this.tabs.some((tab) => tab.id === "tab-" + id && !tab.hidden);
  }

  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = this.tabs.filter((tab) => !tab.hidden);
    const index = tabs.findIndex((tab) => tab.id === "tab-" + this.shown);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    this.show(next.id.slice("tab-".length));
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  watchSplitter(splitter) {
    splitter.addEventListener("pointerdown", (event) => splitter.setPointerCapture(event.pointerId));
    splitter.addEventListener("pointermove", (event) => {
      if (splitter.hasPointerCapture(event.pointerId)) this.setHeight(this.root.getBoundingClientRect().bottom - event.clientY);
    });
    splitter.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
      if (!step) return;
      this.setHeight(this.root.offsetHeight + step);
      event.preventDefault();
      event.stopPropagation();
    });
  }

  // The whole page without the timeline, or as high as before.
  toggleFill(isFilling = !this.isFilling) {
    this.root.classList.toggle("filling", isFilling);
    this.fill.setAttribute("aria-pressed", String(isFilling));
    this.fill.title = isFilling ? "Show the timeline again" : "Fill the page";
    this.fill.setAttribute("aria-label", this.fill.title);
    this.tellHeight();
    this.resized();
  }

  get isFilling() {
    return this.root.classList.contains("filling");
  }

  setHeight(height) {
    if (this.isFilling) this.toggleFill(false);
    const most = window.innerHeight * 0.75;
    this.root.style.height = Math.min(Math.max(height, Panel.LEAST), most) + "px";
    this.tellHeight();
    this.resized();
  }

  tellHeight() {
    const share = Math.round((100 * this.root.offsetHeight) / window.innerHeight);
    const values = { "aria-valuemin": 0, "aria-valuemax": 75, "aria-valuenow": Math.min(share, 75) };
    for (const [name, value] of Object.entries(values)) this.splitter.setAttribute(name, String(value));
  }
}
