# SPDX-License-Identifier: Apache-2.0
"""Time programs inside workers that live at the same time, one step each.

A round starts one worker for each variant (and one for the floor F), then goes
through the programs; for each it asks the workers in turn for one piece of
work, in an order that moves on each time.  Only one of them works at a time,
and all of a program's times lie within a second: what the machine does to its
speed meanwhile, it does to all of them.
"""

import json
import os
import shutil
import subprocess

import interpreters
import programs
import variants

WORKER = os.path.join(interpreters.HERE, "worker.py")


class Worker:
    """A process that answers lines with lines of JSON."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
        self.greeting = self.read()

    def read(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "it died"}

    def ask(self, request):
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except OSError:
            return {"error": "it died"}
        return self.read()

    def close(self):
        try:
            self.process.stdin.close()
        except OSError:
            pass
        self.process.stdout.close()
        self.process.wait()


class Floor:
    """The worker of floor.c, asked for what it has whatever the program."""

    def __init__(self, build):
        self.worker = Worker(
            [build.tool("floor"), build.new_folder("floor")], os.environ.copy()
        )
        self.calls = self.worker.greeting["calls"]

    def sample(self, kept):
        for name in "fresh", "warm":
            kept.setdefault(name, []).append(
                min(self.worker.ask("run %s 2" % name)) / self.calls
            )

    def close(self):
        self.worker.close()


def start(interpreter, variant, build):
    scratch = build.new_folder("%s-%s" % (interpreter.name, variant.name))
    environment = variants.environment(variant, interpreter, build, scratch, ["sqlglot"])
    command = [interpreter.path, WORKER, variant.tracer, "serve"]
    return Worker(command, environment), scratch


def count_calls(interpreter, build, wanted):
    """{program: {"python": n, "c": n}}, or why it can't be run."""
    worker, _ = start(interpreter, variants.BY_NAME["plain"], build)
    calls = {name: worker.ask("count " + name) for name in wanted}
    worker.close()
    return calls


def measure_program(program, workers, times, samples):
    """samples: {variant: [ns, ...]}, one more list for each worker."""
    names = list(workers)
    if program in programs.SLEEPERS:
        times = max(2, times // 4)
    taken = {name: [] for name in names}
    for turn in range(times + 1):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            answer = workers[name].ask("run %s 1" % program)
            if isinstance(answer, dict):
                samples.setdefault("errors", {})[name] = answer["error"]
                names = [other for other in names if other != name]
            elif turn > 0:  # the first one only warms up
                taken[name] += answer
    for name, values in taken.items():
        if len(values) == times:
            samples.setdefault(name, []).append(values)


def measure_round(interpreter, build, names, wanted, times, result):
    """One more process for each variant; fills result[program][variant]."""
    floor = Floor(build)
    started = {
        variant.name: start(interpreter, variant, build)
        for variant in variants.available(interpreter, build, names)
    }
    workers = {name: worker for name, (worker, _) in started.items()}
    for program in wanted:
        measure_program(program, workers, times, result["programs"].setdefault(program, {}))
        floor.sample(result["floor"])
    for worker, scratch in started.values():
        worker.close()
        shutil.rmtree(scratch, ignore_errors=True)
    floor.close()


def new_result(interpreter, build, wanted):
    calls = count_calls(interpreter, build, wanted)
    possible = [name for name in wanted if "error" not in calls[name]]
    return {
        "calls": calls,
        "wanted": possible,
        "programs": {},
        "floor": {},
    }


ALL_PROGRAMS = list(programs.PROGRAMS)
