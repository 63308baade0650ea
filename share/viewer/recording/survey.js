// SPDX-License-Identifier: Apache-2.0
//
// survey.js: how many calls a chunk (chunk.js) has at each depth, before they are
// put into columns.  It goes on in steps, as replay.js does.  No DOM.
"use strict";

class Survey {
  static STEP = 1024; // events

  // head: what chunk.js read of it.  Calls that are open at its start count, too.
  constructor(bytes, head) {
    Object.assign(this, { bytes, at: head.tokens, behind: head.times, left: head.events, depth: head.depth, deepest: head.depth });
    this.counts = new Uint32Array(Math.max(64, head.depth * 2)).fill(1, 0, head.depth);
  }

  get result() {
    while (this.left > 0 && this.at < this.behind) this.step(Math.min(this.left, Survey.STEP));
    return this.counts.subarray(0, this.deepest);
  }

  step(count) {
    const { bytes, behind } = this;
    let { at } = this;
    for (let left = count; left > 0 && at < behind; left--) {
      const first = bytes[at++];
      if (first >= 16) { // Replay.OPEN
        if (first >= 128) while (bytes[at++] >= 128);
        this.enter();
      } else if (first <= 5 && this.depth > 0) this.depth--;
    }
    this.at = at;
    this.left -= count;
  }

  enter() {
    if (this.depth === this.counts.length) this.counts = Column.enlarged(this.counts, 2 * this.counts.length);
    this.counts[this.depth++]++;
    if (this.depth > this.deepest) this.deepest = this.depth;
  }
}
