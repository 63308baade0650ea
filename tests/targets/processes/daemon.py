"""daemon.py CALLS: becomes a daemon as the books say, and works on as one.

Forks twice, closes every descriptor, leaves its folder, session, file mask and
(where root runs it) its user, and then calls late() so often.
"""

import os
import sys


def leaf(n):
    return n


def late(calls):
    for n in range(calls):
        leaf(n)


def become_daemon():
    if os.fork():
        os.wait()
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    os.umask(0)
    os.closerange(0, 1024)
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


become_daemon()
late(int(sys.argv[1]))
os._exit(0)
