// SPDX-License-Identifier: Apache-2.0
//
// grid.js: a table of any length that sorts by a click on its heads and makes
// elements only for the rows in sight.
"use strict";

class Grid {
  static ROW = 24;
  static NARROWEST = 44; // CSS pixels of a column

  // columns: {title, hint, value(row) -> number or string, text(row), width: in CSS};
  // the first one is the row's head.  chosen(row) is called for a click or Enter.
  // empty() is what to say where there is no row.
  constructor(label, columns, chosen, empty = () => "") {
    this.chosen = chosen;
    this.empty = empty;
    this.rows = [];
    this.widths = new Map(); // by title, those that were set
    this.sort = { column: 0, up: false };
    this.active = 0;
    this.head = dom.make("div.row.head", { role: "row" });
    this.body = dom.make("div.body", { role: "rowgroup" });
    this.element = dom.make("div.grid", { role: "grid", "aria-label": label, tabIndex: 0 }, dom.make("div", { role: "rowgroup" }, this.head), this.body);
    this.element.addEventListener("scroll", () => this.draw());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.setColumns(columns);
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  // Others; it stays sorted by the one it was sorted by, else by the one called
  // otherwise.
  setColumns(columns, otherwise) {
    const sorted = this.columns?.[this.sort.column].title;
    const place = (title) => columns.findIndex((column) => column.title === title);
    this.columns = columns;
    this.sort.column = Math.max(0, place(sorted) < 0 ? place(otherwise) : place(sorted));
    this.head.replaceChildren(...columns.map((column, i) => this.headCell(column, i)));
    if (columns[0].width) this.layOut();
  }

  // What the user made wider or narrower stays so.
  layOut() {
    const widths = this.columns.map(({ title, width }) => (this.widths.has(title) ? this.widths.get(title) + "px" : width));
    const least = widths.reduce((sum, width) => sum + parseInt(/\d+/.exec(width)[0], 10), 22);
    this.element.style.setProperty("--widths", widths.join(" "));
    this.element.style.setProperty("--least", least + "px");
  }

  // At a head's right edge, to be dragged.
  grip(column, cell) {
    const grip = dom.make("i.grip", { title: "Drag to resize", onclick: (event) => event.stopPropagation() });
    grip.addEventListener("pointerdown", (event) => grip.setPointerCapture(event.pointerId));
    grip.addEventListener("pointermove", (event) => {
      if (grip.hasPointerCapture(event.pointerId)) this.resize(column, event.clientX - cell.getBoundingClientRect().left);
    });
    return grip;
  }

  resize({ title }, width) {
    this.widths.set(title, Math.max(Grid.NARROWEST, Math.round(width)));
    this.layOut();
  }

  headCell(column, i) {
    const button = dom.make("button", { type: "button", tabIndex: -1, title: column.hint || "", onclick: () => this.sortBy(i) }, column.title);
    const cell = dom.make("div" + (i ? ".number" : ".name"), { role: "columnheader" }, button);
    if (column.width) cell.append(this.grip(column, cell));
    return cell;
  }

  set(rows) {
    this.rows = rows;
    this.arrange();
  }

  sortBy(column, up = this.sort.column === column ? !this.sort.up : column === 0) {
    this.sort = { column, up };
    this.arrange();
    this.element.scrollTop = 0;
  }

  arrange() {
    const { column, up } = this.sort;
    const { value } = this.columns[column];
    const keyed = this.rows.map((row, i) => [value(row), i, row]);
    const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
    keyed.sort((one, other) => (up ? 1 : -1) * compare(one[0], other[0]) || one[1] - other[1]);
    this.rows = keyed.map((entry) => entry[2]);
    [...this.head.children].forEach((cell, i) => cell.setAttribute("aria-sort", i !== column ? "none" : up ? "ascending" : "descending"));
    this.element.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.active = 0;
    this.draw();
  }

  draw() {
    Grid.fill(this.element, this.body, this.rows, (row, index) => this.rowElement(row, index));
    if (!this.rows.length) this.body.append(Grid.none(this.empty()));
  }

  // What stands where there is no row.
  static none(text) {
    return dom.make("div.row.none", { role: "row" }, dom.make("div.name", { role: "gridcell" }, text));
  }

  // Elements for the rows that are in sight, on paper for the first ones.
  static fill(element, body, rows, make) {
    const first = printing.isOn ? 0 : Math.max(0, Math.floor(element.scrollTop / Grid.ROW) - 4);
    const count = printing.isOn ? printing.MOST : Math.ceil(element.clientHeight / Grid.ROW) + 8;
    const rest = printing.isOn ? printing.rest(rows.length) : [];
    body.style.height = rows.length * Grid.ROW + "px";
    body.replaceChildren(...rows.slice(first, first + count).map((row, i) => make(row, first + i)), ...rest);
  }

  rowElement(row, index) {
    const cells = this.columns.map((column, i) => {
      const content = column.text(row);
      return dom.make("div" + (i ? ".number" : ".name"), { role: i ? "gridcell" : "rowheader" }, content);
    });
    const element = dom.make("div.row" + (index === this.active ? ".active" : ""), { role: "row", "aria-rowindex": String(index + 2), onclick: () => this.choose(index) }, ...cells);
    element.id = "row-" + index;
    element.style.top = index * Grid.ROW + "px";
    return element;
  }

  choose(index) {
    this.activate(index);
    if (this.rows[index]) this.chosen(this.rows[index]);
  }

  activate(index) {
    this.active = Math.min(Math.max(0, index), this.rows.length - 1);
    const top = this.active * Grid.ROW;
    const head = this.head.offsetHeight;
    const room = this.element.clientHeight - head - Grid.ROW;
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top > this.element.scrollTop + room) this.element.scrollTop = top - room;
    this.draw();
    this.element.setAttribute("aria-activedescendant", "row-" + this.active);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / Grid.ROW) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) this.activate(this.active + moves[event.key]);
    else if (event.key === "Enter") this.choose(this.active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
