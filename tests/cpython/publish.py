# SPDX-License-Identifier: Apache-2.0
"""publish.py: the counts of what check.py has run, as share/doc/cpython.txt has
them.  It takes the same arguments, and runs nothing."""

import collections
import datetime
import os
import platform
import re
import subprocess

import check


def section(args, tests, files):
    """All that is kept of these files."""
    report = check.Report(check.Accepted(args.accepted), args.modes.split())
    for python in check.interpreters(args.python):
        for file in check.chosen(python.files, check.wanted_files(files)):
            report.add(python, file, tests.file(python, file, report.modes))
    return report


def heading(args):
    codesnap = os.path.join(os.path.dirname(os.path.abspath(args.agent)), "codesnap")
    version = subprocess.check_output([codesnap, "--version"]).decode().strip()
    yield "CPython's own tests, plain and recorded (make check-cpython)"
    yield "%s, %s, Linux %s, %d cores" % (
        version, datetime.date.today(), platform.release().split("-")[0], os.cpu_count())


def accepted(lines):
    """Each row of the table once, with the versions that it was needed for."""
    versions = collections.defaultdict(dict)
    for line in lines:
        version, what = re.match(r"(\S+(?: debug)?) +\w+ +(.*)", line).groups()
        versions[re.sub(r": [^(]*->[^(]*", " ", what)][version] = True
    for what, on in sorted(versions.items()):
        yield "  %s: %s" % (what, ", ".join(on))


def main():
    args = check.arguments(__doc__)
    tests = check.make_check(args, None)
    print("\n".join(heading(args)))
    for files, title in (("core", "The files of tests/cpython/core"), ("all", "All files")):
        report = section(args, tests, files)
        print("\n%s\n" % title)
        print("\n".join("  " + row for row in report.table()))
    print("\nWhat differs\n")
    print("\n".join("  " + line for line in report.lines["DIFFERS"]) or "  nothing")
    print("\nWhat is accepted, and why\n")
    print("\n".join(accepted(report.lines["accepted"])) or "  nothing")


if __name__ == "__main__":
    main()
