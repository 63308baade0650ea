# SPDX-License-Identifier: Apache-2.0
"""The pyperformance programs that trace0 names, unmodified, a process each.

pyperf, which they are written for, does the timing, in its worker mode: in the
traced process, around the work alone.  The variants take turns process by
process, in an order that moves on.
"""

import json
import os
import shutil
import subprocess

import interpreters
import variants

WORKER = os.path.join(interpreters.HERE, "worker.py")
PROGRAMS = (
    "telco fannkuch nbody scimark json_dumps pyflate chaos float go spectral_norm "
    "raytrace hexiom deltablue richards"
).split()
VALUE_SECONDS = 0.05  # a value shorter than this takes more loops


def script_of(interpreter, program):
    return os.path.join(
        interpreter.package("pyperformance"),
        "pyperformance/data-files/benchmarks/bm_%s/run_benchmark.py" % program,
    )


def read_values(path):
    """The values of all that the script measured, added up; some have parts."""
    with open(path) as stream:
        benchmarks = json.load(stream)["benchmarks"]
    parts = [run["values"] for b in benchmarks for run in b["runs"] if "values" in run]
    return [sum(values) for values in zip(*parts)]


def run(interpreter, variant, build, program, how):
    """The seconds of each value, or why there are none."""
    scratch = build.new_folder("suite")
    output = os.path.join(scratch, "values.json")
    if os.path.exists(output):
        os.remove(output)
    done = subprocess.run(
        [interpreter.path, WORKER, variant.tracer, "script"]
        + [script_of(interpreter, program), "--worker", "-q", "-o", output]
        + ["-l", str(how["loops"]), "-w", str(how["warmups"]), "-n", str(how["values"])],
        env=variants.environment(variant, interpreter, build, scratch, ["pyperformance"]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    try:
        return read_values(output)
    except (OSError, ValueError, KeyError):
        return {"error": (done.stderr.splitlines() or ["no output"])[-1]}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def plan(interpreter, build, program):
    """How often to repeat: short ones more, long ones less."""
    once = {"loops": 1, "warmups": 1, "values": 1}
    values = run(interpreter, variants.BY_NAME["plain"], build, program, once)
    if isinstance(values, dict):
        return values
    seconds = max(values[0], 1e-6)
    if seconds > 0.4:
        return {"loops": 1, "warmups": 0, "values": 2}
    return {
        "loops": max(1, round(VALUE_SECONDS / seconds)),
        "warmups": 1,
        "values": 3,
    }


def measure_round(interpreter, build, names, wanted, number, result):
    """One more process for each variant of each program."""
    chosen = variants.available(interpreter, build, names)
    for program in wanted:
        kept = result.setdefault(program, {})
        if "how" not in kept:
            kept["how"] = plan(interpreter, build, program)
        if "error" in kept["how"]:
            continue
        turn = number % len(chosen)
        for variant in chosen[turn:] + chosen[:turn]:
            values = run(interpreter, variant, build, program, kept["how"])
            if isinstance(values, dict):
                kept.setdefault("errors", {})[variant.name] = values["error"]
            else:
                kept.setdefault(variant.name, []).append(min(values))
