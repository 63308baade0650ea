// SPDX-License-Identifier: Apache-2.0
//
// picture.js: the rows of all visible threads on their canvas.  The rows are
// made as pixels, one line each, stretched to their height in one call; boxes
// that are wide enough then get their name.  All geometry in device pixels.
"use strict";

class Picture {
  static LABEL_ROOM = 30; // CSS pixels; narrower boxes have no name
  static DEEPER = 4; // CSS pixels of the line below a thread that has deeper calls

  constructor(canvas, { state, view, layout, theme, colours, ruler }) {
    Object.assign(this, { canvas, state, view, layout, theme, colours, ruler });
    this.context = canvas.getContext("2d", { alpha: false });
    this.scratch = document.createElement("canvas");
    this.row = null;
    this.lines = []; // of the last frame: {y, height, rows}, of each thread in it one
    this.rows = []; // {track, row, level, aggregates, y, height, boxes}, all of them
  }

  // The theme or the recording is another one.
  restyle() {
    this.hatching = null;
    this.labels = null;
  }

  draw() {
    const { canvas, context, layout, view } = this;
    dom.fitCanvas(canvas);
    this.ratio = window.devicePixelRatio || 1;
    this.height = Math.max(1, Math.round((Layout.ROW - 1) * this.ratio));
    context.fillStyle = this.theme.colour.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    const items = layout.visible(view.top, view.top + canvas.clientHeight);
    this.drawGround(items);
    this.collect(items);
    this.rasterise();
    this.drawRows();
    this.drawHits();
    this.drawLabels();
    markers.draw(this, items);
    waitstrip.draw(this, items);
    graph.draw(this, items);
    TaskRows.draw(this, items);
    for (const item of items) if (item.kind === "track") this.drawGaps(item);
    this.arrows = arrows.draw(this, this.state.flows);
  }

  toY(y) {
    return Math.round((y - this.view.top) * this.ratio);
  }

  toX(ns) {
    const { from, to } = this.view;
    return ((ns - from) / (to - from)) * this.canvas.width;
  }

  drawGround(items) {
    const { context, canvas } = this;
    context.fillStyle = this.theme.colour["faint-line"];
    for (const ns of this.ruler.ticks()) {
      context.fillRect(Math.round(this.toX(ns)), 0, 1, canvas.height);
    }
    for (const item of items) {
      const y = this.toY(item.y);
      if (item.kind === "process") {
        context.fillStyle = this.theme.colour.raised;
        context.fillRect(0, y, canvas.width, this.toY(item.y + item.height) - y);
      }
      context.fillStyle = this.theme.colour.line;
      context.fillRect(0, y, canvas.width, 1);
    }
  }

  collect(items) {
    this.lines = [];
    this.hidden = []; // rows that have no line
    for (const item of items) {
      if (item.kind !== "track") continue;
      const tracks = this.tracksInView(item);
      for (let row = 0; row < item.rows; row++) this.addLine(tracks, row, item.rowsY + row * Layout.ROW, this.height);
      if (item.deeper) this.addDeeper(item, tracks);
    }
    this.rows = this.lines.flatMap((line) => line.rows);
  }

  // A thin line of the first row that is left out; hits of all others are marked there.
  addDeeper({ rows, rowsY, deeper }, tracks) {
    const [top, height] = [rowsY + rows * Layout.ROW + 1, Math.round(Picture.DEEPER * this.ratio)];
    this.addLine(tracks, rows, top, height);
    if (!this.state.hitIndex) return;
    for (let depth = rows + 1; depth < rows + deeper; depth++) this.hidden.push(...this.rowsAt(tracks, depth, this.toY(top), height));
  }

  // Of a lane.
  tracksInView({ tracks }) {
    const { from, to } = this.view;
    return tracks.length === 1 ? tracks : tracks.filter((track) => track.to >= from && track.from <= to);
  }

  addLine(tracks, depth, top, height) {
    const y = this.toY(top);
    if (y + height <= 0 || y >= this.canvas.height) return;
    this.lines.push({ y, height, rows: this.rowsAt(tracks, depth, y, height) });
  }

  rowsAt(tracks, depth, y, height) {
    const { shown } = this.state;
    return tracks.map((track) => {
      const { levels, aggregates } = shown.of(track);
      return { track, row: depth, level: levels[depth], aggregates: aggregates.levels[depth], y, height, boxes: [] };
    });
  }

  makeRoom(width, count) {
    if (this.row && this.row.width === width && this.scratch.height >= count) return;
    this.row = new raster.Row(width);
    this.scratch.width = width;
    this.scratch.height = Math.max(count, this.scratch.height);
    this.image = new ImageData(width, this.scratch.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  rasterise() {
    const { view, colours } = this;
    const width = this.canvas.width;
    this.makeRoom(width, Math.max(1, this.lines.length));
    this.lines.forEach(({ rows }, i) => {
      this.row.clear();
      for (const { aggregates } of rows) if (aggregates) raster.add(this.row, aggregates, view.from, view.to, null);
      for (const { level, boxes } of rows) if (level) raster.add(this.row, level, view.from, view.to, boxes);
      raster.resolve(this.row, colours.shown, this.pixels, i * width);
    });
    this.scratch.getContext("2d").putImageData(this.image, 0, 0, 0, 0, width, this.lines.length);
  }

  drawRows() {
    const { context, canvas } = this;
    context.imageSmoothingEnabled = false;
    this.lines.forEach(({ y, height }, i) => {
      context.drawImage(this.scratch, 0, i, canvas.width, 1, 0, y, canvas.width, height);
    });
  }

  // Those too small for a box; the others keep their colour while all else fades.
  drawHits() {
    const { context, view, ratio } = this;
    const { hitIndex } = this.state;
    if (!hitIndex) return;
    const small = { from: view.from, to: view.to, width: this.canvas.width, most: 3 * ratio };
    const all = { ...small, most: Infinity };
    const edge = 3 * ratio;
    context.fillStyle = this.theme.colour.hit;
    for (const { track, row, level, aggregates, y, height } of [...this.rows, ...this.hidden]) {
      const mark = (begin, end) => context.fillRect(begin, y, Math.max(Math.round(1.5 * ratio), Math.round(end - begin)), height);
      const line = (top) => (begin, end) => context.fillRect(begin, top, Math.max(1, end - begin), edge);
      if (aggregates) Hits.each(aggregates, hitIndex.of(aggregates, track, track.aggregates), all, line(y + height - edge));
      if (level) Hits.each(level, hitIndex.of(level, track), small, mark);
      if (level && hitIndex.query) Hits.each(level, hitIndex.of(level, track), all, line(y));
      for (const inside of this.hitsInside(track, row)) Hits.each(inside.level, inside.list, all, line(y + height - edge));
    }
  }

  // Those that the boxes in a row of a track hold, to be marked at their lower edge.
  hitsInside(track, row) {
    const folded = this.state.shown.of(track);
    return folded === track ? [] : this.state.hitIndex.insideOf(folded).filter((inside) => inside.row === row);
  }

  drawLabels() {
    const { context } = this;
    const least = Picture.LABEL_ROOM * this.ratio;
    context.font = `${Math.round(11.5 * this.ratio)}px ${this.theme.font}`;
    context.textBaseline = "middle";
    context.textRendering = "optimizeSpeed";
    if (!this.labels || this.labels.ratio !== this.ratio) {
      this.labels = new Labels(this.state.trace.names, (text) => context.measureText(text).width);
      this.labels.ratio = this.ratio;
    }
    for (const { track, level, y, height, boxes } of this.rows) {
      if (height < this.height) continue; // the line of deeper calls
      for (let i = 0; i < boxes.length; i += 3) {
        const [begin, end, index] = [boxes[i], boxes[i + 1], boxes[i + 2]];
        if (end - begin > 6 * this.ratio) this.decorate(level, index, begin, end, y);
        if (end - begin >= least) this.drawLabel(track, level, index, begin, end, y);
      }
    }
  }

  // "▸ import flask, 36 calls inside" of what stands for more than itself, and
  // "▾ _find_and_load" of what did.
  labelOf(span, room) {
    const { shown } = this.state;
    if (shown.isOpenedBox(span)) return this.signed("▾ ", this.state.trace.names.label(span.function).slice(0, 200), room);
    if (!shown.isBox(span)) return this.labels.fit(span.function, room);
    const title = shown.titleOf(span).slice(0, 200);
    const whole = `▸ ${title}, ${shown.sizeText(span)} inside`;
    return this.labels.width(whole) <= room ? whole : this.signed("▸ ", title, room);
  }

  // As much of a title as fits behind its sign.
  signed(sign, title, room) {
    return (sign + this.labels.cut(title, room - this.labels.width(sign))).trim();
  }

  drawLabel(track, level, index, begin, end, y) {
    const { context } = this;
    const pad = 5 * this.ratio;
    const number = level.functionOf(index);
    const room = end - begin - 2 * pad;
    const text = this.labelOf(Span.of(track, level, index), room);
    if (!text) return;
    const middle = y + this.height / 2 + 0.5;
    context.fillStyle = this.state.isHit(number) ? this.colours.text(number) : this.colours.faintText(number);
    context.fillText(text, begin + pad, middle);
    const used = this.labels.width(text) + 8 * this.ratio;
    if (room - used > 62 * this.ratio && level.end[index] !== Infinity) {
      context.fillStyle = this.colours.faintText(number);
      const isWait = this.state.waits[number] && room - used > 110 * this.ratio;
      context.fillText(time.duration(level.end[index] - level.start[index]) + (isWait ? ", waits" : ""), begin + pad + used, middle);
    }
  }

  // What is special about a span: it ended by an error, did not end, or is the
  // tracer's own.
  decorate(level, index, begin, end, y) {
    const { context } = this;
    const closed = (level.word[index] & Level.CLOSED) >> Level.CLOSED_SHIFT;
    if (closed === 1) {
      context.fillStyle = this.theme.colour.bad;
      context.fillRect(end - Math.round(3 * this.ratio), y, Math.round(3 * this.ratio), this.height);
    } else if (closed === 3 || closed === 4) {
      const width = Math.min(end - begin, Math.round(40 * this.ratio));
      this.hatch(end - width, y, width, this.height);
    }
    if (this.state.trace.names.kind[level.functionOf(index)] === Names.TRACER) this.hatch(begin, y, end - begin, this.height);
  }

  hatch(x, y, width, height) {
    this.context.fillStyle = this.hatching || (this.hatching = this.makeHatching());
    this.context.fillRect(x, y, width, height);
  }

  makeHatching() {
    const size = Math.round(8 * this.ratio);
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const context = tile.getContext("2d");
    context.strokeStyle = this.theme.colour.hatch;
    context.lineWidth = size / 4;
    for (const shift of [-size, 0, size]) {
      context.moveTo(shift - 1, size + 1);
      context.lineTo(shift + size + 1, -1);
    }
    context.stroke();
    return this.context.createPattern(tile, "repeat");
  }

  drawGaps({ tracks, rows, rowsY }) {
    const y = this.toY(rowsY) - Math.round(2 * this.ratio);
    const height = this.toY(rowsY + rows * Layout.ROW) + Math.round(2 * this.ratio) - y;
    for (const track of tracks) {
      for (const [start, end] of track.gaps) {
        const left = Math.max(0, Math.round(this.toX(start)));
        const right = Math.min(this.canvas.width, Math.max(left + this.ratio, Math.round(this.toX(Math.min(end, track.to)))));
        if (right > left) this.drawGap(left, right, y, height);
      }
    }
  }

  drawGap(left, right, y, height) {
    const { context } = this;
    this.hatch(left, y, right - left, height);
    if (right - left < 100 * this.ratio) return;
    const text = "not recorded";
    const width = this.labels.width(text);
    const middle = y + Math.min(height, this.height + 4 * this.ratio) / 2;
    context.fillStyle = this.theme.colour.ground;
    context.fillRect((left + right - width) / 2 - 6 * this.ratio, middle - 8 * this.ratio, width + 12 * this.ratio, 16 * this.ratio);
    context.fillStyle = this.theme.colour.dim;
    context.fillText(text, (left + right - width) / 2, middle);
  }
}
