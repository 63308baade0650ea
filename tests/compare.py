#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read a Chrome JSON trace and print what it holds, so that tests can diff it.

    compare.py tree TRACE [FILE...]  the spans of these files, indented; or all
    compare.py names TRACE [FILE...] how often each name is there, sorted
    compare.py threads TRACE         the name of each thread, sorted
    compare.py check TRACE           only check it: well nested, no duplicates

FILE is what stands in a name's parentheses: `shop.py` in `Shop.buy (shop.py:3)`.
The spans of a file are its Python functions, and the C functions that these
call; what other Python code does is left out, and its spans' children move up,
as is the tracer's own work and whatever else is not a call.
A call that never ended is marked ` ...`.  Threads are sorted, their numbers and
times are not shown.  Any nesting error, negative duration or tie fails.
"""

import json
import re
import sys
from collections import Counter, defaultdict

FOREVER = 1 << 62
PYTHON_NAME = re.compile(r" \((.+):(\d+)\)$", re.S)


class Span:
    __slots__ = ("name", "category", "begin", "end", "children")

    def __init__(self, name, category, begin, end):
        self.name, self.category = name, category
        self.begin, self.end, self.children = begin, end, []

    def is_call(self):
        """Else it is the tracer's own work, or a gap in the recording."""
        return self.category == "FEE"

    def is_python(self):
        return PYTHON_NAME.search(self.name) is not None

    def is_of(self, files):
        place = PYTHON_NAME.search(self.name)
        return place is not None and place.group(1) in files


def nanoseconds(text):
    """Microseconds as they stand in the file, exactly."""
    whole, _, fraction = str(text).partition(".")
    return int(whole) * 1000 + int((fraction + "000")[:3])


def load(path):
    with open(path, encoding="utf-8") as stream:
        trace = json.load(stream, parse_float=str, parse_int=str)
    return trace["traceEvents"] if isinstance(trace, dict) else trace


def read(path):
    """({(pid, tid): [spans]}, {(pid, tid): thread name})"""
    tracks, names = defaultdict(list), {}
    for event in load(path):
        track = event.get("pid"), event.get("tid")
        if event["ph"] == "M" and event["name"] == "thread_name":
            names[track] = event["args"]["name"]
        elif event["ph"] in "XB":
            begin = nanoseconds(event["ts"])
            end = begin + nanoseconds(event["dur"]) if event["ph"] == "X" else FOREVER
            tracks[track].append(Span(event["name"], event["cat"], begin, end))
    return tracks, names


def nest(spans):
    """The outermost spans, with children filled in.  Strict about times."""
    roots, open_spans, previous = [], [], -1
    for span in sorted(spans, key=lambda span: (span.begin, -span.end)):
        assert span.begin > previous, "two spans begin at %d: %s" % (previous, span.name)
        assert span.end > span.begin, "no duration: " + span.name
        previous = span.begin
        while open_spans and open_spans[-1].end < span.begin:
            open_spans.pop()
        if open_spans:
            parent = open_spans[-1]
            inside = span.end < parent.end or span.end == parent.end == FOREVER
            assert inside, "%s overlaps %s" % (span.name, parent.name)
        (open_spans[-1].children if open_spans else roots).append(span)
        open_spans.append(span)
    return roots


def keep(spans, files):
    """(depth, span) of those spans that are of the files, in order."""
    stack = [(0, span, None) for span in reversed(spans)]
    while stack:
        depth, span, parent = stack.pop()
        called = parent is not None and parent.is_of(files)
        mine = span.is_call() and (
            not files or span.is_of(files) or (called and not span.is_python())
        )
        if mine:
            yield depth, span
        depth += mine
        stack.extend((depth, child, span) for child in reversed(span.children))


def tree_lines(spans, files):
    for depth, span in keep(nest(spans), files):
        mark = " ..." if span.end == FOREVER else ""
        yield "  " * depth + span.name + mark


def print_tree(path, files):
    tracks, names = read(path)
    blocks = []
    for track, spans in tracks.items():
        lines = list(tree_lines(spans, files))
        if lines:
            blocks.append("\n".join(["thread " + names.get(track, "?")] + lines))
    print("\n".join(sorted(blocks)))


def print_names(path, files):
    tracks, _ = read(path)
    counts = Counter()
    for spans in tracks.values():
        roots = nest(spans)
        counts.update(
            span.name for span in (kept[1] for kept in keep(roots, files)) if files
        )
        if not files:
            counts.update(span.name for span in spans if span.is_call())
    for name, count in sorted(counts.items()):
        print(count, ascii(name)[1:-1])


def print_threads(path):
    _, names = read(path)
    print("\n".join(sorted(names.values())))


def check(path):
    tracks, _ = read(path)
    for spans in tracks.values():
        nest(spans)
    print(sum(map(len, tracks.values())), "spans in", len(tracks), "threads")


def main(command, path, *files):
    if command == "tree":
        print_tree(path, files)
    elif command == "names":
        print_names(path, files)
    elif command == "threads":
        print_threads(path)
    elif command == "check":
        check(path)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    main(*sys.argv[1:])
