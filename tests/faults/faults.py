#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make each call that the agent makes of libc fail in turn, and look what happens.

    faults.py BUILD PYTHON [--on] [--alone] [--errno N] [--every N] [OPTION...]

The program must do what it does untraced; what is left must be readable, and
either complete or say what is missing.  --on: all calls after that one fail, too;
--alone: without the launcher; OPTIONs are the recording's.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, os.pardir, "targets", "processes", "faults.py")
EXPECTED = 20000 + 100 + 3 * (2000 + 10) + 2000
STEP = re.compile(r"^step \(faults\.py:\d+\)$")


class Run:
    def __init__(self, arguments):
        self.arguments = arguments
        self.codesnap = os.path.join(os.path.abspath(arguments.build), "codesnap")
        self.library = os.path.join(os.path.abspath(arguments.build), "tests", "libfault.so")
        self.agent = os.path.join(os.path.abspath(arguments.build), "libcodesnap_agent.so")
        self.plain = self.run([arguments.python, "-W", "ignore", TARGET], {})
        self.problems = []

    def run(self, command, more):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("CODESNAP_", "LD_"))}
        environment.update(more)
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=100)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def record(self, at):
        more = {"FAULT_AT": str(at), "FAULT_LOG": "log", "FAULT_ERRNO": str(self.arguments.errno),
                "FAULT_ON": str(int(self.arguments.on)), "LD_PRELOAD": self.library}
        command = [self.arguments.python, "-W", "ignore", TARGET]
        if self.arguments.alone:
            more["LD_PRELOAD"] += " " + self.agent
            more["CODESNAP_OUT"] = "t.json"
        else:
            command = [self.codesnap, "run", "-o", "t.json"] + self.arguments.options + ["--"] + command
        return self.run(command, more)

    def complain(self, at, text):
        with open("log") as log:
            print("%s: call %d: %s" % (log.readline().split(" ")[0], at, text), flush=True)
        self.problems.append(at)

    def look(self, at):
        """The host, then the record."""
        status, out, err = self.record(at)
        hit = os.path.exists("log")
        said = [line for line in err.splitlines() if line.startswith("codesnap")]
        rest = [line for line in err.splitlines() if not line.startswith("codesnap")]
        if (status, out, "\n".join(rest)) != (self.plain[0], self.plain[1], self.plain[2].rstrip("\n")):
            self.complain(at, "the host is changed: %r\n%s\n%s" % (status, out, err))
        self.look_at_record(at, said)
        if self.arguments.verbose:
            print(at, said, flush=True)
        for name in os.listdir("."):
            if name.startswith("t.json"):
                (shutil.rmtree if os.path.isdir(name) else os.unlink)(name)
        if hit:
            os.unlink("log")
        return hit

    def look_at_record(self, at, said):
        if not os.path.exists("t.json"):
            if not said:
                self.complain(at, "there is no record, and nothing is said")
            return
        try:
            with open("t.json") as file:
                trace = json.load(file)
        except ValueError as error:
            self.complain(at, "the record can't be read: %s" % error)
            return
        steps = sum(event["ph"] in "XB" and STEP.match(event["name"]) is not None
                    for event in trace["traceEvents"])
        about = trace["otherData"]
        # Without the launcher a child that records may make the file.
        missing = any("nothing is recorded" in line for line in said)
        missing = missing or about["lost"] or about["damaged_bytes"] or any(note["code"] == 2 for note in about["notes"])
        if steps != EXPECTED and not missing:
            self.complain(at, "%d of %d calls, and no word about it: %s" % (steps, EXPECTED, said))
        if steps > EXPECTED or about["anomalies"]:
            self.complain(at, "%d of %d calls, %d anomalies" % (steps, EXPECTED, about["anomalies"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("python")
    parser.add_argument("--on", action="store_true")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--errno", type=int, default=12)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    arguments, arguments.options = parser.parse_known_args()
    run = Run(arguments)
    folder = tempfile.mkdtemp(prefix="codesnap-faults-")
    os.chdir(folder)
    at = arguments.first
    while run.look(at):
        at += arguments.every
    os.chdir("/")
    shutil.rmtree(folder)
    print("%d of %d calls of the agent, each made to fail: %d problems" % (
        at // arguments.every, at, len(run.problems)))
    return 1 if run.problems or at < 20 else 0


sys.exit(main())
