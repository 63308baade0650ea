#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measure codesnap beside the other tracers; see README.md in this folder.

Prints tables, and writes bench.json, bench.txt and bench.svg into BUILD/bench.
BENCH_PYTHONS="PATH..." names the interpreters; without it, all that the tests
find.  BENCH_DIR is where spools are written, BUILD/bench/scratch otherwise.
"""

import argparse
import os
import shutil
import signal
import sys
import time
from concurrent import futures

import chart
import figures
import formats
import instructions
import interpreters
import pauses
import published
import report
import suite
import targets
import timing
import variants
import whole
from interpreters import say

QUICK_PROGRAMS = ["fib(23)", "qsort(5000)", "C calls", "methods", "generator"]
QUICK_SUITE = ["deltablue", "go"]
# What is compared; the rest of the table is there to be asked for.
USUAL = [
    "plain", "codesnap", "codesnap-python", "null", "null-python", "null-both", "null-frames", "null-mixed",
    "cprofile", "viztracer", "trace0",
]  # fmt: skip
SUITE_VARIANTS = [
    "plain", "codesnap", "codesnap-python", "null", "null-python", "null-frames", "cprofile", "viztracer",
    "trace0",
]  # fmt: skip


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--build", default="build", help="where the agent and the launcher are")
    add("--quick", action="store_true", help="two interpreters, a few programs")
    add("--long", action="store_true", help="only what takes gigabytes")
    add("--add", action="store_true", help="keep the last run's other parts")
    add("--publish", metavar="DIR", help="only copy the last chart and figures there")
    add("--minutes", type=float, help="how long the timing may take (14, quick 1.5)")
    add("--rounds", type=int, default=7, help="at most so many processes of each")
    add("--times", type=int, default=8, help="pieces of work timed in a process")
    add("--variants", help="only these, separated by commas: " + " ".join(variants.BY_NAME))
    add("--programs", help="only these, separated by ;")
    add("--only", help="parts, separated by commas: micro suite instructions start finished formats pauses")  # fmt: skip
    return parser.parse_args()


class Bench:
    """One run: what is asked for, where it goes, what was found so far."""

    def __init__(self, asked):
        self.asked = asked
        self.build = variants.Build(asked.build)
        usual = "finished,pauses" if asked.long else "micro,suite,instructions,start,finished,formats"
        self.parts = (asked.only or usual).split(",")
        self.name = "bench-long" if asked.long else "bench"
        self.names = asked.variants.split(",") if asked.variants else USUAL
        minutes = asked.minutes or (1.5 if asked.quick else 14)
        self.seconds = minutes * 60
        self.pythons = self.choose(
            interpreters.find(os.environ.get("BENCH_PYTHONS"), self.build.build)
        )
        self.results = (
            published.last_results(self.build, self.name) if asked.add else published.new_results()
        )

    def choose(self, found):
        if not found:
            sys.exit("bench: no interpreter found; name some in BENCH_PYTHONS")
        if os.environ.get("BENCH_PYTHONS"):
            return found
        if self.asked.long:
            return self.with_own_pip(found)[-1:]
        if self.asked.quick:
            return [i for i in found if i.minor == 8][:1] + self.with_own_pip(found)[-1:]
        return found

    def with_own_pip(self, found):
        return [i for i in found if i.how == "shared"] or found

    # -- preparation --

    def packages(self, interpreter):
        wanted = ["sqlglot", "viztracer"]
        if interpreter.minor >= 13:
            wanted += ["trace0", "pyperformance"]
        return wanted

    def prepare(self):
        os.makedirs(self.build.scratch, exist_ok=True)
        if not self.asked.long:
            interpreters.install(self.pythons, self.packages, self.build.tool("site"))
        for interpreter in self.pythons:
            self.results["interpreters"].setdefault(interpreter.name, {}).update(
                version=interpreter.version,
                minor=interpreter.minor,
                how=interpreter.how,
                packages=interpreter.versions,
            )
            for package, reason in interpreter.reasons.items():
                self.note("%s has no %s: %s" % (interpreter.name, package, reason))
        self.note_skipped()

    def note_skipped(self):
        if not {"micro", "suite"} & set(self.parts):
            return
        for variant in variants.VARIANTS:
            reasons = {variants.why_not(variant, i, self.build) for i in self.pythons}
            if variant.name in self.names and len(reasons) == 1 and None not in reasons:
                self.note("%s is skipped: %s" % (variant.name, reasons.pop()))

    def note(self, text):
        if text not in self.results["notes"]:
            self.results["notes"].append(text)
        say(text)

    def of(self, interpreter):
        return self.results["interpreters"][interpreter.name]

    # -- parts --

    def rounds(self, what, share, begin, one):
        """Rounds over all interpreters, until the time is up; two at least."""
        begun = time.monotonic()
        limit = self.seconds * share
        for number in range(self.asked.rounds):
            for interpreter in self.pythons:
                if number == 0:
                    begin(interpreter)
                say("%s, round %d, %s" % (what, number + 1, interpreter.name))
                one(interpreter, number)
            taken = time.monotonic() - begun
            if number >= 1 and taken + taken / (number + 1) > limit:
                break
        self.results[what + "_rounds"] = number + 1

    def micro(self):
        wanted = QUICK_PROGRAMS if self.asked.quick else timing.ALL_PROGRAMS
        if self.asked.programs:
            wanted = self.asked.programs.split(";")

        def begin(interpreter):
            result = timing.new_result(interpreter, self.build, wanted)
            self.of(interpreter)["micro"] = result
            for program in wanted:
                if "error" in result["calls"][program]:
                    self.note(
                        "%s, %s: %s"
                        % (interpreter.name, program, result["calls"][program]["error"])
                    )

        def one(interpreter, number):
            result = self.of(interpreter)["micro"]
            timing.measure_round(
                interpreter, self.build, self.names, result["wanted"], self.asked.times, result
            )

        self.rounds("micro", 0.5, begin, one)

    def suite(self):
        wanted = QUICK_SUITE if self.asked.quick else suite.PROGRAMS
        every = self.pythons
        self.pythons = [i for i in every if i.package("pyperformance")]
        names = [name for name in SUITE_VARIANTS if name in self.names]

        def one(interpreter, number):
            found = self.of(interpreter).setdefault("suite", {})
            suite.measure_round(interpreter, self.build, names, wanted, number, found)

        if self.pythons:
            self.rounds("suite", 0.5, lambda interpreter: None, one)
        else:
            self.note("pyperformance is skipped: no interpreter has it")
        self.pythons = every

    def instructions(self):
        say("instructions")  # counting is not disturbed by what else runs
        with futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            counts = pool.map(lambda i: instructions.measure(i, self.build), self.pythons)
            for interpreter, found in zip(self.pythons, counts):
                self.of(interpreter)["instructions"] = found

    def start(self):
        for interpreter in self.pythons:
            say("start, %s" % interpreter.name)
            self.of(interpreter)["start"] = whole.measure_start(
                interpreter, self.build, 8 if self.asked.quick else 16
            )

    def finished(self):
        chosen = self.with_own_pip(self.pythons)[-1]
        sizes = [1000000] if self.asked.quick else [1000000, 10000000]
        if self.asked.long:
            sizes = [100000000]
        kept = self.of(chosen).setdefault("finished", {})
        for calls in sizes:
            say("finished files, %s, %d calls" % (chosen.name, calls))
            times = 3 if calls == 1000000 else 1
            kept[str(calls)] = {
                "codesnap": whole.measure_ours(chosen, self.build, calls, times)
            }
            if calls == 1000000 and chosen.package("viztracer"):
                kept[str(calls)]["viztracer"] = whole.measure_viztracer(
                    chosen, self.build, calls
                )

    def pauses(self):
        chosen = self.with_own_pip(self.pythons)[-1]
        say("pauses over 2 GB, %s" % chosen.name)
        self.of(chosen)["pauses"] = pauses.measure(chosen, self.build, 250000000)

    def formats(self):
        say("formats")
        calls, rounds = (500000, 3) if self.asked.quick else (2000000, 5)
        self.results["formats"] = formats.measure(self.build, calls, rounds)

    # -- the whole --

    def go_first(self):
        """Others' work should disturb little, where we are allowed to say so."""
        try:
            os.nice(-10)
        except OSError:
            pass

    def run(self):
        self.prepare()
        self.go_first()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            for part in self.parts:
                getattr(self, part)()
        except KeyboardInterrupt:
            self.note("interrupted: this is only a part")
        shutil.rmtree(self.build.scratch, ignore_errors=True)
        self.write()

    def write(self):
        derived = figures.derive(self.results)
        rows = targets.check(self.results, derived)
        self.results["derived"] = derived
        published.write(
            self.build, self.name, self.results, rows, report.tables(self.results, derived, rows)
        )
        picture = chart.draw(derived)
        if picture:
            with open(self.build.tool(self.name + ".svg"), "w") as stream:
                stream.write(picture)


def main():
    asked = arguments()
    if asked.publish:
        published.publish(variants.Build(asked.build), asked.publish)
    else:
        Bench(asked).run()


if __name__ == "__main__":
    main()
