#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kill traced programs at random instants, and look what their traces hold.

    kills.py KILLS PYTHONS [SEED]

PYTHONS is the table of tests/pythons.bash; each kill is the next one's turn.
killed.py says which steps have returned; each of them must be in the trace, and
the trace must be well nested.  Prints what failed, with the session's folder,
and one line at the end.  CODESNAP_BUILD says where codesnap is.
"""

import ctypes
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import compare

TARGET = os.path.join(HERE, "killed.py")
BUILD = os.environ["CODESNAP_BUILD"]
KINDS = ["single", "threads", "tree", "spawning", "forking"]
SLOTS = 256
PATIENCE = 60


def become_reaper():
    """Orphans become our children, so that we know when they have ended."""
    PR_SET_CHILD_SUBREAPER = 36
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("kills.py: this kernel knows no subreaper")


class Failure(Exception):
    pass


def variables():
    """An environment without what steers codesnap or Python."""
    keep = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("CODESNAP_", "PYTHON", "LD_PRELOAD"))
    }
    return keep


def read_proof(path):
    """{(pid, tid): steps} as far as proved."""
    proved = Counter()
    with open(path, "rb") as stream:
        for pid, tid, count, _ in struct.iter_unpack("4Q", stream.read()):
            if count:
                proved[pid, tid] = max(proved[pid, tid], count)
    return proved


class Run:
    """One program, in a process group of its own, that is killed once."""

    def __init__(self, choice, python, folder):
        self.kind = choice.choice(KINDS)
        self.by_launcher = choice.random() < 0.4
        self.at_start = choice.random() < 0.1
        often = 0.15 if self.at_start else 0.006
        self.delay = choice.uniform(0, 0.1 if choice.random() < 0.05 else often)
        self.orphans_live = choice.uniform(0, 0.005)
        self.python, self.folder = python, folder
        self.proof = os.path.join(folder, "proof")
        self.out = os.path.join(folder, "t.json")

    def __str__(self):
        return "%s %s, %s killed %.6f s after %s" % (
            os.path.basename(self.python),
            self.kind,
            "root" if self.by_launcher else "group",
            self.delay,
            "start" if self.at_start else "its first step",
        )

    def start(self):
        with open(self.proof, "wb") as stream:
            stream.truncate(SLOTS * 32)
        command = [self.python, TARGET, self.proof, self.kind]
        environment = variables()
        if self.by_launcher:
            launcher = [os.path.join(BUILD, "codesnap-run"), "-q", "-o", self.out]
            # What is executed when the root has gone would not be recorded.
            launcher += ["--wait"] * (self.kind == "spawning")
            # The shell says which process the root is.
            command = launcher + ["sh", "-c", 'echo $$; exec "$@" >&2', "-"] + command
        else:
            environment["LD_PRELOAD"] = os.path.join(BUILD, "libcodesnap_agent.so")
            environment["CODESNAP_OUT"] = self.out
        self.said = open(os.path.join(self.folder, "said"), "w+")
        self.child = subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.said,
            start_new_session=True,
        )
        self.root = int(self.child.stdout.readline()) if self.by_launcher else None

    def wait_for_begin(self):
        until = time.time() + PATIENCE
        while not self.at_start and not read_proof(self.proof):
            if self.child.poll() is not None or time.time() > until:
                raise Failure("it did not begin: " + self.errors())
            time.sleep(0.002)
        time.sleep(self.delay)

    def kill_group(self):
        """All that is left of it, until nobody can write any more."""
        while True:
            try:
                os.killpg(self.child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.child.wait()
            try:
                os.waitpid(-self.child.pid, 0)
            except ChildProcessError:
                return

    def kill(self):
        if not self.by_launcher:
            self.kill_group()
            return
        os.kill(self.root, signal.SIGKILL)
        until = time.time() + PATIENCE
        while self.child.poll() is None and time.time() < until:
            time.sleep(self.orphans_live)
            self.kill_orphans()
        if self.child.returncode != -signal.SIGKILL:
            raise Failure("the launcher's status is %s" % self.child.returncode)

    def kill_orphans(self):
        """Those that have proved something; the rest goes with the group."""
        for pid in {pid for pid, _ in read_proof(self.proof)}:
            try:
                if os.getpgid(pid) == self.child.pid:
                    os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def errors(self):
        self.said.seek(0)
        return self.said.read().strip()

    def session(self):
        return self.out + ".codesnap"

    def convert(self):
        """The trace's path, or None where nothing was recorded."""
        if not os.path.isdir(self.session()):
            return self.out if os.path.exists(self.out) else None
        command = [os.path.join(BUILD, "codesnap"), "convert", "-q", self.session()]
        done = subprocess.run(
            command + ["-o", self.out],
            stderr=subprocess.PIPE,
            env=variables(),
            universal_newlines=True,
        )
        if done.returncode == 0:
            return self.out
        if "no call is recorded" in done.stderr or "holds neither" in done.stderr:
            return None
        raise Failure("convert: " + done.stderr.strip())

    def check(self):
        """How many steps were proved, and found."""
        trace, proved = self.convert(), read_proof(self.proof)
        if trace is None:
            if proved:
                raise Failure("nothing is in the trace")
            return 0
        try:
            tracks = read_trace(trace)
        except (AssertionError, ValueError, KeyError) as cause:
            raise Failure("%s: %s" % (type(cause).__name__, cause))
        for track, count in proved.items():
            compare_counts(track, count, tracks.get(track, []))
        check_strangers(tracks, proved)
        return sum(proved.values())


def read_trace(path):
    """{(pid, tid): spans}, all of them well nested."""
    tracks = {tuple(map(int, track)): spans for track, spans in compare.read(path)[0].items()}
    for spans in tracks.values():
        compare.nest(spans)
    return tracks


def finished(spans):
    """How many calls of each plain name have returned."""
    return Counter(
        span.name.partition(" (")[0] for span in spans if span.end != compare.FOREVER
    )


def compare_counts(track, count, spans):
    """One step may have returned without its proof."""
    found = finished(spans)
    for name in ("step", "leaf", "builtins.len"):
        if found[name] < count or (name != "builtins.len" and found[name] > count + 1):
            raise Failure(
                "%d:%d proved %d steps, the trace has %d of %s"
                % (track + (count, found[name], name))
            )


def check_strangers(tracks, proved):
    """A thread that proved nothing took one step at most."""
    for track, spans in tracks.items():
        if track not in proved and finished(spans)["step"] > 1:
            raise Failure("%d:%d has steps of another one" % track)


def kill_once(choice, python, folder):
    run = Run(choice, python, folder)
    try:
        run.start()
        run.wait_for_begin()
        run.kill()
        run.kill_group()
        return run, run.check(), None
    except Failure as failure:
        return run, 0, failure
    finally:
        if hasattr(run, "child"):
            run.kill_group()
            run.child.stdout.close()
            run.said.close()


def read_pythons(path):
    with open(path) as stream:
        return [line.split("|")[1] for line in stream]


def main(kills, table, seed=None):
    become_reaper()
    seed = int(seed) if seed else random.randrange(1 << 32)
    choice, pythons = random.Random(seed), read_pythons(table)
    steps, failed, runs = 0, 0, Counter()
    for number in range(int(kills)):
        folder = tempfile.mkdtemp(prefix="codesnap-kill-")
        run, proved, failure = kill_once(choice, pythons[number % len(pythons)], folder)
        steps += proved
        runs[run.kind] += 1
        if failure is None:
            shutil.rmtree(folder)
            continue
        failed += 1
        print("kill %d: %s: %s (%s)" % (number, run, failure, folder), flush=True)
    kinds = ", ".join("%s %d" % pair for pair in sorted(runs.items()))
    print(
        "%d kills (%s), %d failed; %d steps proved and found; seed %d"
        % (int(kills), kinds, failed, steps, seed)
    )
    sys.exit(failed != 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
