// SPDX-License-Identifier: Apache-2.0
//
// help.js: the list of keys and of what one sees.
"use strict";

const help = (() => {
  const KEYS = [
    ["w s, wheel", "zoom in and out around the pointer"],
    ["a d, drag, shift + wheel", "move left and right"],
    ["two fingers", "zoom; one finger moves, on the ruler it measures"],
    ["↑ ↓ ← →", "walk: to the caller, into the first call inside, to the calls before and after (nothing selected: move)"],
    ["f, double click", "focus: fill the width with the selected call or area"],
    ["0", "show everything"],
    ["/", "search; n and N go to the next and the previous hit"],
    ["[ ]", "previous and next call of the selected function"],
    ["c", "how all calls of the selected function are spread, and its slowest"],
    ["v", "callers and callees of the selected function"],
    ["shift + drag, drag on the ruler", "select an area: the table then counts what is in it"],
    ["m", "the area of the selected call, or of what is in sight"],
    ["p x", "pin and collapse the thread of the selected call"],
    ["drag a thread's name (a finger stays on it first), alt + ↑ ↓", "put it elsewhere among the threads of its process; its pin keeps it at the top"],
    ["flame graph: ↑ ↓ ← →, Enter, Backspace", "walk from box to box, go in, go out"],
    ["histogram: ← →, click", "the slowest calls of a bar"],
    ["Esc", "let go of area, selection, search"],
    ["t", "dark, light, automatic"],
    ["?", "this help"],
  ];
  const SIGNS = [
    ["Each box is one call.", "Its width is its time, and below it lie the calls it made. Colours are modules; grey is built in."],
    ["Fainter pixels", "are calls too short to be drawn apart: the more of the time they cover, the stronger."],
    ["Pale stretches", "of large recordings are short calls that were summed up: point at one to see how many."],
    ["A diamond", "above a thread's calls is an instant that the program named; a line of steps is one of its counters."],
    ["An arrow", "leads from the call that started a process or a thread to its begin. Where there are many, they are faint until you point at the call or at what it started."],
    ["A red edge", "at the end: the call ended by an exception."],
    ["Hatched", "at the end: it had not ended when the recording did, or its end was not seen. All over: not recorded, or the tracer's own work, which counts for no function."],
  ];

  function list(pairs) {
    return dom.make("dl", {}, ...pairs.flatMap(([term, text]) => [dom.make("dt", {}, term), dom.make("dd", {}, text)]));
  }

  function toggle() {
    const box = dom.byId("help-box");
    if (box.open) return box.close();
    const close = dom.make("button.close", { type: "button", "aria-label": "Close", onclick: () => box.close() }, "×");
    box.replaceChildren(close, dom.make("h2", {}, "Keys"), list(KEYS), dom.make("h2", {}, "What you see"), list(SIGNS), dom.make("p", {}, "Everything is in this file; it loads and sends nothing."));
    box.onclick = (event) => event.target === box && box.close();
    box.showModal();
  }

  return { toggle };
})();
