# SPDX-License-Identifier: Apache-2.0
"""What the CSV of a session holds, and sums of it: what the tests of the formats
compare all other outputs with (and second_reader.py the CSV itself)."""

import collections
import csv
import json
import sys

csv.field_size_limit(1 << 30)
TRACER = "(codesnap)"
GREENLET_TIDS = 1 << 30  # from here on, tids of tracks that share a thread


class Spans:
    def __init__(self, path):
        with open(path, newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            for name in ("depth", "start_ns", "duration_ns", "pid", "tid", "line"):
                row[name] = int(row[name])
            row["track"] = row["process"], row["pid"], row["thread"], row["tid"]
            row["identity"] = row["function"], row["module"], row["file"], row["line"]
        self.points = [row for row in rows if row["opened"] in ("instant", "sample")]
        self.waits = [row for row in rows if row["opened"] == "wait"]
        self.gaps = [row for row in rows if row["opened"] == "gap"]
        self.rows = [row for row in rows if row["opened"] not in ("gap", "instant", "sample", "exception", "wait")]
        self.tracks = collections.defaultdict(list)
        for row in self.rows:
            self.tracks[row["track"]].append(row)
        for track in self.tracks.values():
            measure(track)
            relate(track)

    def threads(self):
        """Number of spans of each; greenlets have no tid of their own."""
        return {known_thread(*track): len(rows) for track, rows in self.tracks.items()}

    def sums(self, name_of, *columns, rows=None):
        """The sums of these columns for each name that the function gives."""
        found = {}
        for row in self.rows if rows is None else rows:
            entry = found.setdefault(name_of(row), [0] * len(columns))
            for at, column in enumerate(columns):
                entry[at] += row[column]
        return found

    def instants(self):
        """How often each, with what it told."""
        return collections.Counter(
            (row["function"], canonical(row["value"])) for row in self.points if row["opened"] == "instant"
        )

    def samples(self):
        """The values of each series."""
        found = collections.defaultdict(list)
        for row in self.points:
            if row["opened"] == "sample":
                found[row["function"]].append(float(row["value"]))
        return {name: sorted(values) for name, values in found.items()}


def measure(track):
    """Time without the calls below, and the tracer's: exits come innermost first."""
    below = collections.Counter()
    tracer = collections.Counter()
    for row in track:
        depth, ns = row["depth"], row["duration_ns"]
        row["self_ns"] = ns - below.pop(depth + 1, 0)
        row["tracer_ns"] = tracer.pop(depth + 1, 0)
        row["call_ns"] = ns - row["tracer_ns"]
        below[depth] += ns
        tracer[depth] += ns if row["function"] == TRACER else row["tracer_ns"]
        row["one"], row["unfinished"] = 1, row["closed"] == "open"
        row["call"] = row["opened"] == "call"
        row["step"] = row["opened"] != "before"
        row["closed_ns"] = 0 if row["unfinished"] else ns


def relate(track):
    """Each one's caller, and whether the function, or the two, are open further
    out: the exits backwards are an order in which callers come first."""
    stack, functions, pairs = [], collections.Counter(), collections.Counter()
    for row in reversed(track):
        while len(stack) > row["depth"]:
            last = stack.pop()
            functions[last["identity"]] -= 1
            pairs[last["pair"]] -= 1
        row["caller"] = stack[-1] if stack else None
        row["pair"] = row["caller"] and row["caller"]["identity"], row["identity"]
        row["outer"] = not functions[row["identity"]]
        row["outer_pair"] = not pairs[row["pair"]]
        row["outer_ns"] = row["outer"] * row["duration_ns"]
        row["outer_call_ns"] = row["outer"] * row["call_ns"]
        row["outer_pair_ns"] = row["outer_pair"] * row["call_ns"]
        stack.append(row)
        functions[row["identity"]] += 1
        pairs[row["pair"]] += 1


def function(row):
    return row["function"]


def edge(row):
    """The names of caller and called."""
    return row["caller"] and row["caller"]["function"], row["function"]


def known_thread(process, pid, thread, tid):
    return process, int(pid), thread, None if thread.startswith("greenlet ") or tid >= GREENLET_TIDS else tid


def canonical(text):
    return json.dumps(json.loads(text or "{}"), sort_keys=True)


def same(what, ours, theirs):
    if ours != theirs:
        if isinstance(ours, dict) and isinstance(theirs, dict):
            ours, theirs = (
                {k: v for k, v in ours.items() if theirs.get(k) != v},
                {k: v for k, v in theirs.items() if ours.get(k) != v},
            )
        sys.exit("%s: expected %s\nfound %s" % (what, str(ours)[:2000], str(theirs)[:2000]))


def alike(what, ours, theirs, tolerance):
    """The same names, and numbers that differ by no more than that."""
    same(what, set(ours), set(theirs))
    for name in ours:
        far = [1 for a, b in zip(ours[name], theirs[name]) if abs(a - b) > tolerance]
        if far or len(ours[name]) != len(theirs[name]):
            same(what, {name: ours[name]}, {name: theirs[name]})
