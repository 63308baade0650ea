// SPDX-License-Identifier: Apache-2.0
//
// calltree.js: the page of call trees, as a grid whose rows expand.
"use strict";

class Calltree {
  static MODES = [
    ["down", "Top down", "From the outermost calls to what they called"],
    ["up", "Bottom up", "Where the time was spent, and who called it"],
    ["around", "Callers and callees", "Of the selected function"],
  ];

  // act: {selectSlowest}
  constructor({ state, colours, act }) {
    Object.assign(this, { state, colours, act });
    this.mode = "down";
    this.rows = [];
    this.active = 0;
    this.buttons = Calltree.MODES.map(([mode, text, title]) => dom.make("button", { type: "button", title, value: mode, onclick: () => this.choose(mode) }, text));
    this.caption = dom.make("span.caption");
    this.body = dom.make("div.body", { role: "rowgroup" });
    const head = dom.make("div.row.head", { role: "row" }, ...["Function", "Calls", "Self", "Total", "Share"].map((text, i) => dom.make("div" + (i ? ".number" : ".name"), { role: "columnheader" }, text)));
    this.grid = dom.make("div.grid.tree", { role: "treegrid", "aria-label": "Call tree", tabIndex: 0 }, dom.make("div", { role: "rowgroup" }, head), this.body);
    this.grid.addEventListener("scroll", () => this.draw());
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.element = dom.make("div.functions", {}, dom.make("div.bar", {}, dom.make("div.actions", {}, ...this.buttons), this.caption), this.grid);
    state.on("totals range tab selection shown", () => this.update());
    state.on("theme", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.grid);
  }

  choose(mode, number) {
    this.mode = mode;
    this.number = number;
    this.of = null;
    this.update();
  }

  // Made when it is looked at.
  update() {
    if (!this.state.totals || !this.grid.clientHeight) return;
    const flame = this.state.flame();
    const selected = this.mode === "around" ? this.number ?? this.state.selection?.function : undefined;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.value === this.mode));
    if (this.of === flame && this.selected === selected) return this.draw();
    [this.of, this.selected, this.active] = [flame, selected, 0];
    this.all = flame.total[0];
    this.rows = this.first(flame, selected);
    this.grid.scrollTop = 0;
    if (this.mode === "down") this.expandHeaviest();
    this.draw();
  }

  // The rows before anything is expanded.
  first(flame, selected) {
    const where = this.state.area ? "The selected area" : "The whole recording";
    this.caption.textContent = `${where}, ${this.state.threadsText}`;
    const shown = (list) => list.map((row) => ({ ...row, depth: 0, isOpen: false }));
    if (this.mode === "down") return shown(tree.topDown(flame));
    if (this.mode === "up") return shown(tree.bottomUp(flame));
    if (selected === undefined) {
      this.caption.textContent = "Select a call in the timeline first.";
      return [];
    }
    const { callers, callees } = tree.around(flame, selected);
    this.caption.textContent = `${where}: ${this.state.trace.names.label(selected).slice(0, 120)}`;
    return [{ title: "Called by" }, ...shown(callers), { title: "Calls" }, ...shown(callees)];
  }

  // Down the heaviest path, as long as most of the time is on it.
  expandHeaviest() {
    for (let i = 0, least = this.all * 0.5; i < 30 && this.rows[i] && this.rows[i].total >= least && !this.rows[i].isLeaf; i++) this.expand(i);
  }

  expand(index) {
    const row = this.rows[index];
    if (!row || row.isLeaf || row.isOpen || row.title) return;
    row.isOpen = true;
    const children = row.children().map((child) => ({ ...child, depth: row.depth + 1, isOpen: false }));
    this.rows = [...this.rows.slice(0, index + 1), ...children, ...this.rows.slice(index + 1)];
  }

  collapse(index) {
    const row = this.rows[index];
    row.isOpen = false;
    let behind = index + 1;
    while (behind < this.rows.length && this.rows[behind].depth > row.depth) behind++;
    this.rows.splice(index + 1, behind - index - 1);
  }

  toggle(index) {
    if (this.rows[index].isOpen) this.collapse(index);
    else this.expand(index);
    this.activate(index);
  }

  draw() {
    Grid.fill(this.grid, this.body, this.rows, (row, index) => this.rowElement(row, index));
    if (!this.rows.length) this.body.append(Grid.none(this.whyEmpty()));
    this.grid.setAttribute("aria-rowcount", String(this.rows.length + 1));
  }

  whyEmpty() {
    if (!this.state.totals) return "";
    return this.mode === "around" ? "Select a call to see here what called its function, and what that called." : "No call ran here. Each call path has a row.";
  }

  rowElement(row, index) {
    const properties = { role: "row", "aria-rowindex": String(index + 2), "aria-level": String((row.depth || 0) + 1), onclick: () => this.click(index) };
    if (!row.title && !row.isLeaf) properties["aria-expanded"] = String(row.isOpen);
    const cells = row.title ? [dom.make("div.name", { role: "rowheader" }, dom.make("b", {}, row.title))] : this.cells(row);
    const element = dom.make("div.row" + (index === this.active ? ".active" : ""), properties, ...cells);
    element.id = "tree-row-" + index;
    element.style.top = index * Grid.ROW + "px";
    return element;
  }

  cells(row) {
    const { names } = this.state.trace;
    const text = row.function < 0 ? "(outermost)" : this.state.shown.nameOf(row.function).slice(0, 300);
    const name = dom.make("div.name", { role: "rowheader" }, dom.make("i.twist" + (row.isLeaf ? ".leaf" : row.isOpen ? ".open" : "")), row.function < 0 ? "" : dom.chip(this.colours.css(row.function)), text, waitMark(this.state.waits, row.function), throttleMark(this.state.trace, row.function), dom.make("small", {}, row.function < 0 ? "" : names.where(row.function)));
    name.style.paddingLeft = Math.min(row.depth, 40) * 14 + "px";
    const bar = dom.make("i.share");
    bar.style.width = Math.max(0, Math.min(100, (100 * row.total) / this.all)) + "%";
    const number = (...content) => dom.make("div.number", { role: "gridcell" }, ...content);
    return [name, number(Math.round(row.count).toLocaleString("en")), number(time.duration(row.self)), number(time.duration(row.total)), number(bar, dom.make("b", {}, time.share(row.total, this.all)))];
  }

  click(index) {
    if (this.rows[index].title) return;
    if (this.rows[index].isLeaf) this.activate(index);
    else this.toggle(index);
  }

  activate(index) {
    this.active = Math.min(Math.max(0, index), this.rows.length - 1);
    const top = this.active * Grid.ROW;
    const room = this.grid.clientHeight - 2 * Grid.ROW;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top > this.grid.scrollTop + room) this.grid.scrollTop = top - room;
    this.draw();
    this.grid.setAttribute("aria-activedescendant", "tree-row-" + this.active);
  }

  key(event) {
    const row = this.rows[this.active];
    const page = Math.max(1, Math.floor(this.grid.clientHeight / Grid.ROW) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) this.activate(this.active + moves[event.key]);
    else if (!row || row.title) return;
    else if (event.key === "ArrowRight") row.isOpen ? this.activate(this.active + 1) : this.toggle(this.active);
    else if (event.key === "ArrowLeft") row.isOpen ? this.toggle(this.active) : this.activate(this.outer(this.active));
    else if (event.key === "Enter" && row.function >= 0) this.act.selectSlowest(row.function);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  outer(index) {
    let i = index;
    while (i > 0 && this.rows[i].depth >= this.rows[index].depth) i--;
    return i;
  }
}
