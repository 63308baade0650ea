"""children.py COUNT HOW: so many children, each calls work() once and says so.

HOW: fork (one after the other), exec (one after the other, each its own image)
or together (the same, but none goes before all are there).  Prints the pids.
"""

import os
import sys
import time


def work():
    return os.getpid()


def fork(count):
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            work()
            os._exit(0)
        print(pid)
        os.waitpid(pid, 0)


def child(*arguments):
    import subprocess  # not in the children

    return subprocess.Popen([sys.executable, "-S", "-E", __file__, "0"] + list(arguments))


def execute(count):
    for _ in range(count):
        process = child("work")
        print(process.pid)
        process.wait()


def together(count):
    here = os.getcwd()
    processes = [child("meet", here, str(count)) for _ in range(count)]
    for process in processes:
        print(process.pid)
        process.wait()


def meet(folder, count):
    """Come, and go on when that many are there."""
    path = os.path.join(folder, "here")
    with open(path, "ab", 0) as stream:
        stream.write(b".")
    until = time.time() + 60
    while os.path.getsize(path) < int(count) and time.time() < until:
        time.sleep(0.02)
    work()


def main(count, how, *rest):
    todo = {"fork": fork, "exec": execute, "together": together}
    if how in todo:
        todo[how](int(count))
    elif how == "meet":
        meet(*rest)
    else:
        work()


main(*sys.argv[1:])
