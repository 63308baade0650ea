#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a part of a large session holds, read by share/python alone.

    window.py SESSION FROM TO PID ANCHOR

prints one JSON object: how many spans of each function run at some time in
[FROM, TO), nanoseconds of the trace, and how many of those have an edge so near
to an edge of the part that clocks decide.  ANCHOR is when the first span of the
first track of PID started, which joins this reader's time with the trace's.
Only the chunks in question are read: each says what is open when it starts.
"""

import collections
import json
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "share", "python", "codesnap"))
import spool  # noqa: E402  the package itself needs its C part

NEAR_NS = 5000


class Part(spool.Track):
    """A track from the last chunk that starts before a time."""

    def cut(self, begin, end):
        """begin, end: ticks."""
        chunks = self.spool.tracks[self.key]
        before = [i for i, chunk in enumerate(chunks) if chunk.base <= begin]
        kept = chunks[max(before, default=0) :]
        self.spool.tracks[self.key] = [chunk for chunk in kept if chunk.base < end]
        return bool(self.spool.tracks[self.key])

    def opened(self):
        """The functions that are open when it starts, outermost first."""
        chunk = self.spool.tracks[self.key][0]
        data = self.spool.at(chunk.offset + spool.CHUNK.size, 4 * chunk.stored)
        return [word >> 4 for word in reversed(struct.unpack("<%dI" % chunk.stored, data))]


class Count:
    def __init__(self, begin, end):
        self.begin, self.end = begin, end
        self.functions, self.near = collections.Counter(), 0

    def is_near(self, ns):
        return min(abs(ns - self.begin), abs(ns - self.end)) < NEAR_NS

    def add(self, name, start, end):
        if start < self.end and end >= self.begin:
            self.functions[name] += 1
        self.near += self.is_near(start) or self.is_near(end)

    def read(self, track, shift):
        begin, end = ((ns - shift) / track.scale + track.zero for ns in (self.begin, self.end))
        if not track.cut(begin, end):
            return
        track.last = track.spool.tracks[track.key][0].base
        track.unopened = {}
        track.stack = [(number, track.last, "before", depth) for depth, number in enumerate(track.opened())]
        for record in track.spool.records(track.key):
            for event in track.take(*record):
                if isinstance(event, spool.Span):
                    start = event.start_ns + shift
                    self.add(event.function.name, start, start + event.duration_ns)
            if track.last > end + 2 * NEAR_NS / track.scale:
                break
        for number, start, *_ in track.stack:  # they end behind the part
            self.add(track.function(number).name, track.ns(start) + shift, float("inf"))


def first_start(track):
    """Of a recording that lost nothing: what opens it is its first record."""
    for ticks, word, *_ in track.spool.records(track.key):
        if word & 15 in spool.OPENED:
            return track.ns(ticks)
    return 0


def main(session, begin, end, pid, anchor):
    count, shift = Count(int(begin), int(end)), None
    for path in spool.spool_files(session):
        read = spool.Spool(path)
        with open(path, "rb") as read.file:
            tracks = [Part(read, key) for key in sorted(read.tracks)]
            if shift is None:
                own = next(track for track in tracks if track.key[0] == int(pid))
                shift = int(anchor) - first_start(own)
            for track in tracks:
                count.read(track, shift)
    print(json.dumps({"functions": count.functions, "near": count.near}))


if __name__ == "__main__":
    main(*sys.argv[1:])
