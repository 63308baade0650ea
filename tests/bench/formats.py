#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many calls a second each format takes on one core, and how much memory.

    formats.py --build DIR [--calls N] [--rounds N] [--disk] [FORMAT...]

A session is made (made.c), and converted to /dev/null by each format in turn,
as often as there are rounds.  Counted is the time that the process had of a
core (user and system), so that others on the machine disturb little; the
median.  --disk compares writing a file with `codesnap ... -o - | cat >FILE`.
The targets stand beside, and are never asserted.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FORMATS = "html json gzip pftrace speedscope firefox folded csv pstats callgrind sqlite report".split()
# Million calls a second.
TARGETS = {"html": 3, "pftrace": 3, "json": 5, "folded": 10, "pstats": 10, "report": 10}
MEMORY_TARGET = 256 << 10


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--calls", type=int, default=2000000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--disk", action="store_true")
    parser.add_argument("formats", nargs="*", default=FORMATS, metavar="FORMAT")
    return parser.parse_args()


def command(build, name, session, output):
    codesnap = os.path.join(build, "codesnap")
    if name == "report":
        return [codesnap, "report", session]
    return [codesnap, "convert", "-q", session, "--format", name, "-o", output]


def measure(build, name, session):
    """Seconds of a core, and KiB at the most."""
    with open(os.devnull, "w") as null:
        process = subprocess.Popen(command(build, name, session, os.devnull), stdout=null)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit("%s: status %d" % (name, status))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def rates(asked, session):
    rows = {name: [] for name in asked.formats}
    for number in range(asked.rounds):
        for name in asked.formats[number % len(asked.formats):] + asked.formats[: number % len(asked.formats)]:
            rows[name].append(measure(asked.build, name, session))
    print("%-12s %9s %7s %9s" % ("format", "M calls/s", "target", "memory"))
    for name, row in rows.items():
        rate = asked.calls / statistics.median(seconds for seconds, _ in row) / 1e6
        memory = max(kib for _, kib in row)
        target = TARGETS.get(name)
        print(
            "%-12s %9.2f %7s %6d MB%s"
            % (name, rate, target or "", memory >> 10, "  over the target" if memory > MEMORY_TARGET or rate < (target or 0) else "")
        )


def timed(script):
    begun = time.monotonic()
    subprocess.check_call(script, shell=True)
    return time.monotonic() - begun


def disk(asked, session, folder):
    print("\n%-12s %s" % ("format", "to a file, beside `-o - | cat >FILE` (target 1.3)"))
    for name in asked.formats:
        if name == "report":
            continue
        ratios, path = [], os.path.join(folder, "out")
        for _ in range(asked.rounds):
            to_file = timed(" ".join(command(asked.build, name, session, path)))
            to_cat = timed(" ".join(command(asked.build, name, session, "-")) + " | cat >" + path)
            ratios.append(to_file / to_cat)
            os.unlink(path)
        print("%-12s %6.2f" % (name, statistics.median(ratios)))


def main():
    asked = arguments()
    folder = tempfile.mkdtemp(prefix="codesnap-bench-", dir=os.environ.get("BENCH_DIR"))
    try:
        session = os.path.join(folder, "session")
        subprocess.check_call([os.path.join(asked.build, "bench/made"), session, str(asked.calls)])
        print("%d calls, load %s" % (asked.calls, " ".join("%.1f" % n for n in os.getloadavg())))
        rates(asked, session)
        if asked.disk:
            disk(asked, session, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
