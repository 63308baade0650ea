#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What each function and each thread that comes and goes leaves in a program's memory.

    memory.py --build BUILD [--functions N] [--threads N] [--check] --pythons PATH...
    memory.py probe KIND COUNT [heap]     what it runs: prints bytes for each

Some of them warm the program up; then its memory is read before and after a third
of them, three times, and the median counts: what a table takes at once when it grows is
none of it.  Three figures: what tracemalloc counts in the interpreter's heap, what the
kernel counts as the process's own (RssAnon), and as pages of files (RssFile,
RssShmem), which the recording is.  With --check it fails where a recorded one leaves
more than MOST bytes beyond a plain one.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
import threading

PLAIN = "def f():\n    return len('')\nf()\n"
OTHERS = """
class C:
    def method(self):
        def inner():
            yield from (i for i in [x for x in (1, 2)])
        return list(inner())
    @classmethod
    def of_class(cls):
        return cls()
C.of_class().method()
"""


def functions_alike(count):
    for _ in range(count):
        exec(compile(PLAIN, "made.py", "exec"), {"__name__": "made"})


def functions_others(count):
    for _ in range(count // 6):
        exec(compile(OTHERS, "made.py", "exec"), {"__name__": "made"})


def functions_named(count, given=[0]):
    for _ in range(count):
        given[0] += 1
        exec(compile(PLAIN.replace("f()", "f%07d()" % given[0]), "made.py", "exec"), {"__name__": "made"})


def threads(count):
    for _ in range(count // 4):
        four = [threading.Thread(target=len, args=("",)) for _ in range(4)]
        for thread in four:
            thread.start()
        for thread in four:
            thread.join()


KINDS = {
    "functions": functions_alike,
    "nested": functions_others,
    "names": functions_named,
    "threads": threads,
}
MOST = {"functions": 24, "nested": 24, "threads": 400}
TITLES = {
    "functions": "function, made by exec and freed",
    "nested": "the same: methods, generators, closures",
    "names": "the same, each with a name of its own",
    "threads": "thread, started and ended",
}


def resident():
    fields = dict(line.split(":") for line in open("/proc/self/status"))
    anonymous, file, shared = (int(fields[name].split()[0]) << 10 for name in ("RssAnon", "RssFile", "RssShmem"))
    return anonymous, file + shared


def heap():
    import tracemalloc

    return (tracemalloc.get_traced_memory()[0],)


def probe(kind, count, read):
    make = KINDS[kind]
    if read is heap:
        import tracemalloc

        tracemalloc.start()
    third = count // 3
    make(third // 3)
    readings = []
    for _ in range(4):
        gc.collect()
        readings.append(read())
        if len(readings) < 4:
            make(third)
    growth = [[(b - a) / third for a, b in zip(one, next)] for one, next in zip(readings, readings[1:])]
    return [sorted(three)[1] for three in zip(*growth)]


class Bench:
    def __init__(self, build, folder):
        self.build = os.path.abspath(build)
        self.folder = folder

    def run(self, recorded, *command):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("CODESNAP_", "LD_", "PYTHON"))}
        if recorded:
            environment["CODESNAP_SPOOL"] = self.folder
            command = [os.path.join(self.build, "codesnap"), "run", "-q", "-o", self.folder + "/memory.folded"] + list(command)
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=900, check=True)
        return json.loads(done.stdout.decode())

    def figures(self, python, kind, count, recorded):
        command = [python, "-W", "ignore", os.path.abspath(__file__), "probe", kind, str(count)]
        anonymous, file = self.run(recorded, *command)
        return self.run(recorded, *(command + ["heap"])) + [anonymous, file]


def version_of(python):
    return subprocess.check_output([python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]).decode().strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--functions", type=int, default=100000)
    parser.add_argument("--threads", type=int, default=10000)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--pythons", nargs="+", default=[])
    arguments = parser.parse_args()
    import tempfile

    with tempfile.TemporaryDirectory(prefix="codesnap-memory-") as folder:
        sys.exit(table(arguments, Bench(arguments.build, folder)))


def table(arguments, bench):
    failed = False
    print("Bytes that one of them leaves behind, of %d functions or %d threads: plain, recorded.\n"
          % (arguments.functions, arguments.threads))
    form = "%-8s %-40s" + " %9s" * 6
    print(form % ("", "", "tracemalloc", "", "own", "memory", "pages of", "files"))
    print(form % ("Python", "one", *("plain", "recorded") * 3))
    for python in arguments.pythons:
        version = version_of(python)
        for kind in arguments.kinds:
            count = arguments.threads if kind == "threads" else arguments.functions
            plain, recorded = (bench.figures(python, kind, count, on) for on in (False, True))
            cells = ["%.1f" % figure for pair in zip(plain, recorded) for figure in pair]
            print(form % (version, TITLES[kind], *cells), flush=True)
            if arguments.check and kind in MOST:
                failed |= any(r - p > MOST[kind] for p, r in zip(plain[:2], recorded[:2]))
    return failed


if __name__ == "__main__":
    if sys.argv[1] == "probe":
        print(json.dumps(probe(sys.argv[2], int(sys.argv[3]), heap if sys.argv[4:] else resident)))
    else:
        main()
