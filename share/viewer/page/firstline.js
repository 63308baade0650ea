// SPDX-License-Identifier: Apache-2.0
//
// firstline.js: the first line of the page: the recording in words
// (summary.js), each part a link to what it tells; and the stretch that the
// picture opens on.
"use strict";

class FirstLine {
  constructor({ state, act, panel, timeline }) {
    Object.assign(this, { state, act, panel, timeline });
    this.element = dom.byId("first-line");
    this.isOnCode = false; // the picture is, not on everything
  }

  // All calls are there.
  get summary() {
    this.made = this.made || new Summary(this.state);
    return this.made;
  }

  // They are added up.
  tell() {
    const parts = this.summary.parts.map((part) => [part.before || "", this.link(part), part.after || ""]);
    this.element.replaceChildren(...parts.flatMap((part, i) => (i ? ["; ", ...part] : part)), ".");
    if (this.isOnCode) this.element.append(" The picture starts on your code: ", dom.link("show everything", "Show everything (0)", () => this.timeline.fit()), ".");
    this.element.hidden = false;
  }

  link(part) {
    const { trace } = this.state;
    if (part.tab) return dom.link(part.text, part.title, () => this.panel.show(part.tab));
    if (part.function === undefined && !part.call) return part.text;
    return dom.link(part.text, part.title, () => this.show(part.call || search.slowest(trace.tracks, part.function, -Infinity, Infinity)));
  }

  // A call, as wide as the picture.
  show(span) {
    if (!span) return;
    this.act.select(span, true);
    this.timeline.glide(...View.around(span.start, span.end));
  }

  // Show the user's own code where most of the time is imports.
  open() {
    const { opening } = this.summary;
    if (!opening) return;
    this.isOnCode = true;
    this.timeline.show(...View.around(...opening));
  }
}
