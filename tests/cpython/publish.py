# SPDX-License-Identifier: Apache-2.0
"""publish.py: the counts of what check.py has run, as share/doc/cpython.txt has
them: of all files, where none is left to run, and of core.  It takes the same
arguments but --files, and runs nothing."""

import collections
import datetime
import os
import platform
import re
import subprocess

import check
from acceptance import Acceptance, number


def section(args, tests, files):
    """All that is kept of these files."""
    report = check.Report(Acceptance(args.accepted), args.modes.split())
    for python in check.interpreters(args.python):
        for file in check.chosen(python.files, check.wanted_files(files)):
            report.add(python, file, tests.file(python, file, report.modes))
    return report


def version_of(agent):
    codesnap = os.path.join(os.path.dirname(os.path.abspath(agent)), "codesnap")
    return subprocess.check_output([codesnap, "--version"]).decode().strip()


def heading(args):
    yield "CPython's own tests, plain and recorded (make check-cpython)"
    yield "%s, %s, Linux %s, %d cores" % (
        version_of(args.agent),
        datetime.date.today(),
        platform.release().split("-")[0],
        os.cpu_count(),
    )
    yield ""
    yield "files   that there are; run: plain and in both ways, to the end; slow: plain"
    yield "        more than the bound on time; the others were not run"
    yield "cases   of the files that were run"
    yield "differ, accepted   cases that end otherwise than plain"
    yield "recorded, misfits  millions of calls, and exits that fit none of them"


def builds(args, tests):
    """Which build ran what."""
    yield ""
    for agent in [args.agent] + args.trust:
        count = tests.used[check.digest(agent)]
        yield "%5d runs of a file by %s" % (count, version_of(agent))


def accepted(lines):
    """Each reason once, with its cases and their versions."""
    reasons = collections.defaultdict(lambda: collections.defaultdict(set))
    for line in lines:
        version, case, reason = re.match(
            r"(\S+(?: debug)?) +\w+ +(\S+): .* -> [^(]*\((.*)\)", line
        ).groups()
        reasons[reason][case].add(version)
    for reason, cases in sorted(reasons.items()):
        yield "  " + reason
        for case, versions in sorted(cases.items()):
            ordered = sorted(versions, key=lambda name: (number(name), name))
            yield "    %s: %s" % (case, ", ".join(ordered))


def main():
    args = check.arguments(__doc__)
    tests = check.make_check(args, None)
    core = section(args, tests, "core")
    tests.used.clear()
    report = section(args, tests, "all")
    whole = report.whole()
    print("\n".join(heading(args)))
    if whole:
        print("\nOf all files, where all were run\n")
        print("\n".join("  " + row for row in report.table(whole)))
    print("\nOf the files of core\n")
    print("\n".join("  " + row for row in core.table()))
    print("\n".join(builds(args, tests)))
    print("\nWhat differs\n")
    print("\n".join("  " + line for line in report.lines["DIFFERS"]) or "  nothing")
    print("\nWhat is accepted, and why\n")
    print("\n".join(accepted(report.lines["accepted"])) or "  nothing")


if __name__ == "__main__":
    main()
