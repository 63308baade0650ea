// SPDX-License-Identifier: Apache-2.0
//
// column.js: typed arrays that grow, and binary search in them.  Runs in workers
// too.  No DOM.
"use strict";

class Column {
  // The first count of values in an array of a larger length.
  static enlarged(values, length, count = values.length) {
    const bigger = new values.constructor(length);
    bigger.set(count === values.length ? values : values.subarray(0, count));
    return bigger;
  }

  // The first index below count whose value holds, count if there is none; from
  // there on all have to hold.
  static bound(column, count, holds) {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(column[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
