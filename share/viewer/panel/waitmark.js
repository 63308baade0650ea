// SPDX-License-Identifier: Apache-2.0
//
// waitmark.js: the mark behind the name of a function that waits (waits.js).
"use strict";

// isWait: 1 for each function that does; nothing is marked without.
function waitMark(isWait, number) {
  return isWait[number] ? dom.make("small.waits", { title: waits.WHY }, "waits") : "";
}
