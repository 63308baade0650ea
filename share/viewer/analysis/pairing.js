// SPDX-License-Identifier: Apache-2.0
//
// pairing.js: which function of one recording is which of another, though lines have
// moved and folders have other names (share/doc/diff.md has the rule).  No DOM.
"use strict";

const pairing = (() => {
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

  // The file's name; every package has an __init__.py, so with its folder.
  function place(file) {
    const base = file.startsWith("<") ? file : file.slice(file.lastIndexOf("/") + 1);
    return ["__init__.py", "__main__.py"].includes(base) ? file.split("/").slice(-2).join("/") : base;
  }

  // From the closest match to the loosest: [key, whether a group is sure].
  const PASSES = [
    [(one) => [one.name, one.module, one.file], () => true],
    [(one) => [one.name, one.module, place(one.file)], () => true],
    [(one) => [one.name, place(one.file)], (sides) => sides.every((side) => side[0].file && side.every(({ file }) => file === side[0].file))],
  ];

  function groups(sides, key) {
    const found = new Map();
    sides.forEach((list, side) => {
      for (const one of list) {
        const text = key(one).join("\0");
        if (!found.has(text)) found.set(text, [[], []]);
        found.get(text)[side].push(one);
      }
    });
    return [...found.values()].filter(([before, after]) => before.length && after.length);
  }

  // As many on both sides one by one in the order of their lines, else all in one.
  function pairsOf([before, after]) {
    if (before.length !== after.length) return [[before, after]];
    return before.map((one, i) => [[one], [after[i]]]);
  }

  // Lists of {number, name, module, file, line} -> [[before, after], ...], each a
  // list of those that belong together, which may be empty.
  function pairs(before, after) {
    const ordered = (list) => list.slice().sort((one, other) => compare(one.file, other.file) || one.line - other.line);
    let sides = [ordered(before), ordered(after)];
    const result = [];
    for (const [key, isSure] of PASSES) {
      const matched = groups(sides, key).filter(isSure);
      const taken = new Set(matched.flat(2));
      result.push(...matched.flatMap(pairsOf));
      sides = sides.map((list) => list.filter((one) => !taken.has(one)));
    }
    return [...result, ...sides[0].map((one) => [[one], []]), ...sides[1].map((one) => [[], [one]])];
  }

  return { pairs };
})();
