# SPDX-License-Identifier: Apache-2.0
"""killed.py PROOF KIND: calls functions until somebody kills it, and proves it.

PROOF is a file of slots, one for each thread of each process, four words each:
pid, tid, how many steps have returned.  It is mapped and shared, so that what
was stored before a SIGKILL is there after it.  kills.py compares.
"""

import mmap
import os
import signal
import subprocess
import sys
import threading

SLOT_WORDS = 4
TEXT = "abc"


def leaf(n):
    return len(TEXT) + n


def step(n):
    return leaf(n)


def prove(slot, first=0, last=1 << 60):
    """Steps, each proved after it returned; says how many."""
    at = slot * SLOT_WORDS
    slots[at] = os.getpid()
    slots[at + 1] = int(os.readlink("/proc/thread-self").rpartition("/")[2])
    n = first
    while n < last:
        step(n)
        n += 1
        slots[at + 2] = n
    return n


def single():
    prove(0)


def threads():
    for slot in range(1, 5):
        threading.Thread(target=prove, args=(slot,), daemon=True).start()
    prove(0)


def tree():
    """Three children with a child each."""
    for slot in (1, 2, 3):
        if os.fork() == 0:
            prove(slot + 3 * (os.fork() == 0))
    prove(0)


def spawning():
    """Children of other images, one by exec alone."""
    for slot in (1, 2):
        subprocess.Popen([sys.executable, __file__, sys.argv[1], "slot:%d" % slot])
    done = prove(0, last=2000)
    os.execv(sys.executable, [sys.executable, __file__, sys.argv[1], "slot:0:%d" % done])


def forking():
    """One child after the other, every second one killed at work."""
    done = 0
    for slot in range(1, len(slots) // SLOT_WORDS):
        pid = os.fork()
        if pid == 0:
            prove(slot, last=300 if slot % 2 else 1 << 60)
            os._exit(0)
        done = prove(0, done, done + 50 + slot % 7 * 40)
        if slot % 2 == 0:
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def main(path, kind):
    global slots
    with open(path, "r+b") as stream:
        slots = memoryview(mmap.mmap(stream.fileno(), 0)).cast("Q")
    if kind.startswith("slot:"):
        prove(*map(int, kind.split(":")[1:]))
    globals()[kind]()


main(*sys.argv[1:])
