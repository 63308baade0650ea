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
    this.shown = hits ? palette.faded(this.plain, hits, this.theme.groundWord) : this.plain;
  }

  css(number) {
    return palette.css(this.plain[number]);
  }

  shownCss(number) {
    return palette.css(this.shown[number]);
  }

  // Of a line or a mark: one that is seen on the ground.
  strong(number, share) {
    return palette.css(palette.mix(this.plain[number], this.theme.textWord, share));
  }
}
