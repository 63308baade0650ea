# SPDX-License-Identifier: Apache-2.0
"""What a conversion takes.  Rates count the time that the process had of a core
(user and system), so that others on the machine disturb little.
"""

import json
import os
import re
import subprocess
import sys

import interpreters

# Million calls a second on one core.
TARGETS = {"html": 3, "pftrace": 3, "json": 5, "folded": 10, "pstats": 10, "report": 10}
MEMORY_TARGET = 256 << 20
PIECE = 1 << 20


def formats():
    """The rows of formats.def, and the report."""
    with open(os.path.join(interpreters.CHECKOUT, "formats", "formats.def")) as table:
        return re.findall(r"^FORMAT\((\w+),", table.read(), re.M) + ["report"]


def command(build, name, session, output):
    if name in ("report", "info"):
        return [build.codesnap, name, session]
    return [build.codesnap, "convert", "-q", session, "--format", name, "-o", output]


def start(build, name, session, output, fd=None):
    """The process of one conversion, whose own output goes to fd."""
    passed = [] if fd is None else ["--output", str(fd)]
    process = subprocess.Popen(
        [build.tool("timed")] + passed + command(build, name, session, output),
        env=interpreters.clean_environment(),
        stdout=subprocess.PIPE,
        pass_fds=() if fd is None else (fd,),
    )
    if fd is not None:
        os.close(fd)
    return process


def result(process, name):
    """{seconds, cpu, peak_bytes} of it."""
    said = json.loads(process.communicate()[0].decode())
    if said["status"]:
        sys.exit("bench: %s ended with status %d" % (name, said["status"]))
    return {
        "seconds": said["end"] - said["begin"],
        "cpu": said["cpu"],
        "peak_bytes": said["peak_bytes"],
    }


def to_null(build, name, session):
    return result(start(build, name, session, os.devnull), name)


def empty(fd):
    """Take what comes through a pipe; how many bytes."""
    count = 0
    null = os.open(os.devnull, os.O_WRONLY)
    while True:
        if hasattr(os, "splice"):
            taken = os.splice(fd, null, PIECE)
        else:
            taken = len(os.read(fd, PIECE))
        if not taken:
            break
        count += taken
    os.close(null)
    os.close(fd)
    return count


def to_pipe(build, name, session):
    """The same into a pipe, with output_bytes."""
    here, there = os.pipe()
    process = start(build, name, session, "-", there)
    count = empty(here)
    return dict(result(process, name), output_bytes=count)


def to_file(build, name, session, path):
    found = result(start(build, name, session, path), name)
    return dict(found, output_bytes=os.path.getsize(path))
