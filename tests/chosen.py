#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What of a tree (see compare.py) is left, on stdin and stdout, by rules.

    chosen.py [without=NAME] [inside=NAME] [only=NAME] [depth=N]...

without: the Python function NAME is left out, and so are the C functions that it
calls; its other calls move up.  inside: with all that it calls.  only: nothing else
is left but what it is about, C functions that it calls included.  A C function is
left out, or left in, by its own name alone.  depth: this many levels are left.
"""

import re
import sys


def read(lines):
    """[(depth, name)]; a thread's line has depth -1."""
    for line in lines:
        text = line.rstrip("\n")
        if text.startswith("thread "):
            yield -1, text
        else:
            name = text.lstrip(" ")
            yield (len(text) - len(name)) // 2, name


def bare(name):
    return re.sub(r" \(.*", "", name)


def chosen(tree, without, inside, only, levels):
    stack = []  # (kept, closed, depth that is shown)
    for depth, name in tree:
        del stack[max(depth, 0) :]
        if depth < 0:
            yield name
            continue
        outer = stack[-1] if stack else (True, False, -1)
        in_c = "(" not in name
        kept = not only or bare(name) in only or (in_c and outer[0])
        kept = kept and bare(name) not in without | inside
        if in_c and not outer[0] and bare(name) not in only:
            kept = False
        shown = outer[2] + 1
        closed = outer[1] or shown >= levels
        kept = kept and not closed
        closed = closed or bare(name) in inside
        stack.append((kept, closed, shown if kept else outer[2]))
        if kept:
            yield "  " * shown + name


def main():
    words = {"without": set(), "inside": set(), "only": set()}
    levels = 1 << 30
    for argument in sys.argv[1:]:
        word, _, value = argument.partition("=")
        if word == "depth":
            levels = int(value)
        else:
            words[word].add(value)
    tree = read(sys.stdin)
    for line in chosen(tree, words["without"], words["inside"], words["only"], levels):
        print(line)


main()
