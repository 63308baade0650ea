// SPDX-License-Identifier: Apache-2.0
//
// hitcount.js: how many hits a search has, in its field: "144 hits", while one of
// them is selected "3 of 144", and a button for those inside boxes.
"use strict";

class HitCount {
  // act: {showInside}
  constructor(element, { state, act }) {
    Object.assign(this, { element, state, act });
    state.on("hits selection totals shown", () => this.update());
  }

  update() {
    const { hits, totals } = this.state;
    if (!hits || !totals) {
      this.element.replaceChildren();
      return;
    }
    const { hitsInside: inside } = this.state;
    const button = inside ? [HitCount.button(`+${inside.toLocaleString("en")}`, () => this.act.showInside())] : [];
    this.element.replaceChildren(this.text(inside), ...button);
    this.element.title = this.title(inside);
  }

  static button(text, onclick) {
    return dom.make("button.more", { type: "button", title: "These are inside boxes: unfold them", onclick }, text);
  }

  static text(count) {
    return count ? `${count.toLocaleString("en")} ${count === 1 ? "hit" : "hits"}` : "no hits";
  }

  // "144 +12" has the room for what is asked.
  text(inside) {
    const { hitRank, hitCount, query } = this.state;
    if (query.wrong) return `what is ${query.wrong.slice(0, 20)}?`;
    if (inside && hitCount && !hitRank) return hitCount.toLocaleString("en");
    return hitRank ? `${hitRank.rank.toLocaleString("en")} of ${hitRank.count.toLocaleString("en")}` : HitCount.text(hitCount);
  }

  title(inside) {
    const { hitRank, hitCount } = this.state;
    const isPart = hitRank && hitRank.count < hitCount;
    return [isPart && HitCount.text(hitCount), inside && `${inside.toLocaleString("en")} more in boxes`, this.addedUp].filter(Boolean).join("; ");
  }

  // What no one can go to.
  get addedUp() {
    const { hitsAddedUp: count, query, trace } = this.state;
    if (query.isOfCalls) return trace.tracks.some(({ aggregates }) => aggregates.count) ? "Short calls that are added up, in pale stretches, are not looked at" : "";
    return count ? `${count.toLocaleString("en")} in pale stretches are only counted` : "";
  }
}
