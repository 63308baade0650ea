#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How deep a recursion fits into a thread's stack of 1 MiB, untraced and traced.

    stack.py --build BUILD --pythons PATH... [--shapes SHAPE...]
    stack.py probe SHAPE            what it runs: prints the deepest one that fits

A depth fits if neither a RecursionError (but for the recursion limit, which is
taken away) nor a crash ends it.  Each try is a forked child.  Where a call takes
no C stack the search ends at MOST.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading

MOST = 50000
STACK = 1 << 20


class Init:
    def __init__(self, n):
        n and Init(n - 1)


class Callable:
    def __call__(self, n):
        return n and self(n - 1)


class Property:
    def __init__(self, n):
        self.n = n

    @property
    def down(self):
        self.n -= 1
        return self.n > 0 and self.down


def plain(n):
    return n and plain(n - 1)


def star(n, **k):
    return n and star(*(n - 1,), **k)


def passing(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@passing
def decorated(n):
    return n and decorated(n - 1)


def through_c(n):
    return n and list(map(through_c, (n - 1,)))


SHAPES = {
    "plain": plain,
    "f(*a, **k)": star,
    "decorated": decorated,
    "__init__": Init,
    "__call__": lambda n: Callable()(n),
    "property": lambda n: Property(n).down,
    "through map": through_c,
}


def fits(shape, depth):
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        failed = []

        def work():
            try:
                SHAPES[shape](depth)
            except (RecursionError, MemoryError):
                failed.append(depth)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        os._exit(len(failed))
    return os.waitpid(pid, 0)[1] == 0


def probe(shape):
    if os.environ.get("BENCH_NULL"):  # callbacks that return at once
        import worker

        (worker.start_null_python if os.environ.get("BENCH_PYTHON_ONLY") else worker.start_null)()
    sys.setrecursionlimit(10**6)
    threading.stack_size(STACK)
    low, high = 0, MOST
    if fits(shape, high):
        return high
    while high - low > max(20, low // 100):
        middle = (low + high) // 2
        low, high = (middle, high) if fits(shape, middle) else (low, middle)
    return low


class Bench:
    def __init__(self, build):
        self.build = os.path.abspath(build)

    def run(self, command, more=()):
        environment = {k: v for k, v in os.environ.items()
                       if not k.startswith(("CODESNAP_", "LD_", "BENCH_"))}
        environment.update(more)
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=900)
        return int(done.stdout) if done.returncode == 0 else None

    def row(self, python, shape):
        command = [python, "-W", "ignore", os.path.abspath(__file__), "probe", shape]
        codesnap = [os.path.join(self.build, "codesnap"), "run", "-q", "-o", "/tmp/codesnap-stack.json"]
        null = os.path.join(self.build, "bench", "libbench_null.so")
        return [
            self.run(command),
            self.run(command, {"BENCH_NULL": null}),
            self.run(codesnap + ["--"] + command),
            self.run(command, {"BENCH_NULL": null, "BENCH_PYTHON_ONLY": "1"}),
            self.run(codesnap + ["--c-calls=no", "--"] + command),
        ]


def show(levels):
    if levels is None:
        return "-"
    return "%d+" % levels if levels >= MOST else "%d" % levels


def main():
    if sys.argv[1] == "probe":
        print(probe(sys.argv[2]))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--pythons", nargs="+", default=[])
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES))
    arguments = parser.parse_args()
    bench = Bench(arguments.build)
    form = "%-8s %-12s %9s %9s %9s %9s %9s"
    print("How many levels of a recursion fit into a C stack of 1 MiB.  `empty` are CPython's\n"
          "own hooks with callbacks that return at once.\n")
    print(form % ("", "", "", "with C", "calls", "without", ""))
    print(form % ("Python", "calls by", "untraced", "empty", "codesnap", "empty", "codesnap"))
    for python in arguments.pythons:
        version = subprocess.check_output(
            [python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"]).decode().strip()
        for shape in arguments.shapes:
            print(form % ((version, shape) + tuple(map(show, bench.row(python, shape)))), flush=True)


if __name__ == "__main__":
    main()
