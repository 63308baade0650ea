// SPDX-License-Identifier: Apache-2.0
//
// sample.mjs: a recording of three threads, made up at random, and a page of it.
import { shell } from "./browser.mjs";
import { page as makePage, tables } from "./encode.mjs";
import { chunks, program } from "./random.mjs";

export const made = [1, 2, 3].map((seed) => program({ seed, calls: 3000, functions: 15 }));
export const head = tables({ functions: 15, tracks: 3 });
export const parts = made.flatMap(({ events }, track) => chunks(events, { track, size: 1500, codec: track & 1 }));
export const plain = makePage(shell, head, parts);

// What an expression of the page's hook is.
export const hook = (page, expression) => page.evaluate(`__codesnap.${expression}`);
