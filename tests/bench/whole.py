# SPDX-License-Identifier: Apache-2.0
"""Figures of whole processes: start-up, time to the finished file, memory, size."""

import json
import os
import select
import shutil
import signal
import statistics
import subprocess
import time

import interpreters
import variants

WORKER = os.path.join(interpreters.HERE, "worker.py")
MEGABYTE = 1 << 20


class Ended:
    """What a process took."""

    def __init__(self, measured, child_end=None):
        self.seconds = measured["end"] - measured["begin"]
        self.status, self.peak_bytes = measured["status"], measured["peak_bytes"]
        # From its child's end to its own.
        self.tail_seconds = measured["end"] - child_end if child_end else None


def run(build, command, environment, follow=False):
    """Run it to its end.  follow: note when its first child ends."""
    process = subprocess.Popen(
        [build.tool("timed")] + command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    launcher = first_child(process.pid) if follow else None
    child_end = wait_for_child(launcher) if launcher else None
    return Ended(json.loads(process.communicate()[0]), child_end)


def first_child(pid):
    path = "/proc/%d/task/%d/children" % (pid, pid)
    for _ in range(2000):
        try:
            with open(path) as stream:
                children = stream.read().split()
        except OSError:
            return None
        if children:
            return int(children[0])
        time.sleep(0.001)
    return None


def wait_for_child(pid):
    """When its first child ended; None where the system can't tell."""
    child = first_child(pid)
    if child is None or not hasattr(os, "pidfd_open"):
        return None
    try:
        fd = os.pidfd_open(child)
    except OSError:
        return None
    select.select([fd], [], [])
    end = time.monotonic()
    os.close(fd)
    return end


# == START-UP ==================================================================


class OpenSession:
    """A session that processes can join, as a launcher's: one that waits owns it."""

    def __init__(self, interpreter, build):
        self.folder = build.new_folder("session")
        environment = variants.environment(
            variants.BY_NAME["codesnap"], interpreter, build, self.folder
        )
        self.process = subprocess.Popen(
            [interpreter.path, "-c", "print(flush=True); input()"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.process.stdout.readline()
        sessions = [name for name in os.listdir(self.folder) if name.endswith(".codesnap")]
        self.path = os.path.join(self.folder, sessions[0]) if sessions else None

    def environment(self, environment):
        joined = dict(environment, CODESNAP_SESSION=self.path or "")
        del joined["CODESNAP_OUT"]
        return joined

    def close(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def measure_start(interpreter, build, times):
    """{what: [seconds]} of an empty script: plain, recorded, by the launcher."""
    scratch = build.new_folder("start")
    script = os.path.join(scratch, "empty.py")
    open(script, "w").close()
    plain = variants.environment(variants.BY_NAME["plain"], interpreter, build, scratch)
    traced = variants.environment(variants.BY_NAME["codesnap"], interpreter, build, scratch)
    session = OpenSession(interpreter, build)
    launch = [build.launcher, "--quiet", "-o"]
    own = [interpreter.path, script]
    rows = {
        "plain": (own, plain),
        "codesnap": (own, session.environment(traced)),
        "launcher, JSON": (launch + [os.path.join(scratch, "t.json")] + own, plain),
        "launcher, HTML": (launch + [os.path.join(scratch, "t.html")] + own, plain),
    }
    taken = {name: [] for name in rows}
    names = list(rows)
    for turn in range(times + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            ended = run(build, *rows[name])
            if turn > 0:
                taken[name].append(ended.seconds)
    session.close()
    shutil.rmtree(scratch, ignore_errors=True)
    return taken


# == FINISHED FILES ============================================================


def spool_bytes(session):
    """What it takes on the disk."""
    return sum(
        os.stat(os.path.join(session, name)).st_blocks * 512
        for name in os.listdir(session)
        if name.endswith(".spool")
    )


def record(interpreter, build, command, folder):
    """Record a command without converting; (Ended, session)."""
    environment = variants.environment(
        variants.BY_NAME["codesnap"], interpreter, build, folder
    )
    environment["CODESNAP_OUT"] = os.path.join(folder, "kept.json")
    ended = run(build, command, environment)
    return ended, os.path.join(folder, "kept.json.codesnap")


def look(build, session):
    """What recording.c says of a session, or None."""
    done = subprocess.run(
        [build.tool("recording"), session], stdout=subprocess.PIPE, universal_newlines=True
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


def convert(build, session, output):
    command = [build.codesnap, "convert", "--quiet", session, "-o", output]
    ended = run(build, command, interpreters.clean_environment())
    return {
        "seconds": ended.seconds,
        "peak_bytes": ended.peak_bytes,
        "output_bytes": os.path.getsize(output) if os.path.exists(output) else None,
    }


def launch(build, command, environment, output):
    ended = run(build, [build.launcher, "--quiet", "-o", output] + command, environment, True)
    found = {"seconds": ended.seconds, "tail_seconds": ended.tail_seconds}
    if not os.path.exists(output):
        found["error"] = "no output, status %d" % ended.status
    return found


def measure_ours(interpreter, build, calls, times):
    """Plain, recorded, converted and launched, taking turns."""
    folder = build.new_folder("calls")
    command = [interpreter.path, WORKER, "none", "calls", str(calls)]
    environment = variants.environment(variants.BY_NAME["plain"], interpreter, build, folder)
    found = {"plain": [], "recorded": [], "json": [], "html": [], "recording": None}
    for _ in range(times):
        plain = run(build, command, environment)
        found["plain"].append({"seconds": plain.seconds, "peak_bytes": plain.peak_bytes})
        ended, session = record(interpreter, build, command, folder)
        found["recorded"].append(
            {
                "seconds": ended.seconds,
                "peak_bytes": ended.peak_bytes,
                "spool_bytes": spool_bytes(session) if os.path.isdir(session) else None,
            }
        )
        if os.path.isdir(session) and calls < 100000000:
            found["recording"] = look(build, session)
        for kind in "json", "html":
            output = os.path.join(folder, "t." + kind)
            kept = convert(build, session, output)
            if os.path.exists(output):
                os.remove(output)
            kept.update(launched=launch(build, command, environment, output))
            found[kind].append(kept)
            if os.path.exists(output):
                os.remove(output)
        shutil.rmtree(session, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    return found


def measure_viztracer(interpreter, build, calls):
    """Its default, as its command line does it: JSON, and the same as HTML."""
    folder = build.new_folder("viztracer")
    variant = variants.BY_NAME["viztracer"]
    environment = variants.environment(variant, interpreter, build, folder)
    found = {}
    for kind in "json", "html":
        output = os.path.join(folder, "t." + kind)
        command = [interpreter.path, "-m", "viztracer", "--quiet", "-o", output, "--"]
        ended = run(build, command + [WORKER, "none", "calls", str(calls)], environment)
        found[kind] = {
            "seconds": ended.seconds,
            "peak_bytes": ended.peak_bytes,
            "output_bytes": os.path.getsize(output) if os.path.exists(output) else None,
        }
    shutil.rmtree(folder, ignore_errors=True)
    return found


def median(rows, key):
    values = [row[key] for row in rows if row.get(key) is not None]
    return statistics.median(values) if values else None
