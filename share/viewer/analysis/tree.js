// SPDX-License-Identifier: Apache-2.0
//
// tree.js: the paths to calls (flame.js) as trees of rows to expand: from the
// outermost calls down, from each function up to its callers, and the callers
// and callees of one function.  A row is {function, total, self, count,
// children()}; children are made when they are asked for.  No DOM.
"use strict";

const tree = (() => {
  const byTotal = (one, other) => other.total - one.total || one.function - other.function;
  const bySelf = (one, other) => other.self - one.self || one.function - other.function;

  function nodeRow(flame, node) {
    return {
      function: flame.function[node],
      total: flame.total[node],
      self: flame.self[node],
      count: flame.calls[node],
      isLeaf: flame.isLeaf(node),
      children: () => Array.from(flame.children(node), (child) => nodeRow(flame, child)),
    };
  }

  function topDown(flame) {
    return Array.from(flame.children(0), (node) => nodeRow(flame, node));
  }

  // A function at the bottom, above it its callers, above them theirs: self and
  // count are those of the one at the bottom.  ends: [node at the bottom, node
  // of this row], one for each path.
  function upRow(flame, number, ends) {
    let [self, count] = [0, 0];
    for (const [bottom] of ends) {
      self += flame.self[bottom];
      count += flame.calls[bottom];
    }
    return {
      function: number,
      total: self,
      self,
      count,
      isLeaf: ends.every(([, at]) => flame.parent[at] === 0),
      children: () => grouped(flame, ends.map(([bottom, at]) => [bottom, flame.parent[at]]).filter(([, at]) => at !== 0)),
    };
  }

  function grouped(flame, ends) {
    const groups = new Map();
    for (const end of ends) {
      const number = flame.function[end[1]];
      if (groups.has(number)) groups.get(number).push(end);
      else groups.set(number, [end]);
    }
    return [...groups].map(([number, list]) => upRow(flame, number, list)).sort(bySelf);
  }

  function bottomUp(flame) {
    return grouped(flame, Array.from(flame.function, (_, node) => [node, node]).slice(1));
  }

  // Those above or below the calls of a function, each once: what a call inside
  // another of the function took is in the outer one's total already.
  function around(flame, number) {
    const [callers, callees] = [new Map(), new Map()];
    const add = (sums, of, node, total) => {
      if (!sums.has(of)) sums.set(of, { function: of, total: 0, self: 0, count: 0, isLeaf: true, children: () => [] });
      const sum = sums.get(of);
      sum.total += total;
      sum.self += flame.self[node];
      sum.count += flame.calls[node];
    };
    const nested = nestedIn(flame, number);
    flame.function.forEach((own, node) => {
      if (own !== number) return;
      add(callers, flame.function[flame.parent[node]], node, nested[flame.parent[node]] ? 0 : flame.total[node]);
      for (const child of flame.children(node)) add(callees, flame.function[child], child, flame.total[child]);
    });
    return { callers: [...callers.values()].sort(byTotal), callees: [...callees.values()].sort(byTotal) };
  }

  // 1 for each node that is a call of the function or lies in one.
  function nestedIn(flame, number) {
    const nested = new Uint8Array(flame.function.length);
    for (let node = 1; node < nested.length; node++) {
      nested[node] = nested[flame.parent[node]] || flame.function[node] === number ? 1 : 0;
    }
    return nested;
  }

  return { topDown, bottomUp, around };
})();
