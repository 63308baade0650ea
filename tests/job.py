#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A shell with one job: job.py STEP... -- COMMAND...

Runs the command on a terminal of its own, as the foreground job, and does the
steps in order; exits 1 with the step that did not come true.

  see:TEXT      the job has printed TEXT
  type:KEYS     at the keyboard; ^C and ^Z are the control characters
  kill:NAME     send SIGNAME to the process that was started, alone
  stopped:NAME  it stops, by SIGNAME
  fg            continue the job, as the shell's fg does
  ended:N       it ends with status N
  killed:NAME   it dies of SIGNAME
"""
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time

PATIENCE = 60


def fail(step, why):
    sys.exit("job.py: %s: %s; so far: %r" % (step, why, seen))


def number(name):
    return getattr(signal, "SIG" + name)


def wait(step):
    """The next status of the job, while its output is read."""
    global seen
    until = time.time() + PATIENCE
    while time.time() < until:
        read(0.02)
        pid, status = os.waitpid(job, os.WNOHANG | os.WUNTRACED)
        if pid:
            return status
    fail(step, "nothing happened")


def read(patience):
    global seen
    if not select.select([terminal], [], [], patience)[0]:
        return False
    try:
        data = os.read(terminal, 4096)
    except OSError:
        return False
    seen += data.decode("utf-8", "replace")
    return bool(data)


def see(text):
    global seen
    until = time.time() + PATIENCE
    while text not in seen:
        if time.time() > until:
            fail("see:" + text, "not seen")
        read(0.1)
    seen = seen.split(text, 1)[1]


def do(step):
    what, _, rest = step.partition(":")
    if what == "see":
        see(rest)
    elif what == "type":
        keys = rest.replace("^C", "\x03").replace("^Z", "\x1a")
        os.write(terminal, keys.encode())
    elif what == "kill":
        os.kill(job, number(rest))
    elif what == "stopped":
        status = wait(step)
        if not os.WIFSTOPPED(status) or os.WSTOPSIG(status) != number(rest):
            fail(step, "status %#x" % status)
    elif what == "fg":
        os.killpg(job, signal.SIGCONT)
    elif what == "ended":
        status = wait(step)
        if not os.WIFEXITED(status) or os.WEXITSTATUS(status) != int(rest):
            fail(step, "status %#x" % status)
    elif what == "killed":
        status = wait(step)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != number(rest):
            fail(step, "status %#x" % status)
    else:
        fail(step, "no such step")


def become_shell(slave):
    """Lead a session whose terminal that is."""
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


def start_job(command, slave):
    """Fork the foreground job; both sides put it there, as shells do."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        for fd in range(3):
            os.dup2(slave, fd)
        os.closerange(3, 64)
        os.execvp(command[0], command)
    try:
        os.setpgid(pid, pid)
    except OSError:
        pass
    return pid


seen = ""
split = sys.argv.index("--")
steps, command = sys.argv[1:split], sys.argv[split + 1:]
terminal, slave = pty.openpty()
if os.fork():
    _, status = os.wait()
    sys.exit(0 if status == 0 else 1)
become_shell(slave)
job = start_job(command, slave)
for step in steps:
    do(step)
print(seen, end="")
