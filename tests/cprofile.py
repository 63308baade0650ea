#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare a .prof of ours with cProfile's own of the same program.

    cprofile.py OURS THEIRS FILE    says what differs, and exits 1 then

The functions of FILE and what they call must have the same number of calls and
primitive calls, from each caller in FILE.  Times can't agree, nor can imports,
since cProfile itself has imported much before.
"""

import pstats
import re
import sys


def counted(path, file):
    found = {}
    for key, (primitive, calls, _, _, callers) in pstats.Stats(path).stats.items():
        by = {caller: numbers[:2] for caller, numbers in callers.items() if caller[0] == file}
        if "_find_and_load" not in key[2] and (by or key[0] == file):
            # cProfile has the address of a type in the name of its __new__
            name = re.sub(r"<built-in method (\w+\.)?__new__.*|.*'__new__'.*", "__new__", key[2])
            own = (primitive, calls) if key[0] == file else None
            found[key[:2] + (name,)] = own, by
    return found


def main(ours, theirs, file):
    ours, theirs = counted(ours, file), counted(theirs, file)
    differ = [key for key in sorted(set(ours) | set(theirs)) if ours.get(key) != theirs.get(key)]
    for key in differ:
        print("%s:%d %s\n  ours   %s\n  theirs %s" % (key + (ours.get(key), theirs.get(key))))
    print("%d functions, %d differ" % (len(theirs), len(differ)))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
