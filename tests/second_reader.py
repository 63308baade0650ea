#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare share/python/codesnap/spool.py with the CSV of the same session.

    second_reader.py SESSION CSV    says what differs, and exits 1 then

Per thread, in the order of the exits: depth, function, how opened and closed
are the same; durations are too, but for what ties move and for one factor: in a
short recording the clock pairs leave the ticks' length uncertain.
"""

import collections
import csv
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "share", "python", "codesnap"))
import spool  # noqa: E402  the package itself needs its C part

csv.field_size_limit(1 << 30)


def main(session, reference):
    annotations, gaps = collections.defaultdict(list), []
    ours, theirs = collections.defaultdict(list), collections.defaultdict(list)
    for span in spool.read(session):
        function = span.function
        ours[span.pid, span.tid, span.thread].append(
            (span.depth, function.name, function.file, function.line,
             span.opened, span.closed, span.duration_ns)
        )
    with open(reference, newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["opened"] in ("instant", "sample"):
                told = json.loads(row["value"] or "{}") if row["opened"] == "instant" else float(row["value"])
                annotations[int(row["pid"]), int(row["tid"])].append((row["function"], told))
            elif row["opened"] in ("exception", "wait"):
                continue  # spool.py leaves them out
            elif row["opened"] == "gap":
                gaps.append(int(row["duration_ns"]))
            else:
                theirs[int(row["pid"]), int(row["tid"]), row["thread"]].append(
                    (int(row["depth"]), row["function"], row["file"], int(row["line"]),
                     row["opened"], row["closed"], int(row["duration_ns"]))
                )
    assert set(ours) == set(theirs), (set(ours), set(theirs))
    count = 0
    for thread in theirs:
        assert len(ours[thread]) == len(theirs[thread]), (thread, len(ours[thread]), len(theirs[thread]))
        longest = max(range(len(theirs[thread])), key=lambda i: theirs[thread][i][-1])
        factor = theirs[thread][longest][-1] / max(ours[thread][longest][-1], 1)
        assert 0.5 < factor < 2, (thread, factor)
        for mine, other in zip(ours[thread], theirs[thread]):
            assert mine[:-1] == other[:-1], (thread, mine, other)
            assert abs(mine[-1] * factor - other[-1]) <= 2000 + other[-1] * 0.01, (thread, mine, other)
            count += 1
    found = [e.duration_ns for track in spool.tracks(session) for e in track.events() if isinstance(e, spool.Gap)]
    assert len(found) == len(gaps), ("gaps", found, gaps)
    for mine, other in zip(sorted(found), sorted(gaps)):
        assert abs(mine - other) <= 2000 + other * 0.5, ("gaps", found, gaps)
    found = collections.defaultdict(list)
    for annotation in spool.annotations(session):
        found[annotation.pid, annotation.tid].append((annotation.name, annotation.value))
    for thread in set(annotations) | set(found):
        for mine, other in zip(found[thread] + [None], annotations[thread] + [None]):
            assert mine == other, (thread, mine, other)
    print("%d spans of %d threads agree" % (count, len(theirs)))


if __name__ == "__main__":
    main(*sys.argv[1:])
