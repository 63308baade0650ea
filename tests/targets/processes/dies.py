"""dies.py HOW: calls a known number of functions, then dies in that way."""

import faulthandler
import os
import signal
import sys
import threading


def leaf(n):
    return n


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def terminate():
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()


def segfault():
    faulthandler._sigsegv()


def leave():
    os._exit(7)


def uncaught():
    raise LookupError("nobody catches this")


def in_a_thread():
    thread = threading.Thread(target=kill)
    thread.start()
    thread.join()


def main(how):
    for n in range(12345):
        leaf(n)
    {
        "kill": kill,
        "terminate": terminate,
        "segfault": segfault,
        "abort": os.abort,
        "exit": leave,
        "uncaught": uncaught,
        "thread": in_a_thread,
    }[how]()


main(sys.argv[1])
