// SPDX-License-Identifier: Apache-2.0
//
// block.js: what the sums of a block of a level (digest.js) tell without a look
// at its calls, for those who search.  No DOM.
"use strict";

const block = (() => {
  // A block without sums may hold anything.
  const isOpen = ({ first, last }) => first === last;

  // Whether it may have a call of a function that is wanted.
  function holds(one, paths, wanted) {
    for (let i = one.first; i < one.last; i++) if (wanted[paths.function[one.digest.node[i]]]) return true;
    return isOpen(one);
  }

  // The shortest and longest outermost call of a function, [Infinity, -Infinity]
  // if there is none.
  function range(one, paths, number) {
    if (isOpen(one)) return [0, Infinity];
    const { node, values } = one.digest;
    let [least, most] = [Infinity, -Infinity];
    for (let i = one.first; i < one.last; i++) {
      if (paths.function[node[i]] !== number || paths.nested[node[i]]) continue;
      least = Math.min(least, values[i * digest.FIELDS + 4]);
      most = Math.max(most, values[i * digest.FIELDS + 5]);
    }
    return [least, most];
  }

  return { holds, range };
})();
