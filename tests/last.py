#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Look into the JSON of a recording with --last, and fail on a call that does not fit.

    last.py rounds TRACE    the calls of rounds.py: on each thread consecutive, in turn;
                            prints how many, and how each thread ends
    last.py makes TRACE     the calls of maker.py: consecutive numbers, each with its own
                            inner call; prints the last one
"""
import collections
import json
import re
import sys

SIZE = 97


def threads(trace):
    """The events of each thread by their begin."""
    by_thread = collections.defaultdict(list)
    for event in trace["traceEvents"]:
        if event["ph"] in "XB":
            assert "unknown" not in event["name"], event
            by_thread[event["pid"], event["tid"]].append(event)
    for events in by_thread.values():
        yield sorted(events, key=lambda event: event["ts"])


def rounds(trace):
    count, ends = 0, collections.Counter()
    for events in threads(trace):
        turns = [int(m.group(1)) for m in (re.match(r"f(\d+) \(rounds:", e["name"]) for e in events) if m]
        for one, other in zip(turns, turns[1:]):
            assert other == (one + 1) % SIZE, (one, other)
        count += len(turns)
        if turns:
            ends[turns[-1]] += 1
    print(count, *sorted(ends))


def makes(trace):
    numbers = []
    for events in threads(trace):
        for event in events:
            m = re.match(r"(made|inner) \(made (\d+):([12])\)", event["name"])
            if m:
                assert m.group(3) == ("1" if m.group(1) == "made" else "2"), event
                numbers.append(int(m.group(2)))
    assert sorted(set(numbers)) == list(range(min(numbers), max(numbers) + 1)), numbers
    assert numbers == sorted(numbers)
    print(max(numbers))


with open(sys.argv[2]) as file:
    loaded = json.load(file)
assert not loaded["otherData"]["troubles"], loaded["otherData"]["troubles"]
assert not loaded["otherData"]["damaged_bytes"]
{"rounds": rounds, "makes": makes}[sys.argv[1]](loaded)
