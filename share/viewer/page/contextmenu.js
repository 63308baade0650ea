// SPDX-License-Identifier: Apache-2.0
//
// contextmenu.js: what can be done with a call in the picture, at a right click or
// the menu key.
"use strict";

class ContextMenu {
  // act: {select, focus, showCalls, showAround, toggleBox, search}
  constructor(element, picture, { state, act, timeline }) {
    Object.assign(this, { element, picture, state, act, timeline });
    picture.addEventListener("contextmenu", (event) => this.open(event));
    document.addEventListener("pointerdown", (event) => element.contains(event.target) || this.close());
    element.addEventListener("keydown", (event) => this.key(event));
  }

  // At the call below the pointer; by the menu key the selected one.
  open(event) {
    const { pointer } = this.timeline;
    const isByKey = event.button !== 2 && event.pointerType !== "touch";
    const span = isByKey ? this.state.selection : pointer.targetOf(event).span;
    event.preventDefault();
    if (!span) return this.close();
    this.state.setHover(null); // its tooltip goes
    this.act.select(span, false, false);
    this.element.replaceChildren(...this.items(span).filter(Boolean).map(([text, key, act]) => this.item(text, key, act)));
    this.place(event.clientX, event.clientY);
    this.element.querySelector("button").focus();
  }

  items(span) {
    const { state, act } = this;
    const { names } = state.trace;
    const { shown } = state;
    const module = names.module[span.function];
    const where = (names.base[span.function] || module).slice(0, 40);
    return [
      ["Zoom to it", "f", () => act.focus()],
      ["All its calls", "c", () => act.showCalls()],
      ["Callers and callees", "v", () => act.showAround()],
      ...this.boxItems(span),
      ["Search its name", "/", () => act.search(names.short[span.function])],
      module && shown.shows(span.function) && [`Put all calls of ${where} into boxes`, "", () => state.hideModule(module)],
      shown.hidden.size > 0 && ["Show all modules again", "", () => state.hideModule(null)],
      ["Copy its name", "", () => copyLink.copy(names.full[span.function])],
    ];
  }

  boxItems(span) {
    const { act, state: { shown } } = this;
    const [isBox, isOpened] = [shown.isBox(span), shown.isOpened(span)];
    return [
      isBox && [`Unfold ${shown.sizeText(span)} inside`, "u", () => act.toggleBox()],
      isOpened && ["Fold again", "u", () => act.toggleBox()],
      (isBox || isOpened) && [isBox ? "Unfold all boxes like it" : "Fold all boxes like it", "U", () => act.toggleBox(true)],
      shown.isUnfolded && ["Fold all boxes", "", () => act.foldAll()],
    ];
  }

  item(text, key, act) {
    const button = dom.make("button", { type: "button", role: "menuitem" }, text, key ? dom.make("kbd", {}, key) : "");
    button.addEventListener("click", () => {
      this.close();
      act();
    });
    return button;
  }

  place(x, y) {
    const { element } = this;
    element.hidden = false;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = Math.max(4, Math.min(x, window.innerWidth - width - 4)) + "px";
    element.style.top = Math.max(4, Math.min(y, window.innerHeight - height - 4)) + "px";
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.picture.focus({ preventScroll: true });
  }

  key(event) {
    const items = [...this.element.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[to % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") this.close();
    else if (event.key !== "Enter" && event.key !== " ") return;
    if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
    event.stopPropagation();
  }
}
