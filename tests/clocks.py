#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clocks.py TRACE ROUNDS: do the clocks of two processes agree?

Of a trace of targets/processes/pingpong.py: the n-th message of one process is received
by the other after send() was called, and before receive() returns there.  Fails
if a receive() ends more than 2 us before its send() started, in either direction.
And a message takes as long there as back, at best, since both are on one
processor for a while: fails if that differs by more than a clock that is 2 us
off would make it.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare

ALLOWED_NS = 2000


def ends(spans):
    """What the process of a track sent and received, in order."""
    of = {"send": [], "receive": []}
    for span in sorted(spans, key=lambda span: span.begin):
        name = span.name.partition(" (")[0]
        if name in of:
            of[name].append(span)
    return of["send"], of["receive"]


def quickest(sends, receives, rounds):
    """The least time from a send's begin to the end of its receive."""
    assert len(sends) == len(receives) == rounds, (len(sends), len(receives))
    return min(receive.end - send.begin for send, receive in zip(sends, receives))


def disagree(one, other, rounds):
    """What is wrong with these two, or None."""
    there = quickest(one[0], other[1], rounds)
    back = quickest(other[0], one[1], rounds)
    print("%d messages take %d ns there, %d ns back at least" % (rounds, there, back))
    if min(there, back) < -ALLOWED_NS:
        return "a message is received before it is sent"
    if abs(there - back) > 2 * ALLOWED_NS:
        return "the clocks differ by %d ns" % (abs(there - back) // 2)
    return None


def main(trace, rounds):
    tracks = compare.read(trace)[0]
    players = [ends(spans) for spans in tracks.values()]
    players = [player for player in players if player[0]]
    assert len(players) == 2, "%d processes play" % len(players)
    sys.exit(disagree(players[0], players[1], int(rounds)))


if __name__ == "__main__":
    main(*sys.argv[1:])
