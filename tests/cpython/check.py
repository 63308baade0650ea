# SPDX-License-Identifier: Apache-2.0
"""check.py: run CPython's own tests, plain and recorded, and compare.

Each test file runs as `python3.N -m test -v FILE` in a process of its own, and
what each of its cases says is compared (README.md here has the rules).  Every
run's result is kept in the results folder, keyed by interpreter, file, mode
and the agent's build: what is there is not run again, so a run that was
stopped goes on where it was.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import functools
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from acceptance import Acceptance, number
from cases import read_cases, short

HERE = os.path.dirname(os.path.abspath(__file__))
PLAIN = "plain"
RECORDED = {"calls": "yes", "nocalls": "no"}  # mode: --c-calls
SLOWER = 10  # a recorded run may take so many times the bound of a plain one
SHOWN = 12  # differences of one file and mode


# == ONE RUN =================================================================


def exit_name(status):
    if status is None:
        return "timeout"
    return str(status) if status >= 0 else signal.Signals(-status).name


class Runner:
    """Runs one file in one mode, in a sealed home of its own."""

    def __init__(self, agent, codesnap, work, bound):
        self.agent, self.codesnap = agent, codesnap
        self.work, self.bound = work, bound

    def environment(self, home, mode):
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
            "HOME": home,
            "TMPDIR": home,
            "LANG": "C.UTF-8",
        }
        if mode != PLAIN:
            env["LD_PRELOAD"] = self.agent
            env["CODESNAP_OUT"] = os.path.join(home, ".record", "record.json")
            env["CODESNAP_EXIT_CONVERT"] = "0"
            env["CODESNAP_C_CALLS"] = RECORDED[mode]
            os.mkdir(os.path.join(home, ".record"))
        return env

    def run(self, python, file, mode):
        home = tempfile.mkdtemp(prefix="cpython-", dir=self.work)
        log = os.path.join(self.work, os.path.basename(home) + ".log")
        began = time.monotonic()
        try:
            with open(log, "wb") as out:
                status = self.call(
                    [python, "-u", "-m", "test", "-v", file],
                    self.bound * (1 if mode == PLAIN else SLOWER),
                    env=self.environment(home, mode),
                    cwd=home,
                    stdout=out,
                )
            with open(log, errors="replace") as said:
                text = said.read()
            return {
                "exit": exit_name(status),
                "bound": self.bound,
                "cases": read_cases(text),
                "seconds": round(time.monotonic() - began, 1),
                "tail": text[-6000:],
                "recording": None if mode == PLAIN else self.recording(home),
            }
        finally:
            shutil.rmtree(home, ignore_errors=True)
            os.unlink(log)

    def recording(self, home):
        """What `codesnap info` says of it; None if there is none to read."""
        folder = os.path.join(home, ".record", "record.json.codesnap")
        try:
            answer = subprocess.run(
                [self.codesnap, "info", "--json", folder],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self.bound * SLOWER,
            )
            known = json.loads(answer.stdout.decode())
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None
        return {name: known[name] for name in ("calls", "lost", "anomalies", "gaps")}

    def call(self, command, bound, **how):
        """Its status; None if it was killed when the time was up."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **how,
        )
        try:
            return process.wait(bound)
        except subprocess.TimeoutExpired:
            return None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


# == WHAT IS KEPT ============================================================


class Results:
    """Every run so far, one line of JSON each."""

    def __init__(self, path):
        self.path, self.lock = path, threading.Lock()
        self.runs = collections.defaultdict(list)
        if os.path.exists(path):
            with open(path) as lines:
                for line in lines:
                    if line.endswith("\n"):
                        run = json.loads(line)
                        self.runs[tuple(run["key"])].append(run)

    def add(self, key, run):
        """Kept at once, by a single write: others may be adding, too."""
        run["key"] = key
        with self.lock, open(self.path, "ab", buffering=0) as lines:
            lines.write(json.dumps(run, sort_keys=True).encode() + b"\n")
            self.runs[tuple(key)].append(run)


# == ONE FILE ================================================================


def said(runs, case):
    return {run["cases"].get(case, "absent") for run in runs}


def died(exit_):
    return exit_.startswith("SIG") or exit_ == "timeout"


class NotRun(Exception):
    pass


class Check:
    """All runs of one file on one interpreter, and what differs in them.
    Without a runner: of those that are kept."""

    def __init__(self, runner, results, build, trusted=()):
        self.runner, self.results, self.build = runner, results, build
        self.trusted = trusted  # builds in whose runs nothing differed: good enough
        self.used = collections.Counter()

    def runs(self, python, file, mode, count, build=""):
        key = [python.name, file, mode, build]
        while True:
            runs = [run for run in self.results.runs[tuple(key)] if self.counts(run)]
            if len(runs) >= count:
                return runs
            if not self.runner:
                raise NotRun
            self.results.add(key, self.runner.run(python.path, file, mode))

    def counts(self, run):
        """Not if it had less time than there would be now."""
        return not (
            self.runner
            and run["exit"] == "timeout"
            and run["bound"] < self.runner.bound
        )

    def differences(self, plain, recorded):
        """(case, plain, recorded) wherever no recorded run is as a plain one."""
        before = {run["exit"] for run in plain}
        after = {run["exit"] for run in recorded}
        fatal = {exit_ for exit_ in after if died(exit_)} - before
        names = set().union(*(run["cases"] for run in plain + recorded))
        found = [
            (case, said(plain, case), said(recorded, case))
            for case in sorted(names)
            if not said(plain, case) & said(recorded, case)
        ]
        if fatal:  # what it did not come to is no difference of its own
            missed = sum("absent" in after for _, _, after in found)
            found = [row for row in found if "absent" not in row[2]]
            found.append(("(process)", before, {"%s, %d cases not reached" % (
                "/".join(sorted(fatal)), missed)}))
        elif not found and not before & after:
            found.append(("(process)", before, after))
        if not all(run["recording"] for run in recorded):
            found.append(("(recording)", {"readable"}, {"not readable"}))
        return found

    def by(self, build, python, file, mode):
        """What differs by that build, and what its recording holds."""
        plain = self.runs(python, file, PLAIN, 1)
        recorded = self.runs(python, file, mode, 1, build)
        if self.differences(plain[:1], recorded[:1]):
            plain = self.runs(python, file, PLAIN, 2)
            recorded = self.runs(python, file, mode, 2, build)
        return self.differences(plain, recorded), recorded[0]["recording"] or {}

    def mode(self, python, file, mode):
        for build in (self.build,) + tuple(self.trusted):
            if self.results.runs[(python.name, file, mode, build)]:
                found = self.by(build, python, file, mode)
                if build == self.build or not self.runner or not found[0]:
                    self.used[build] += 1
                    return found
        self.used[self.build] += 1
        return self.by(self.build, python, file, mode)

    def file(self, python, file, modes):
        """("slow" or "not run", 0, {}), or ("run", cases, {mode: (differences,
        what its recording holds)})."""
        try:
            plain = self.runs(python, file, PLAIN, 1)[0]
            if plain["exit"] == "timeout":
                return "slow", 0, {}
            found = {mode: self.mode(python, file, mode) for mode in modes}
            return "run", len(plain["cases"]), found
        except NotRun:
            return "not run", 0, {}


# == INTERPRETERS AND FILES ==================================================

ASK = (
    "import os, sys, sysconfig, test\n"
    "print('%d.%d.%d' % sys.version_info[:3])\n"
    "print(int(hasattr(sys, 'gettotalrefcount')))\n"
    "folder = os.path.dirname(test.__file__)\n"
    "for name in sorted(os.listdir(folder)):\n"
    "    path = os.path.join(folder, name)\n"
    "    if not name.startswith('test_'): continue\n"
    "    inside = sorted(os.listdir(path)) if os.path.isdir(path) else []\n"
    "    parts = [n[:-3] for n in inside if n[:5] == 'test_' and n[-3:] == '.py']\n"
    "    if parts: print('\\n'.join('test.%s.%s' % (name, n) for n in parts))\n"
    "    elif name.endswith('.py'): print(name[:-3])\n"
    "    elif inside: print(name)\n"
)


class Python:
    """An interpreter and the test files that it has."""

    def __init__(self, path):
        self.path = path
        answer = subprocess.run(
            [path, "-c", ASK], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        lines = answer.stdout.decode().split()
        if answer.returncode or len(lines) < 3:
            why = answer.stderr.decode().strip().split("\n")[-1]
            raise LookupError("%s has no tests: skipped (%s)" % (path, why))
        self.version, self.files = lines[0], lines[2:]
        self.name = self.version + (" debug" if lines[1] == "1" else "")


def read_list(path):
    with open(path) as lines:
        return [line.split("#")[0].strip() for line in lines]


def wanted_files(files):
    if files == "all":
        return ["*"]
    if files in ("core", "quick"):
        return read_list(os.path.join(HERE, files))
    return files.split()


def chosen(files, wanted):
    """Those of `files` that a name or glob of `wanted` fits, in that order."""
    found = collections.OrderedDict()
    for pattern in filter(None, wanted):
        for file in files:
            name = short(file)
            if fnmatch.fnmatchcase(name, pattern) or name.startswith(pattern + "."):
                found[file] = True
    return list(found)


# == THE WHOLE ===============================================================


def digest(path):
    with open(path, "rb") as content:
        return hashlib.sha256(content.read()).hexdigest()[:12]


def keep_programs(agent, folder):
    """Copies of agent and launcher, which no build replaces while they are used."""
    build = digest(agent)
    kept = os.path.join(folder, "build-" + build)
    if not os.path.exists(kept):
        making = tempfile.mkdtemp(dir=folder)
        for program in (agent, os.path.join(os.path.dirname(agent), "codesnap")):
            shutil.copy(program, making)
        try:
            os.rename(making, kept)
        except OSError:  # another run was first
            shutil.rmtree(making)
    names = os.path.basename(agent), "codesnap"
    return tuple(os.path.join(kept, name) for name in names) + (build,)


class Report:
    """Counts what each file's runs brought, and has the lines that say it."""

    def __init__(self, accepted, modes):
        self.accepted, self.modes = accepted, modes
        self.tally = collections.defaultdict(collections.Counter)
        self.lines = {"DIFFERS": [], "accepted": []}

    def add(self, python, file, outcome):
        """The lines of that file."""
        done, cases, modes = outcome
        count = self.tally[python.name]
        count["files"] += 1
        count[done] += 1
        count["cases"] += cases
        lines = []
        for mode, (found, recording) in modes.items():
            count[mode + " calls"] += recording.get("calls", 0)
            count[mode + " misfits"] += recording.get("anomalies", 0)
            rows = [self.difference(python, file, mode, *row) for row in found]
            lines += rows[:SHOWN]
            if len(rows) > SHOWN:
                more = len(rows) - SHOWN
                lines.append("         ... and %d more in this file" % more)
        same = "%-8s %-12s %s" % ("same" if modes else done, python.name, file)
        return lines or [same]

    def difference(self, python, file, mode, case, before, after):
        """Count it; the line that says it."""
        name = "%s:%s" % (short(file), case)
        reason = self.accepted.reason(python.name, mode, name)
        kind = "accepted" if reason else "DIFFERS"
        self.tally[python.name][mode + " " + kind] += 1
        before, after = "/".join(sorted(before)), "/".join(sorted(after))
        line = "%-12s %-8s %s: %s -> %s" % (python.name, mode, name, before, after)
        self.lines[kind].append(line + (" (%s)" % reason if reason else ""))
        return "%-8s %s" % (kind, line)

    def failed(self):
        return any(
            count[mode + " DIFFERS"]
            for count in self.tally.values()
            for mode in self.modes
        )

    def whole(self):
        """The interpreters of which no file is left to run."""
        return [name for name, count in self.tally.items() if not count["not run"]]

    def table(self, names=None):
        head = ["version", "files", "run", "slow", "cases"]
        for mode in self.modes:
            head += [mode + ": differ", "accepted", "recorded", "misfits"]
        rows = [head]
        for name in sorted(names or self.tally, key=lambda name: (number(name), name)):
            count = self.tally[name]
            rows.append([name] + [count[column] for column in head[1:5]])
            for mode in self.modes:
                rows[-1] += [count[mode + " DIFFERS"], count[mode + " accepted"]]
                rows[-1] += ["%.1f" % (count[mode + " calls"] / 1e6)]
                rows[-1] += [count[mode + " misfits"]]
        widths = [max(len(str(cell)) for cell in column) for column in zip(*rows)]
        for row in rows:
            yield "  ".join(str(c).rjust(w) for c, w in zip(row, widths)).rstrip()


def arguments(description):
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--agent", required=True)
    parser.add_argument("--trust", action="append", default=[], help="an older agent")
    parser.add_argument("--results", required=True, help="folder to keep results in")
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--pythons", help="a table of tests/pythons.bash")
    parser.add_argument("--files", default="core", help="core, quick, all, or globs")
    parser.add_argument("--modes", default="calls nocalls")
    parser.add_argument("--bound", type=float, default=60, help="seconds a plain run")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--accepted", default=os.path.join(HERE, "accepted"))
    args = parser.parse_args()
    args.results = os.path.abspath(args.results)
    if args.pythons:
        args.python += [line.split("|")[1] for line in read_list(args.pythons) if line]
    return args


def interpreters(paths):
    for path in paths:
        try:
            yield Python(path)
        except LookupError as reason:
            print(reason, flush=True)


def make_check(args, work):
    agent, codesnap, build = keep_programs(os.path.abspath(args.agent), args.results)
    runner = Runner(agent, codesnap, work, args.bound) if work else None
    results = Results(os.path.join(args.results, "results.jsonl"))
    return Check(runner, results, build, [digest(agent) for agent in args.trust])


def run(args, work):
    modes = args.modes.split()
    check = make_check(args, work)
    report = Report(Acceptance(args.accepted), modes)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for python in interpreters(args.python):
            files = chosen(python.files, wanted_files(args.files))
            work_on = functools.partial(check.file, python, modes=modes)
            for file, outcome in zip(files, pool.map(work_on, files)):
                print("\n".join(report.add(python, file, outcome)), flush=True)
    return report


def main():
    args = arguments(__doc__)
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    os.makedirs(args.results, exist_ok=True)
    work = tempfile.mkdtemp(prefix="work-", dir=args.results)
    try:
        report = run(args, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if not report.tally:
        sys.exit(77)
    print("\n".join(report.table()))
    sys.exit(report.failed())


if __name__ == "__main__":
    main()
