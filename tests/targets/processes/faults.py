"""Meets all that a recording asks of the system: threads, a forked child, many
calls, deep ones, generators, a program that is started.  The output says what was
called; `step` is called 20000 times in the main thread, 2000 in each other one."""

import errno
import os
import subprocess
import sys
import threading


def step(i):
    return i + 1


def steps(n):
    for i in range(n):
        yield step(i)


def deep(n):
    return n and 1 + deep(n - 1)


def work(n):
    total = 0
    for i in range(n):
        total = step(total)
    return total


def fails(n):
    try:
        return open("/nonexistent/%d" % n)
    except OSError as error:
        return error.errno == errno.ENOENT


def in_thread(results, n):
    results.append((work(n), sum(steps(10)), fails(n)))


def main():
    print(work(20000), deep(200), sum(steps(100)), fails(1))
    results = []
    threads = [threading.Thread(target=in_thread, args=(results, 2000)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(results))
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        print("child", work(2000))
        sys.stdout.flush()
        os._exit(3)
    print(os.waitpid(pid, 0)[1])
    print(subprocess.call(["/bin/sh", "-c", "exit 5"]))


main()
