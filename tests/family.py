#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the processes of a Chrome JSON trace, one line each, sorted:

    PARENT CALL -> NAME STATUS

CALL is what the arrow to the process leaves, STATUS as the trace has it.  Fails
on a process that is there twice, or whose main thread has not its pid.
"""

import json
import sys

trace = json.load(open(sys.argv[1]))
events, about = trace["traceEvents"], trace["otherData"]
processes, threads = about["processes"], about["threads"]

tails = {e["id"]: e for e in events if e["ph"] == "s"}
heads = {e["id"]: e for e in events if e["ph"] == "f"}
assert set(tails) == set(heads), "an arrow with one end"
assert all(e["bp"] == "e" for e in heads.values())
calls = {(e["pid"], e["tid"], e["ts"]): e["name"] for e in events if e["ph"] in "XB"}


def status(process):
    word = process["status"]
    if word is None:
        return "exec" if process["replaced"] else "unknown"
    return "signal %d" % (word & 127) if word & 127 else "exit %d" % (word >> 8)


def parent(process):
    thread = threads[process["origin"]["track"]]
    return next(p for p in processes if p["pid"] == thread["pid"])


def origin(number, process):
    if process["origin"] is None:
        return "-"
    tail, head = tails[number + 1], heads[number + 1]
    assert (tail["pid"], tail["tid"]) != (head["pid"], head["tid"]) or process["pid"] == tail["pid"]
    assert head["pid"] == head["tid"] == process["pid"], "the arrow ends elsewhere"
    assert (head["pid"], head["tid"], head["ts"]) in calls, "at no call"
    assert process["origin"]["ns"] <= process["start_ns"], "started before it was"
    call = calls[tail["pid"], tail["tid"], tail["ts"]].split(" (")[0]
    thread = threads[process["origin"]["track"]]
    place = "" if thread["tid"] == thread["pid"] else "[%s]" % thread["name"]
    return "%s%s %s" % (parent(process)["name"], place, call)


images = [(p["pid"], p["start_ns"]) for p in processes]
assert len(set(images)) == len(images), "a process twice"
for line in sorted("%s -> %s %s" % (origin(i, p), p["name"], status(p)) for i, p in enumerate(processes)):
    print(line)
