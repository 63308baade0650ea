// SPDX-License-Identifier: Apache-2.0
//
// modeswitch.js: the three buttons that say which calls are shown one by one.
"use strict";

class ModeSwitch {
  static TEXTS = {
    own: ["my code", "Your own code, and its calls into libraries (o)"],
    libraries: ["+ libraries", "Calls inside libraries, too, without the machinery of imports and threads (o)"],
    everything: ["everything", "Every call that was recorded (o)"],
  };

  constructor(state) {
    this.state = state;
    this.buttons = Object.entries(ModeSwitch.TEXTS).map(([mode, [text, title]]) => dom.make("button", { type: "button", value: mode, title, onclick: () => state.show(mode) }, text));
    dom.byId("mode").replaceChildren(...this.buttons);
    state.on("shown", () => this.update());
    this.update();
  }

  // Without code of the user's there is nothing to choose.
  offer() {
    dom.byId("mode").hidden = this.state.shown.first === "everything";
  }

  update() {
    const { mode, isUnfolded } = this.state.shown;
    for (const button of this.buttons) {
      const isOn = button.value === mode;
      button.setAttribute("aria-pressed", String(isOn));
      button.title = isOn && isUnfolded ? "Fold all boxes that were unfolded" : ModeSwitch.TEXTS[button.value][1];
    }
  }
}
