// SPDX-License-Identifier: Apache-2.0
//
// below.js: the line at the lower edge of the picture, which says what is below.
"use strict";

class Below {
  static HEIGHT = 20; // CSS pixels
  static LEAST = 120; // in a picture that is less high it would hide too much

  constructor(element, timeline) {
    const { layout, view, scroller } = timeline;
    Object.assign(this, { element, layout, view, scroller });
    element.addEventListener("click", () => timeline.scrollBy(scroller.clientHeight / 2));
  }

  update() {
    const { clientHeight: height } = this.scroller;
    const text = height < Below.LEAST ? "" : Below.text(this.layout, this.view.top, this.view.top + height);
    this.element.hidden = !text;
    if (this.text !== text) this.element.textContent = this.text = text;
  }

  // Of what is shown from top to bottom; "" where nothing is below.
  static text(layout, top, bottom) {
    if (bottom >= layout.height - Layout.FOOT) return "";
    const edge = bottom - Below.HEIGHT;
    const rest = layout.items.filter((item) => item.y + item.height > edge);
    const cut = rest[0]?.kind === "track" && Below.rowsBelow(rest[0], edge) < rest[0].rows ? rest.shift() : null;
    const text = [Below.cutText(cut, edge), ...Below.counts(rest)].filter(Boolean).join(", ");
    return text && "Below: " + text;
  }

  static rowsBelow({ rows, rowsY }, edge) {
    return Math.max(0, rows - Math.max(0, Math.floor((edge - rowsY) / Layout.ROW)));
  }

  static cutText(cut, edge) {
    const rows = cut ? Below.rowsBelow(cut, edge) : 0;
    return rows ? `${processTree.count(rows, "row", "rows")} of ${lanes.name(cut.tracks)}` : "";
  }

  static counts(rest) {
    const of = (kind) => rest.filter((item) => item.kind === kind);
    const count = (number, one, many) => (number ? processTree.count(number, one, many) : "");
    const tracks = of("track").flatMap((item) => item.tracks);
    return [tracks.length ? processTree.threadsText(tracks) : "", count(of("counter").length, "counter", "counters"), count(of("process").length, "process", "processes")];
  }
}
