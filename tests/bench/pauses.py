# SPDX-License-Identifier: Apache-2.0
"""The longest pauses over a long recording, as the program itself sees them.

The program reads the clock after each call; where more than a millisecond
passed, either the machine took it (that happens to the plain run, too), or the
tracer did.  The tracer's must be in the trace as its own work.  What the thread
waited for a processor, since others had it, is nobody's and taken off: the
kernel tells it (/proc/PID/schedstat).

A machine that writes to its disk pauses programs by itself: the kernel's writing
takes the processor, and on a virtual machine so does the host's.  How much that
is, is seen by a plain run while another process writes as many bytes a second.
"""

import json
import os
import shutil
import subprocess
import sys
import time

import interpreters
import variants
import whole

WORKER = os.path.join(interpreters.HERE, "worker.py")
NEAR_NS = 200000  # the two clocks are joined by a look at both


def run(interpreter, environment, calls):
    done = subprocess.run(
        [interpreter.path, WORKER, "none", "pauses", str(calls // 2)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )
    return json.loads(done.stdout)


def write_for_ever(path, rate):
    """So many bytes a second into a file, as a growing recording does."""
    block, begin, written = os.urandom(256 << 10), time.time(), 0
    with open(path, "wb", buffering=0) as file:
        while True:
            file.write(block)
            written += len(block)
            time.sleep(max(0, written / rate - (time.time() - begin)))


def run_beside_writer(interpreter, build, calls, rate):
    path = os.path.join(build.scratch, "written-%d" % os.getpid())
    writer = subprocess.Popen([sys.executable, os.path.abspath(__file__), path, str(rate)])
    try:
        return run_plain(interpreter, build, calls)
    finally:
        writer.kill()
        writer.wait()
        os.unlink(path)


def run_plain(interpreter, build, calls):
    plain = variants.BY_NAME["plain"]
    return run(interpreter, variants.environment(plain, interpreter, build, build.scratch), calls)


def covered(begin, length, busy, realtime_ns):
    """The share of a pause that lies in the tracer's own records."""
    begin, end = begin - NEAR_NS, begin + length + NEAR_NS
    inside = 0
    for start, duration in busy:
        start += realtime_ns
        inside += max(0, min(end, start + duration) - max(begin, start))
    return min(1.0, inside / length)


def weighed(seen, busy=(), realtime_ns=0):
    """[ns without waiting, ns, share that is the tracer's], the longest first."""
    rows = [
        [length - waiting, length, covered(begin, length, busy, realtime_ns)]
        for begin, length, waiting in seen
    ]
    return {
        "seen": sorted(rows, reverse=True)[:20],
        "seen_count": len(rows),
        "longest_ns": max((row[1] for row in rows), default=0),
        "above": sum(row[0] > 10e6 for row in rows),
        "tracer_ns": max((min(row[0], row[1] * row[2]) for row in rows), default=0),
    }


def measure_in(interpreter, build, calls, folder):
    """One recorded run whose spool lies in that folder."""
    scratch = os.path.join(folder, "codesnap-bench-%d" % os.getpid())
    os.makedirs(scratch)
    environment = variants.environment(
        variants.BY_NAME["codesnap"], interpreter, build, scratch
    )
    environment["CODESNAP_OUT"] = os.path.join(scratch, "kept.json")
    begin = time.time()
    try:
        seen = run(interpreter, environment, calls)
        seconds = time.time() - begin
        recording = whole.look(build, os.path.join(scratch, "kept.json.codesnap"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if not recording:
        return {"error": "the recording could not be read"}
    busy = recording["busy"]
    realtime = recording["realtime_ns"]
    return dict(
        weighed(seen, busy["longest"], realtime),
        calls=recording["calls"],
        spool_bytes=recording["spool_bytes"],
        seconds=seconds,
        busy_count=busy["count"],
        busy_total_ns=busy["total_ns"],
        busy_longest_ns=[duration for _, duration in busy["longest"][:20]],
    )


def measure(interpreter, build, calls):
    found = {
        "plain": weighed(run_plain(interpreter, build, calls)),
        "disk": measure_in(interpreter, build, calls, build.scratch),
    }
    if "seconds" in found["disk"]:
        rate = found["disk"]["spool_bytes"] / found["disk"]["seconds"]
        found["plain beside a writer"] = weighed(
            run_beside_writer(interpreter, build, 3 * calls, rate)
        )
    if os.path.ismount("/dev/shm"):
        found["tmpfs"] = measure_in(interpreter, build, calls, "/dev/shm")
    return found


if __name__ == "__main__":
    write_for_ever(sys.argv[1], float(sys.argv[2]))
