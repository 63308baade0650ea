// SPDX-License-Identifier: Apache-2.0
//
// column.js: typed arrays that grow.  Runs in workers too.  No DOM.
"use strict";

class Column {
  // The first count of values in an array of a larger length.
  static enlarged(values, length, count = values.length) {
    const bigger = new values.constructor(length);
    bigger.set(count === values.length ? values : values.subarray(0, count));
    return bigger;
  }
}
