# SPDX-License-Identifier: Apache-2.0
"""Instructions that one call costs, counted by steps.c: exact and repeatable.

What the kernel does is not in it, and neither is what happens once in thousands
of calls.
"""

import os
import re
import subprocess

import interpreters
import variants

WORKER = os.path.join(interpreters.HERE, "worker.py")
WANTED = ("plain", "codesnap", "codesnap-python", "null", "null-python")


def calls_counted():
    """STEPS of worker.py, which is not for importing."""
    with open(WORKER) as source:
        return int(re.search(r"^STEPS = (\d+)", source.read(), re.M).group(1))


def count(interpreter, variant, build):
    """{"python": n, "c": n}: instructions of a call, and its part of the loop."""
    scratch = build.new_folder("steps")
    done = subprocess.run(
        [build.tool("steps"), interpreter.path, WORKER, variant.tracer, "steps"],
        env=variants.environment(variant, interpreter, build, scratch),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    counts = [int(word) for word in done.stdout.split()]
    if done.returncode != 0 or len(counts) != 6:
        return {"error": (done.stderr.splitlines() or ["no counts"])[-1]}
    # Of each three the first one warms up: nothing, nothing, the calls.
    calls = calls_counted()
    return {
        "python": (counts[2] - counts[1]) / calls,
        "c": (counts[5] - counts[4]) / calls,
    }


def measure(interpreter, build):
    """{variant: {"python": n, "c": n}}; of all but plain, what is added to it."""
    found = {
        variant.name: count(interpreter, variant, build)
        for variant in variants.available(interpreter, build, WANTED)
    }
    plain = found["plain"]
    for name, counts in found.items():
        if name != "plain" and "error" not in counts and "error" not in plain:
            for kind in counts:
                counts[kind] -= plain[kind]
    return found
