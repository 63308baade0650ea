# SPDX-License-Identifier: Apache-2.0
"""Whether what came out is what went in: the calls of a recording, of its page,
and of a part of it, each counted in two ways.
"""

import json
import os
import subprocess
import sys

import converter
import family
import interpreters

PART_NS = 100000000


def output(command):
    done = subprocess.run(
        command,
        env=interpreters.clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no word").splitlines()[-1]
        sys.exit("bench: %s: %s" % (os.path.basename(command[0]), last))
    return json.loads(done.stdout)


def counts(build, session):
    """Whether each function of family.py was called as often as it says."""
    rows = output([build.codesnap, "report", "--json", session])["functions"]
    recorded = {row["name"].split(" (")[0]: row["calls"] for row in rows}
    rounds = recorded["take_order"]
    wrong = []
    for name, times in family.ROUND.items():
        more = recorded.get(name, 0) - rounds * times
        # The interpreter's start calls functions of C, too.
        if more and not (name in family.IN_C and more > 0):
            wrong.append("%s: %+d of %d calls" % (name, more, rounds * times))
    return {"rounds": rounds, "wrong": wrong}


# == THE PAGE ==================================================================


OPEN = ["node", os.path.join(interpreters.HERE, "page.mjs")]


def why_no_page():
    """Why none can be opened here, or None."""
    try:
        done = subprocess.run(OPEN, stderr=subprocess.PIPE, universal_newlines=True)
    except OSError:
        return "node is not installed"
    return (done.stderr.strip() or "no word").splitlines()[-1] if done.returncode else None


def open_page(path):
    found = output(OPEN + [path])
    if found["wrong"]:
        sys.exit("bench: the page said: %s" % found["wrong"][0])
    return found


def page(build, session, path):
    """What opening it took, and how it differs from the session."""
    shown = open_page(path)
    held = output([build.tool("spans"), session, str(shown["threshold_ns"])])
    pairs = list(zip(shown["tracks"], held["tracks"]))
    wrong = ["track %d: %s" % (i, pair) for i, pair in enumerate(pairs) if pair[0] != pair[1]]
    wrong += ["function %s: %s" % pair for pair in zip(shown["functions"], held["functions"]) if pair[0] != pair[1]]
    if len(shown["tracks"]) != len(held["tracks"]) or len(shown["functions"]) != len(held["functions"]):
        wrong.append("the tracks or functions are not the same")
    kept = ("threshold_ns", "short_spans", "painted_ms", "ready_ms", "cpu_s", "main_s", "peak_bytes")
    return dict(
        {key: shown[key] for key in kept},
        told=sum(track[0] for track in held["tracks"]),
        spans=sum(row[1] + row[2] for row in held["functions"]),
        wrong=wrong[:10],
    )


# == A PART ====================================================================


def middle(build, session):
    """A stretch in the middle: (begin_ns, end_ns)."""
    shown = output([build.codesnap, "report", "--json", "--threads", session])
    begin = max(row["end_ns"] for row in shown["threads"]) // 2
    return begin, begin + PART_NS


def part(build, session, folder):
    """The calls of a part by its page, and by share/python's reader."""
    begin, end = middle(build, session)
    path = os.path.join(folder, "part.html")
    window = "--window=%dns..%dns" % (begin, end)
    subprocess.check_call(converter.command(build, "html", session, path) + [window])
    shown = open_page(path)
    os.unlink(path)
    ours = {}
    for number, calls, steps, *_ in shown["functions"]:
        name = shown["names"][number]
        ours[name] = ours.get(name, 0) + calls + steps
    first = output([build.tool("spans"), session, "0"])["first"]
    script = [sys.executable, os.path.join(interpreters.HERE, "window.py"), session]
    theirs = output(script + [str(value) for value in [begin, end] + first])
    names = set(ours) | set(theirs["functions"])
    return {
        "spans": sum(ours.values()),
        "other_spans": sum(theirs["functions"].values()),
        "differ": sum(abs(ours.get(name, 0) - theirs["functions"].get(name, 0)) for name in names),
        "near": theirs["near"],
        "whole": shown["threshold_ns"] == 0,
    }
