#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many calls a second each format takes on one core, how much memory, and
how a file is written beside cat.

    formats.py --build DIR [--calls N] [--rounds N] [--no-disk] [FORMAT...]

A session is made (made.c) and converted by each format in turn, as often as
there are rounds, to /dev/null; medians.  bench.py does the same as a part.
"""

import argparse
import os
import shutil
import statistics
import subprocess

import converter
import disk
import published
import report
import targets
import variants


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--calls", type=int, default=2000000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-disk", action="store_true", help="leave out what writes files")
    parser.add_argument("formats", nargs="*", metavar="FORMAT")
    return parser.parse_args()


def rates(build, session, calls, names, rounds):
    taken = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            taken[name].append(converter.to_null(build, name, session))
    return {
        name: {
            "rate": calls / statistics.median(row["cpu"] for row in rows),
            "peak_bytes": max(row["peak_bytes"] for row in rows),
        }
        for name, rows in taken.items()
    }


def measure(build, calls, rounds, names=None, with_disk=True):
    """{calls, load, rates: {format: ...}, disk: {format: ...}}."""
    names = names or converter.formats()
    folder = build.new_folder("formats")
    session = os.path.join(folder, "session")
    try:
        subprocess.check_call([build.tool("made"), session, str(calls)])
        found = {"calls": calls, "load": os.getloadavg()[0]}
        found["rates"] = rates(build, session, calls, names, rounds)
        if with_disk:
            found["disk"] = disk.measure(build, session, folder, names, rounds)
    finally:
        shutil.rmtree(folder)
    return found


def main():
    asked = arguments()
    build = variants.Build(asked.build)
    results = published.new_results()
    results["formats"] = measure(
        build, asked.calls, asked.rounds, asked.formats, not asked.no_disk
    )
    rows = targets.converted(results["formats"])
    lines = report.formats(results) + report.targets(rows)
    published.write(build, "bench-formats", results, rows, lines)


if __name__ == "__main__":
    main()
