// SPDX-License-Identifier: Apache-2.0
//
// flamegraph.js: the page with the flame graph: what took most stands left.  One
// box is the active one: the arrow keys move it, Enter goes in.
"use strict";

class Flamegraph {
  static ROW = 19;
  static LEAST = 0.5; // CSS pixels; what is narrower is left out

  constructor({ state, theme, colours, tooltip }) {
    Object.assign(this, { state, theme, colours, tooltip });
    this.path = dom.make("div.bar.path");
    this.canvas = dom.make("canvas", { "aria-hidden": "true" }); // as tall as what is in sight
    this.tall = dom.make("div.tall", {}, this.canvas);
    this.scroller = dom.make("div.scroller", { tabIndex: 0, role: "application", "aria-label": "Flame graph. The arrow keys move from box to box, Enter zooms in, Backspace zooms out." }, this.tall);
    this.none = dom.make("p.hint", { hidden: true }, "No call ran here. Each call path has a box, as wide as its time.");
    this.element = dom.make("div.flame", {}, this.path, this.none, this.scroller);
    this.boxes = [];
    this.root = 0;
    this.active = 0; // a node
    this.scroller.addEventListener("keydown", (event) => this.key(event));
    this.scroller.addEventListener("focus", () => this.paint());
    this.scroller.addEventListener("blur", () => this.leave());
    this.scroller.addEventListener("scroll", () => this.paint());
    this.canvas.addEventListener("click", (event) => this.click(event));
    this.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.canvas.addEventListener("pointerleave", () => tooltip.hide());
    state.on("totals range tab shown", () => this.update());
    state.on("theme hits", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  // What boxes are called.
  get names() {
    return this.state.trace.names;
  }

  nameOf(number) {
    return this.state.shown.nameOf(number);
  }

  get rootName() {
    return this.state.counted === this.state.trace ? "all threads" : "threads shown";
  }

  // Made when it is looked at, for the area or for everything.
  update() {
    if (!this.state.totals || !this.canvas.checkVisibility || !this.element.clientWidth) return;
    const flame = this.state.flame();
    if (this.flame === flame) return this.draw();
    this.flame = flame;
    this.none.hidden = flame.total[0] > 0;
    this.scroller.hidden = !this.none.hidden;
    this.zoom(0);
  }

  zoom(node) {
    this.root = this.active = node;
    this.tooltip.hide();
    this.scroller.scrollTop = 0;
    this.draw();
  }

  // The boxes, top down: each node below its parent, children from the left.
  arrange() {
    const { flame, root } = this;
    const width = this.scroller.clientWidth;
    const path = flame.path(root);
    this.boxes = path.map((node, depth) => ({ node, depth, left: 0, width }));
    const todo = [this.boxes[this.boxes.length - 1]];
    while (todo.length) {
      const box = todo.pop();
      let left = box.left;
      for (const node of flame.children(box.node)) {
        const share = (flame.total[node] / flame.total[box.node]) * box.width;
        if (share < Flamegraph.LEAST) break;
        const inner = { node, depth: box.depth + 1, left, width: share };
        this.boxes.push(inner);
        todo.push(inner);
        left += share;
      }
    }
  }

  draw() {
    if (!this.flame || !this.scroller.clientWidth) return;
    this.arrange();
    this.rows = this.boxes.reduce((most, box) => Math.max(most, box.depth), 0) + 1;
    this.tall.style.height = this.rows * Flamegraph.ROW + "px";
    this.paint();
    this.drawWay();
  }

  paint() {
    if (!this.boxes.length || !this.scroller.clientWidth) return;
    const height = Math.min(this.rows * Flamegraph.ROW, this.scroller.clientHeight);
    this.canvas.style.height = height + "px";
    dom.fitCanvas(this.canvas);
    const context = this.canvas.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    const top = this.scroller.scrollTop;
    context.setTransform(ratio, 0, 0, ratio, 0, -top * ratio);
    context.clearRect(0, top, this.canvas.clientWidth, height);
    context.font = `11.5px ${this.theme.font}`;
    context.textBaseline = "middle";
    this.labels = new Labels(this.names, (text) => context.measureText(text).width, (number) => this.nameOf(number));
    const [first, last] = [top / Flamegraph.ROW - 1, (top + height) / Flamegraph.ROW];
    for (const box of this.boxes) if (box.depth > first && box.depth < last) this.drawBox(context, box);
    if (this.scroller.matches(":focus-visible")) this.drawActive(context);
  }

  drawActive(context) {
    const { depth, left, width } = this.boxOf(this.active);
    context.strokeStyle = this.theme.colour.text;
    context.lineWidth = 2;
    context.strokeRect(left + 1, depth * Flamegraph.ROW + 1, Math.max(1, width - 3), Flamegraph.ROW - 3);
  }

  drawBox(context, { node, depth, left, width }) {
    const { flame, theme } = this;
    const y = depth * Flamegraph.ROW;
    const number = flame.function[node];
    context.fillStyle = node === 0 ? theme.colour.sunken : this.colours.shownCss(number);
    context.fillRect(left, y, Math.max(0.5, width - 1), Flamegraph.ROW - 1);
    if (width < 30) return;
    context.fillStyle = node === 0 ? theme.colour.text : this.colours.text(number);
    const text = node === 0 ? this.rootName : this.labels.fit(number, width - 10);
    context.fillText(text, left + 5, y + Flamegraph.ROW / 2);
    const used = this.labels.width(text) + 18;
    if (!text || width - used < 110) return;
    context.fillStyle = node === 0 ? theme.colour.dim : this.colours.faintText(number);
    context.fillText(`${time.duration(flame.total[node])}  ${time.share(flame.total[node], flame.total[0])}`, left + used, y + Flamegraph.ROW / 2);
  }

  drawWay() {
    const { flame, state } = this;
    const name = (node) => (node === 0 ? this.rootName : this.nameOf(flame.function[node]).slice(0, 80));
    const links = flame.path(this.root).slice(-8).flatMap((node, i) => [i ? " › " : "", dom.link(name(node), "Show from here", () => this.zoom(node))]);
    this.path.replaceChildren(dom.make("span.caption", {}, ...links), dom.make("span.caption", {}, `${state.area ? "the selected area" : "the whole recording"}, ${state.threadsText}; click to zoom in${flame.isCut ? "; there are too many call paths, so some are merged" : ""}`));
  }

  boxAt(event) {
    const corner = this.tall.getBoundingClientRect();
    const [x, depth] = [event.clientX - corner.left, Math.floor((event.clientY - corner.top) / Flamegraph.ROW)];
    return this.boxes.find((one) => one.depth === depth && x >= one.left && x < one.left + one.width);
  }

  click(event) {
    const box = this.boxAt(event);
    if (box) this.zoom(box.node);
  }

  // -- by keys ---------------------------------------------------------------

  boxOf(node) {
    return this.boxes.find((box) => box.node === node) || this.boxes[0];
  }

  // The box there, from the active one; undefined where none is wide enough.
  neighbour(key) {
    const { flame, boxes } = this;
    const { node, depth, left } = this.boxOf(this.active);
    const row = boxes.filter((box) => box.depth === depth);
    if (key === "ArrowDown") return boxes.find((box) => box.depth === depth + 1 && flame.parent[box.node] === node);
    if (key === "ArrowUp") return depth ? this.boxOf(flame.parent[node]) : undefined;
    if (key === "ArrowLeft") return row.filter((box) => box.left < left).sort((one, other) => other.left - one.left)[0];
    return row.filter((box) => box.left > left).sort((one, other) => one.left - other.left)[0];
  }

  key(event) {
    if (!this.flame || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key.startsWith("Arrow")) this.activate(this.neighbour(key));
    else if (key === "Enter") this.zoom(this.active);
    else if (key === "Backspace") this.zoom(this.flame.parent[this.root]);
    else if (key === "Home") this.zoom(0);
    else return;
    if (!key.startsWith("Arrow")) this.activate(this.boxOf(this.active));
    event.preventDefault();
    event.stopPropagation();
  }

  leave() {
    this.tooltip.hide();
    this.paint();
  }

  activate(box) {
    if (!box) return;
    this.active = box.node;
    const y = box.depth * Flamegraph.ROW;
    const { scrollTop, clientHeight } = this.scroller;
    if (y < scrollTop) this.scroller.scrollTop = y;
    else if (y + Flamegraph.ROW > scrollTop + clientHeight) this.scroller.scrollTop = y + Flamegraph.ROW - clientHeight;
    this.paint();
    const corner = this.tall.getBoundingClientRect();
    this.tell(box, corner.left + box.left, corner.top + y + Flamegraph.ROW);
    dom.byId("spoken").textContent = this.textOf(box);
  }

  textOf({ node, depth }) {
    const { flame, state } = this;
    const name = node === 0 ? this.rootName : state.trace.names.short[flame.function[node]].slice(0, 200);
    return `${name}, ${time.duration(flame.total[node])}, ${time.share(flame.total[node], flame.total[0])}, depth ${depth}`;
  }

  // -- what a box says -------------------------------------------------------

  point(event) {
    this.tell(this.boxAt(event), event.clientX, event.clientY);
  }

  tell(box, x, y) {
    if (!box || box.node === 0) return this.tooltip.hide();
    const { flame } = this;
    const rows = [
      ["total", time.duration(flame.total[box.node])],
      ["share", time.share(flame.total[box.node], flame.total[0])],
      ["self", time.duration(flame.self[box.node])],
      ["calls", Math.round(flame.calls[box.node]).toLocaleString("en")],
    ];
    const number = flame.function[box.node];
    this.tooltip.showRows(number, rows, this.state.waits[number] ? [waits.WHY] : [], x, y);
  }
}
