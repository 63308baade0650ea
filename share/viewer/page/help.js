// SPDX-License-Identifier: Apache-2.0
//
// help.js: the list of keys and of what one sees.
"use strict";

const help = (() => {
  const KEYS = [
    ["w s, wheel", "zoom in and out at the pointer"],
    ["a d, drag, shift + wheel", "move left and right"],
    ["two fingers", "zoom; one finger moves, and selects an area on the ruler"],
    ["↑ ↓ ← →", "go to the caller, the first call inside, the previous and the next call; with nothing selected, move"],
    ["f, double click", "zoom to the selected call or area"],
    ["0", "show everything"],
    ["/", "search; n and N go to the next and the previous hit. Beside words: file:cart.py module:json thread:worker dur:>10ms dur:1ms..5ms error: arg:id=17"],
    ["right click, menu key", "what can be done with a call: its calls, its name, its module put into boxes"],
    ["[ ]", "previous and next call of the selected function"],
    ["c", "how long all calls of the selected function took, and the slowest"],
    ["v", "callers and callees of the selected function"],
    ["drag on the ruler, shift + drag", "select an area: the tables then count only what is in it"],
    ["o", "show my code, libraries too, or everything"],
    ["u, Enter, click on ▸", "unfold the selected box of calls of libraries, and fold it again (▾)"],
    ["U, Shift + click on ▸", "the same of all boxes that were called the same way"],
    ["m", "select the area of the selected call, or of what is in view"],
    ["b", "mark and name the time at the pointer, or that of the selected call; once more: take the mark away"],
    ["p x", "pin or collapse the thread of the selected call"],
    ["e", "show all rows of every thread, or only the first ones"],
    ["drag a thread's name, alt + ↑ ↓", "move the thread within its process (a finger holds it first); its pin keeps it at the top"],
    ["Flame graph: ↑ ↓ ← →, Enter, Backspace", "move from box to box, zoom in, zoom out"],
    ["Histogram: ← →, click", "list the slowest calls of a bar"],
    ["Esc", "clear the area, the selection, the search"],
    ["t", "dark, light or automatic colours"],
    ["?", "this help"],
  ];
  const SIGNS = [
    ["Each box is a call.", "Its width is its time, and the calls it made are below it. Each module has its colour; built-in functions are grey."],
    ["A box with ▸", "holds calls of libraries or of Python itself, one inside another; your own code that they call is below it."],
    ["Fainter pixels", "are calls too short to be drawn one by one. The more of the time they took, the stronger the colour."],
    ["Pale stretches", "in a large recording are short calls, added up. Point at one to see how many."],
    ["A diamond", "above a thread's calls is an instant that the program marked. A red cross is an exception. A stepped line is one of its counters."],
    ["An arrow", "leads from the call that started a process or a thread to its first call. When there are many, they are faint until you point at the call or at what it started."],
    ["A thin line", "below a thread: its calls go deeper. The number beside it, or e, shows them."],
    ["A lane", "with a number of threads: they have one name and ran one after the other. The number gives each a lane of its own."],
    ["A red edge", "at the end: the call ended with an exception. StopIteration, GeneratorExit, a cancelled task and sys.exit(0) are normal ends."],
    ["Hatched", "at the end: the call was still running when the recording ended, or its end was not seen. Hatched all over: nothing was recorded there, or it is the tracer's own work, which counts for no function."],
  ];

  function list(pairs) {
    return dom.make("dl", {}, ...pairs.flatMap(([term, text]) => [dom.make("dt", {}, term), dom.make("dd", {}, text)]));
  }

  function wheelChoice() {
    const box = dom.make("input", { type: "checkbox", checked: wheelMode.isScrolling, onchange: () => wheelMode.scroll(box.checked) });
    return dom.make("label", {}, box, " The wheel scrolls where there is something to scroll, and Ctrl + wheel zooms.");
  }

  function toggle(tour) {
    const box = dom.byId("help-box");
    if (box.open) return box.close();
    const close = dom.make("button.close", { type: "button", "aria-label": "Close", onclick: () => box.close() }, "×");
    const again = dom.make("button.again", { type: "button", onclick: () => (box.close(), tour.start()) }, "Show the first steps");
    box.replaceChildren(close, dom.make("h2", {}, "Keys"), list(KEYS), wheelChoice(), dom.make("h2", {}, "What you see"), list(SIGNS), dom.make("p", {}, "Everything is in this file. It loads nothing and sends nothing."), again);
    box.onclick = (event) => void (event.target === box && box.close()); // false would stop the click
    box.showModal();
  }

  return { toggle };
})();
