// SPDX-License-Identifier: Apache-2.0
//
// throttlemark.js: the mark behind the name of a function whose calls are not all
// recorded (--max-overhead).
"use strict";

function throttleMark(trace, number) {
  const one = trace.throttled.get(trace.names.full[number]);
  if (!one) return "";
  const title = `From ${time.timestamp(one.ns, 1000)} on only samples of its calls are recorded: about ${one.calls_per_second.toLocaleString("en")} calls a second were too many. Its count and times are those of the recorded ones.`;
  return dom.make("small.waits", { title }, "throttled");
}
