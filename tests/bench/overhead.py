#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What programs take under --max-overhead 5%, once that holds.

    overhead.py --build BUILD [--rounds N] [--quick]

The pyperformance programs of suite.py, timed by pyperf in the traced process.  The
values of the first second of each process do not count; of the others, which are
some three seconds of work, the medians are compared.  The two variants take turns,
and times are of a core.
"""

import argparse
import os
import shutil
import statistics
import sys

import interpreters
import published
import report
import suite
import variants
from interpreters import say

NAMES = "plain", "codesnap-bounded"
VALUE_SECONDS = 0.15
SETTLED = 1.2  # seconds until nothing changes any more
MEASURED = 3.0


def values(interpreter, variant, build, program, loops, count):
    """Seconds of each value, or why there are none."""
    how = {"loops": loops, "warmups": 0, "values": count}
    found = suite.run(interpreter, variants.BY_NAME[variant], build, program, how)
    return found["error"] if isinstance(found, dict) else found


def measure(interpreter, build, program, rounds):
    """median of the bounded / median of the plain ones, or why there is none."""
    first = values(interpreter, "plain", build, program, 1, 3)
    if isinstance(first, str):
        return first
    loops = max(1, round(VALUE_SECONDS / min(first)))
    seconds = min(first) * loops
    skipped = int(SETTLED / seconds) + 1
    count = skipped + max(6, int(MEASURED / seconds))
    taken = {name: [] for name in NAMES}
    for number in range(rounds):
        for name in NAMES[:: 1 if number % 2 == 0 else -1]:
            found = values(interpreter, name, build, program, loops, count)
            if isinstance(found, str):
                return found
            taken[name] += found[skipped:]
    return statistics.median(taken[NAMES[1]]) / statistics.median(taken[NAMES[0]])


def lines_of(interpreter, ratios):
    lines = ["", "%s: time under --max-overhead 5%%, plain = 1" % interpreter.name]
    lines += ["%-20s%s" % (program, report.cell(ratio, width=8)) for program, ratio in ratios.items()]
    if ratios:
        lines.append("%-20s%s" % ("median", report.cell(statistics.median(ratios.values()), width=8)))
        lines.append("%-20s%s" % ("largest", report.cell(max(ratios.values()), width=8)))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="four programs")
    asked = parser.parse_args()
    build = variants.Build(asked.build)
    build.clock = "cpu"  # others may be at work here
    chosen = [i for i in interpreters.find(os.environ.get("BENCH_PYTHONS"), build.build) if i.minor >= 12]
    if not chosen:
        sys.exit("overhead: no Python 3.12 or newer found; name some in BENCH_PYTHONS")
    interpreters.install(chosen, lambda _: ["pyperformance"], build.tool("packages"))
    results, lines = published.new_results(), []
    for interpreter in chosen:
        ratios = {}
        if not interpreter.package("pyperformance"):
            results["notes"].append("%s has no pyperformance: %s" % (interpreter.name, interpreter.reasons["pyperformance"]))
            continue
        for program in suite.PROGRAMS[:: 4 if asked.quick else 1]:
            say("overhead, %s: %s" % (interpreter.name, program))
            ratio = measure(interpreter, build, program, asked.rounds)
            if isinstance(ratio, str):
                results["notes"].append("%s, %s: %s" % (interpreter.name, program, ratio))
            else:
                ratios[program] = ratio
        results["interpreters"][interpreter.name] = ratios
        lines += lines_of(interpreter, ratios)
    shutil.rmtree(build.scratch, ignore_errors=True)
    published.write(build, "bench-overhead", results, [], lines)


if __name__ == "__main__":
    main()
