# SPDX-License-Identifier: Apache-2.0
"""The longest pauses over a long recording, as the program itself sees them.

The program reads the clock after each call; where more than a millisecond
passed, either the machine took it (that happens to the plain run, too), or the
tracer did.  The tracer's must be in the trace as its own work.
"""

import json
import os
import shutil
import subprocess

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


def covered(pause, busy, realtime_ns):
    """The share of a pause that lies in the tracer's own records."""
    begin, end = pause[0] - NEAR_NS, pause[0] + pause[1] + NEAR_NS
    inside = 0
    for start, duration in busy:
        start += realtime_ns
        inside += max(0, min(end, start + duration) - max(begin, start))
    return min(1.0, inside / pause[1])


def measure_in(interpreter, build, calls, folder):
    """One recorded run whose spool lies in that folder."""
    scratch = os.path.join(folder, "codesnap-bench-%d" % os.getpid())
    os.makedirs(scratch)
    environment = variants.environment(
        variants.BY_NAME["codesnap"], interpreter, build, scratch
    )
    environment["CODESNAP_OUT"] = os.path.join(scratch, "kept.json")
    try:
        seen = run(interpreter, environment, calls)
        recording = whole.look(build, os.path.join(scratch, "kept.json.codesnap"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if not recording:
        return {"error": "the recording could not be read"}
    busy = recording["busy"]
    realtime = recording["realtime_ns"]
    return {
        "calls": recording["calls"],
        "spool_bytes": recording["spool_bytes"],
        "seen": sorted(
            ([length, covered([at, length], busy["longest"], realtime)] for at, length in seen),
            reverse=True,
        )[:20],
        "seen_count": len(seen),
        "busy_count": busy["count"],
        "busy_total_ns": busy["total_ns"],
        "busy_longest_ns": [duration for _, duration in busy["longest"][:20]],
    }


def measure(interpreter, build, calls):
    plain = variants.environment(
        variants.BY_NAME["plain"], interpreter, build, build.scratch
    )
    seen = run(interpreter, plain, calls)
    found = {
        "plain": {
            "seen": sorted(([length, 0] for _, length in seen), reverse=True)[:20],
            "seen_count": len(seen),
        },
        "disk": measure_in(interpreter, build, calls, build.scratch),
    }
    if os.path.ismount("/dev/shm"):
        found["tmpfs"] = measure_in(interpreter, build, calls, "/dev/shm")
    return found
