#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare a .prof of ours with cProfile's own of the same program.

    cprofile.py OURS THEIRS FILE    says what differs, and exits 1 then
    cprofile.py OURS THEIRS         the same of all functions

The functions of FILE and what they call must have the same number of calls and
primitive calls, from each caller in FILE.  Times can't agree, nor can imports,
since cProfile itself has imported much before.  Without FILE both started within
a function `main`, which is none of what they compare, as is what turned them on
and off.
"""

import pstats
import re
import sys

# cProfile has the address of a type in the name of its __new__ and that of a
# method which super() found, and of a type its module, too.
NAMES = [
    (r"<built-in method (\w+\.)?__new__.*|.*'__new__'.*", "__new__"),
    (r"<function (?:\w+\.)*(\w+)\.(\w+) at 0x.*", r"<method '\2' of '\1' objects>"),
    (r" of '[\w.]*\.(\w+)' objects>", r" of '\1' objects>"),
]
SWITCHES = re.compile("codesnap|_lsprof|cProfile")
OUTSIDE = "main", "<module>"


def plain(key):
    name = key[2]
    for pattern, to in NAMES:
        name = re.sub(pattern, to, name)
    return key[:2] + (name,)


def is_compared(key):
    return not SWITCHES.search(key[0]) and not SWITCHES.search(key[2]) and (key[0] == "~" or key[2] not in OUTSIDE)


def add(numbers, more):
    return tuple(map(sum, zip(numbers or (0, 0), more)))


def counted(path, file):
    """Of each function: (primitive calls, calls), {caller: (calls, primitive calls)}"""
    found = {}
    for key, (primitive, calls, _, _, callers) in pstats.Stats(path).stats.items():
        by = {c: numbers[:2] for c, numbers in callers.items() if (c[0] == file if file else is_compared(c))}
        if file and ("_find_and_load" in key[2] or not by and key[0] != file) or not file and not is_compared(key):
            continue
        own, known = found.setdefault(plain(key), (None, {}))
        if not file or key[0] == file:
            own = add(own, (primitive, calls))
        for caller, numbers in by.items():
            known[plain(caller)] = add(known.get(plain(caller)), numbers)
        found[plain(key)] = own, known
    return found


def main(ours, theirs, file=None):
    ours, theirs = counted(ours, file), counted(theirs, file)
    differ = [key for key in sorted(set(ours) | set(theirs)) if ours.get(key) != theirs.get(key)]
    for key in differ:
        print("%s:%d %s\n  ours   %s\n  theirs %s" % (key + (ours.get(key), theirs.get(key))))
    print("%d functions, %d differ" % (len(theirs), len(differ)))
    return 1 if differ or not theirs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
