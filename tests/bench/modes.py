#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What recording costs in each of its modes, beside VizTracer's likes.

    modes.py --build BUILD [--rounds N] [--quick] [--only MODE]...

Times are of a core, since the machine may have others at work; the variants take
turns, and each figure is the median over the rounds of traced / plain.  A mode is
a row of variants.py and a line in CALLS, for programs that do little but call, or in
RUNS, for real ones.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from collections import namedtuple

import figures
import interpreters
import published
import report
import timing
import variants
from interpreters import say

PROGRAMS = ["fib(23)", "qsort(5000)", "methods", "C calls"]
REAL = {
    "pip list": ("pip_list.py", None),
    "click": ("click_app.py", "click"),
    "Django": ("django_app.py", "django"),
}
Mode = namedtuple("Mode", "title variant other other_variant")
# Each mode of ours, and what VizTracer has that is nearest.
CALLS = [
    Mode("everything", "codesnap", "everything", "viztracer"),
    Mode("--exclude, Python", "codesnap-exclude", "--exclude_files", "viztracer-exclude"),
    Mode("--exclude, C", "codesnap-exclude-c", "--ignore_c_function", "viztracer-python"),
    Mode("--c-calls=no", "codesnap-python", "--ignore_c_function", "viztracer-python"),
    Mode("--exclude-tree", "codesnap-tree", "--exclude_files", "viztracer-exclude"),
    Mode("--max-depth", "codesnap-depth", "--max_stack_depth", "viztracer-depth"),
    Mode("--min-duration 1ms", "codesnap-short", "everything", "viztracer"),
    Mode("--exceptions", "codesnap-exceptions", "everything", "viztracer"),
    Mode("--syscalls", "codesnap-syscalls", "everything", "viztracer"),
    Mode("--gil=no", "codesnap-no-gil", "everything", "viztracer"),
    Mode("--last 10s", "codesnap-last", "everything", "viztracer"),
    Mode("--counters", "codesnap-counters", "everything", "viztracer"),
    Mode("--events all", "codesnap-events", "everything", "viztracer"),
    Mode("--args '*' --returns '*'", "codesnap-args", "everything", "viztracer"),
    Mode("--when-full=ring", "codesnap-size", "everything", "viztracer"),
    Mode("--rotate 1s", "codesnap-rotate", "everything", "viztracer"),
    Mode("--start=paused", "codesnap-paused", "everything", "viztracer"),
]
RUNS = [
    Mode("everything", "codesnap", "everything", "viztracer"),
    Mode("--include '__main__:*'", "codesnap-include", "--include_files", "viztracer-include"),
    Mode("--counters", "codesnap-counters", "everything", "viztracer"),
    Mode("--events all", "codesnap-events", "everything", "viztracer"),
    Mode("--exceptions", "codesnap-exceptions", "everything", "viztracer"),
    Mode("--syscalls", "codesnap-syscalls", "everything", "viztracer"),
    Mode("--gil=no", "codesnap-no-gil", "everything", "viztracer"),
    Mode("--args '*' --returns '*'", "codesnap-args", "everything", "viztracer"),
    Mode("--own", "codesnap-own", "--ignore_frozen", "viztracer-frozen"),
]


def keep_only(titles):
    for modes in CALLS, RUNS:
        modes[:] = [mode for mode in modes if not titles or mode.title in titles]


def variants_of(modes):
    return ["plain"] + sorted({m.variant for m in modes} | {m.other_variant for m in modes})


def real_script(program):
    return os.path.join(interpreters.HERE, "programs", "real", REAL[program][0])


def run_real(interpreter, variant, build, program):
    """The seconds of a core that it took, or why there are none."""
    scratch = build.new_folder("modes")
    package = REAL[program][1]
    done = subprocess.run(
        [interpreter.path, timing.WORKER, variant.tracer, "timed", real_script(program)],
        env=variants.environment(variant, interpreter, build, scratch, [package] if package else []),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    try:
        with open(os.path.join(scratch, "cpu")) as stream:
            return float(stream.read())
    except (OSError, ValueError):
        return (done.stderr.splitlines() or ["it died"])[-1]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def in_turn(chosen, number):
    turn = number % len(chosen)
    return chosen[turn:] + chosen[:turn]


def measure_runs(interpreter, build, rounds, notes):
    """{program: {variant: the median of traced / plain}}"""
    found = {}
    for program, (_, package) in REAL.items() if RUNS else ():
        if package and not interpreter.package(package):
            continue
        taken = {}
        for number in range(rounds):
            for variant in in_turn(variants.available(interpreter, build, variants_of(RUNS)), number):
                seconds = run_real(interpreter, variant, build, program)
                if isinstance(seconds, str):
                    notes.append("%s, %s, %s: %s" % (interpreter.name, program, variant.name, seconds))
                else:
                    taken.setdefault(variant.name, []).append(seconds)
        found[program] = slowdowns(taken)
    return found


def slowdowns(taken):
    return {
        name: statistics.median(t / p for t, p in zip(values, taken["plain"]))
        for name, values in taken.items()
        if len(values) == len(taken.get("plain", ()))
    }


def measure_calls(interpreter, build, rounds, times):
    result = {"programs": {}, "floor": {}}
    for _ in range(rounds):
        timing.measure_round(interpreter, build, variants_of(CALLS), PROGRAMS, times, result)
    return {
        program: {name: figures.slowdown_of(samples, name) for name in variants_of(CALLS) if name in samples}
        for program, samples in result["programs"].items()
    }


def line(label, mode, figure):
    ours, theirs = figure.get(mode.variant), figure.get(mode.other_variant)
    ratio = ours / theirs if ours and theirs else None
    cells = report.cell(ours, width=8) + "   %-20s" % mode.other + report.cell(theirs, width=8)
    return "%-14s%-24s%s" % (label, mode.title, cells + report.cell(ratio, width=8))


def table(title, modes, found):
    """A line for each mode of a program; its last column is ours / VizTracer's."""
    head = "%38s%8s   %-20s%8s%8s" % ("", "codesnap", "VizTracer", "", "ratio")
    lines = ["", title, head]
    for program, figure in found.items():
        lines += [line("" if i else program, mode, figure) for i, mode in enumerate(modes)]
    return lines


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--rounds", type=int, default=5, help="processes of each")
    parser.add_argument("--only", action="append", help="a row, as --only=--own; may be repeated")
    parser.add_argument("--quick", action="store_true", help="two rounds")
    return parser.parse_args()


def packages(_interpreter):
    return ["viztracer", "click", "django"]


def main():
    asked = arguments()
    keep_only(asked.only)
    build = variants.Build(asked.build)
    rounds = 2 if asked.quick else asked.rounds
    build.clock = "cpu"
    chosen = interpreters.find(os.environ.get("BENCH_PYTHONS"), build.build)
    if not chosen:
        sys.exit("modes: no interpreter found; name some in BENCH_PYTHONS")
    # A folder of that name, or the packages would be the user's own code.
    interpreters.install(chosen, packages, build.tool("site-packages"))
    results, lines = published.new_results(), []
    for interpreter in chosen:
        say("modes, %s" % interpreter.name)
        notes = results["notes"]
        notes += ["%s has no %s: %s" % (interpreter.name, *item) for item in interpreter.reasons.items()]
        calls = measure_calls(interpreter, build, rounds, 5)
        runs = measure_runs(interpreter, build, rounds, notes)
        results["interpreters"][interpreter.name] = {"calls": calls, "runs": runs}
        lines += table("%s: slow-down where little is done but calling" % interpreter.name, CALLS, calls)
        if RUNS:
            lines += table("%s: slow-down of real runs" % interpreter.name, RUNS, runs)
    shutil.rmtree(build.scratch, ignore_errors=True)
    published.write(build, "bench-modes", results, [], lines)


if __name__ == "__main__":
    main()
