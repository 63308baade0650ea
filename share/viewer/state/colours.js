// SPDX-License-Identifier: Apache-2.0
//
// colours.js: the colour of each function in the theme that is on, and as it is
// while a search fades all that it did not find.  No DOM.
"use strict";

class Colours {
  constructor(state, theme) {
    this.state = state;
    this.theme = theme;
    this.restyle();
    state.on("theme", () => this.restyle());
    state.on("hits", () => this.fade());
  }

  restyle() {
    this.plain = palette.colours(this.state.trace.names, this.theme.isDark ? "dark" : "light"); // 0xBBGGRR by function
    this.fade();
  }

  fade() {
    const { hits } = this.state;
    this.texts = new Map(); // by function
    this.shown = hits ? palette.faded(this.plain, hits, this.theme.groundWord) : this.plain;
  }

  css(number) {
    return palette.css(this.plain[number]);
  }

  shownCss(number) {
    return palette.css(this.shown[number]);
  }

  // Of the name in a box, and of what stands beside it or is not a hit.
  text(number) {
    return this.textsOn(number).name;
  }

  faintText(number) {
    return this.textsOn(number).faint;
  }

  textsOn(number) {
    if (!this.texts.has(number)) {
      const [box, usual] = [this.shown[number], this.theme.word("span-text")];
      this.texts.set(number, { name: palette.css(palette.text(box, usual)), faint: palette.css(palette.faintText(box, usual)) });
    }
    return this.texts.get(number);
  }

  // Of a line or a mark: one that is seen on the ground.
  strong(number, share) {
    return palette.css(palette.mix(this.plain[number], this.theme.textWord, share));
  }
}
