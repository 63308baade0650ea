#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sessions of up to 100,000,000 real calls, by several processes and threads,
through every format; and the page of a large one, held against its session.

    large.py --build DIR [--sizes M,M,...] [--pages M,...] [--formats NAME,...] [--add]

Sizes are millions of calls.  BENCH_PYTHONS names the interpreters (3.8 and the
newest), BENCH_DIR where sessions are kept meanwhile: 4 GB, and 15 GB with sqlite.
Times are of a core; what a format writes goes into a pipe that is emptied, and
for sqlite to a file.  --add keeps what the last run found of other sizes and
formats.
"""

import argparse
import os
import shutil
import sys

import agreement
import converter
import interpreters
import large_report
import published
import variants
import whole
from interpreters import say

PROGRAM = os.path.join(interpreters.HERE, "family.py")
MILLION = 1000000
ROOM_BYTES = {"sqlite": 130}  # of disk that a call takes meanwhile
SPOOL_BYTES = 16


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--build", required=True, help="where the agent and the launcher are")
    add("--sizes", default="1,10,100", help="millions of calls")
    add("--pages", default="20,100", help="of these sizes a page is opened and checked")
    add("--formats", help="only these, separated by commas")
    add("--add", action="store_true", help="keep the last run's other figures")
    return parser.parse_args()


def numbers(text):
    return [int(number) for number in text.split(",") if number]


class Large:
    def __init__(self, asked):
        self.build = variants.Build(asked.build)
        self.sizes, self.pages = numbers(asked.sizes), numbers(asked.pages)
        self.names = asked.formats.split(",") if asked.formats else converter.formats() + ["info"]
        self.names.sort(key=lambda name: name == "sqlite")  # the slowest comes last
        self.pythons = self.choose()
        self.results = (
            published.last_results(self.build, "bench-large") if asked.add else published.new_results()
        )
        why = agreement.why_no_page() if self.pages else None
        if why:
            self.pages = []
            self.results["notes"].append("no page is opened: %s" % why)

    def choose(self):
        named = os.environ.get("BENCH_PYTHONS")
        found = interpreters.find(named, self.build.build)
        if not found:
            sys.exit("bench: no interpreter found; name some in BENCH_PYTHONS")
        if named:
            return found
        shared = [i for i in found if i.how == "shared"] or found
        oldest = [i for i in shared[:-1] if i.minor == 8]
        return oldest[:1] + shared[-1:]

    def check_room(self):
        os.makedirs(self.build.scratch, exist_ok=True)
        bytes_a_call = SPOOL_BYTES + max(ROOM_BYTES.get(name, 0) for name in self.names)
        wanted = max(self.sizes + self.pages) * MILLION * bytes_a_call
        free = shutil.disk_usage(self.build.scratch).free
        if free < wanted:
            sys.exit(
                "bench: %s has %.1f GB free, and %.1f are needed; BENCH_DIR names another folder"
                % (self.build.scratch, free / 1e9, wanted / 1e9)
            )

    # -- one session --

    def record(self, interpreter, millions, folder):
        command = [interpreter.path, PROGRAM, str(millions * MILLION)]
        ended, session = whole.record(interpreter, self.build, command, folder)
        if ended.status or not os.path.isdir(session):
            sys.exit("bench: %s did not record: status %d" % (interpreter.name, ended.status))
        return session, {
            "recorded_seconds": ended.seconds,
            "recorded_peak_bytes": ended.peak_bytes,
            "spool_bytes": whole.spool_bytes(session),
            "recording": whole.look(self.build, session),
            "agreement": agreement.counts(self.build, session),
        }

    def convert(self, session, folder):
        for name in self.names:
            say("  %s" % name)
            if name == "sqlite":
                path = os.path.join(folder, "out.db")
                yield name, converter.to_file(self.build, name, session, path)
                os.unlink(path)
            else:
                yield name, converter.to_pipe(self.build, name, session)

    def page(self, session, folder):
        say("  the page")
        path = os.path.join(folder, "page.html")
        converter.to_file(self.build, "html", session, path)
        found = agreement.page(self.build, session, path)
        found["page_bytes"] = os.path.getsize(path)
        say("  a part of it")
        found["part"] = agreement.part(self.build, session, folder)
        os.unlink(path)
        return found

    def measure(self, interpreter, millions):
        folder = self.build.new_folder("large")
        found = self.results["interpreters"].setdefault(interpreter.name, {})
        kept = found.setdefault("large", {}).setdefault(str(millions), {"formats": {}})
        say("%s, %d million calls" % (interpreter.name, millions))
        try:
            session, facts = self.record(interpreter, millions, folder)
            kept.update(facts, load=os.getloadavg()[0])
            if millions in self.sizes:
                for name, cost in self.convert(session, folder):
                    kept["formats"][name] = cost
            if millions in self.pages:
                kept["page"] = self.page(session, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self):
        self.check_room()
        try:
            for interpreter in self.pythons:
                for millions in sorted(set(self.sizes + self.pages)):
                    self.measure(interpreter, millions)
        except KeyboardInterrupt:
            self.results["notes"].append("interrupted: this is only a part")
        rows = large_report.targets(self.results)
        lines = large_report.lines(self.results, rows)
        published.write(self.build, "bench-large", self.results, rows, lines)


if __name__ == "__main__":
    Large(arguments()).run()
