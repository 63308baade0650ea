#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A service under `--last 30s --max-overhead 5%`, beside the same one untraced.

    service.py --build BUILD --python PATH [--minutes N] [--rate N] [--period SECONDS]

PATH is a Python that has gunicorn and Django.  Both services answer the same
requests, in turn, so many a second.  After each period a line says what the
recorded one has taken: memory of its own of all its processes, disk blocks of its
session, processor time of a request as a multiple of the untraced one's, the
median and the longest answer of both, how long a snapshot took and what is in it.
"""

import argparse
import glob
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
APP = os.path.join(HERE, "programs/real")
TICK = 1 / os.sysconf("SC_CLK_TCK")


def children_of(root):
    """The process and all that it started: {pid: fields of its stat}."""
    parents = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as stream:
                fields = stream.read().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.split("/")[2])] = fields
    found = {root: parents.get(root)}
    while True:
        more = {pid: fields for pid, fields in parents.items() if int(fields[1]) in found and pid not in found}
        if not more:
            return {pid: fields for pid, fields in found.items() if fields}
        found.update(more)


def own_memory(pid):
    try:
        with open("/proc/%d/status" % pid) as stream:
            return int(re.search(r"RssAnon:\s*(\d+) kB", stream.read()).group(1)) * 1024
    except (OSError, AttributeError):
        return 0


class Service:
    def __init__(self, command, port):
        self.url = "http://127.0.0.1:%d/shop/" % port
        self.process = subprocess.Popen(
            command + ["-m", "gunicorn", "-w", "2", "--log-level", "error", "--chdir", APP, "-b", "127.0.0.1:%d" % port, "django_app:application"],
            stdin=subprocess.DEVNULL,
        )
        self.answers = []
        self.used = 0
        self.wait()

    def wait(self):
        until = time.time() + 30
        while True:
            try:
                self.ask()
                break
            except OSError:
                if time.time() > until or self.process.poll() is not None:
                    sys.exit("service.py: the service does not answer")
                time.sleep(0.1)
        self.answers = []

    def ask(self):
        begin = time.perf_counter()
        with urllib.request.urlopen(self.url, timeout=10) as answer:
            assert b"SHOP" in answer.read()
        self.answers.append(time.perf_counter() - begin)

    def cpu(self):
        """Of each request since the last time this was asked, in seconds."""
        whole = sum(int(fields[11]) + int(fields[12]) for fields in children_of(self.process.pid).values()) * TICK
        used, self.used = whole - self.used, whole
        return used / max(1, len(self.answers))

    def memory(self):
        return sum(own_memory(pid) for pid in children_of(self.process.pid))

    def take_answers(self):
        answers, self.answers = self.answers, []
        return statistics.median(answers) * 1e3, max(answers) * 1e3

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def blocks(folder):
    return sum(os.stat(path).st_blocks * 512 for path in glob.glob(folder + "/**", recursive=True) if os.path.exists(path))


def snapshot(build, session, path):
    """(seconds, calls) of what the session holds now."""
    begin = time.perf_counter()
    subprocess.run([build + "/codesnap", "ctl", "-q", session, "snapshot", path], check=True)
    took = time.perf_counter() - begin
    said = subprocess.run([build + "/codesnap", "info", path], check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout
    return took, re.search(r"^calls +([\d,]+)", said, re.M).group(1)


def line(number, period, plain, recorded, build, session, scratch):
    cpu = [service.cpu() for service in (plain, recorded)]
    (usual, longest), (own_usual, own_longest) = plain.take_answers(), recorded.take_answers()
    took, calls = snapshot(build, session, os.path.join(scratch, "now.json"))
    print(
        "%7.1f  %8.1f %8.1f  %8.1f  %9.3f  %6.1f %7.1f  %6.1f %7.1f  %8.2f  %10s"
        % (number * period / 60, plain.memory() / 1e6, recorded.memory() / 1e6, blocks(session) / 1e6, cpu[1] / cpu[0], usual, longest, own_usual, own_longest, took, calls),
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--period", type=float, default=60)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--port", type=int, default=18080)
    asked = parser.parse_args()
    build = os.path.abspath(asked.build)
    scratch = tempfile.mkdtemp(prefix="codesnap-service-")
    output = os.path.join(scratch, "service.html")
    recorded = Service([build + "/codesnap-run", "-q", "--last", "30s", "--max-overhead", "5%", "-o", output, asked.python], asked.port)
    plain = Service([asked.python], asked.port + 1)
    for service in (plain, recorded):
        service.cpu()
    print("          memory, MB          disk    CPU of a   plain, ms       recorded, ms    snapshot  calls")
    print("minute      plain recorded        MB     request  median     max  median     max         s  in it", flush=True)
    try:
        for number in range(1, round(asked.minutes * 60 / asked.period) + 1):
            until = time.time() + asked.period
            while time.time() < until:
                begin = time.time()
                plain.ask()
                recorded.ask()
                time.sleep(max(0, begin + 1 / asked.rate - time.time()))
            line(number, asked.period, plain, recorded, build, output + ".codesnap", scratch)
    finally:
        plain.end()
        recorded.end()
        shutil.rmtree(scratch, ignore_errors=True)


main()
