# SPDX-License-Identifier: Apache-2.0
"""Converting to a file, beside what cat takes for the same bytes.

Three ways to the same file take turns: the converter writes it; cat writes what
the converter says through a pipe; cat copies the finished file, which is in
memory.  The first pair is timed as it is, the second up to the end of a sync of
the file, on both sides.  What was waiting for the disk before is written first.
On a busy machine a pipe's two processes get two shares of it: so the time that
all of them had of a core is compared, too.
"""

import os
import resource
import shlex
import statistics
import time

import converter

NO_STREAM = ("report", "sqlite")  # on the terminal; a file that is written here and there
TARGET = 1.3  # of the first pair: a file that takes little room is no work for cat


def cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(script, path):
    """(seconds, seconds of a core)"""
    os.sync()
    begun, before = time.monotonic(), cpu()
    status = os.system(script)
    taken = time.monotonic() - begun, cpu() - before
    if status:
        raise SystemExit("bench: status %d: %s" % (status, script))
    os.unlink(path)
    return taken


def scripts(build, name, session, path, copy):
    def convert(output):
        return " ".join(map(shlex.quote, converter.command(build, name, session, output)))

    to = shlex.quote(path)
    return {
        "file": convert(path),
        "piped": "%s | cat >%s" % (convert("-"), to),
        "synced": "%s && sync %s" % (convert(path), to),
        "copied": "cat %s >%s && sync %s" % (shlex.quote(copy), to, to),
    }


def measure_one(build, name, session, folder, rounds):
    path, copy = os.path.join(folder, "out"), os.path.join(folder, "copy")
    size = converter.to_file(build, name, session, copy)["output_bytes"]
    ways = scripts(build, name, session, path, copy)
    times = {way: [] for way in ways}
    order = list(ways)
    for _ in range(rounds):
        for way in order:
            times[way].append(timed(ways[way], path))
        order.reverse()
    os.unlink(copy)
    found = {way: statistics.median(wall for wall, _ in taken) for way, taken in times.items()}
    for one, other in ("file", "piped"), ("synced", "copied"):
        pairs = list(zip(times[one], times[other]))
        found[one + "/" + other] = statistics.median(a[0] / b[0] for a, b in pairs)
        found[one + "/" + other + " cpu"] = statistics.median(a[1] / b[1] for a, b in pairs)
    return dict(found, output_bytes=size)


def measure(build, session, folder, names, rounds):
    """{format: {file, piped, synced, copied: s; file/piped, ...: ratios}}."""
    return {
        name: measure_one(build, name, session, folder, rounds)
        for name in names
        if name not in NO_STREAM
    }
