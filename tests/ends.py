# SPDX-License-Identifier: Apache-2.0
"""How calls ended: ends.py OUT.csv FILE [FUNCTION...]

Prints "caller callee how", once each, of what an exception ended: functions of FILE,
and C functions of these names that they call.  Other callers are "-"."""

import csv
import re
import sys


def short(row):
    return re.split(r"[ .]", row["function"].split(" (")[0])[-1]


def ends(path, file, names):
    def is_own(row):
        return row["file"].endswith("/" + file)

    calls, found = {}, set()  # by depth; rows come in the order of the ends
    for row in csv.DictReader(open(path, encoding="utf-8")):
        depth = int(row["depth"])
        for call in calls.pop(depth + 1, []):
            if is_own(call) or (is_own(row) and short(call) in names):
                known = is_own(row) or short(row) in names
                found.add((short(row) if known else "-", short(call), call["closed"]))
        calls.setdefault(depth, []).append(row)
    return [end for end in sorted(found) if end[2] in ("exception", "control")]


if __name__ == "__main__":
    for line in ends(sys.argv[1], sys.argv[2], sys.argv[3:]):
        print(*line)
