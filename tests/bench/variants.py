# SPDX-License-Identifier: Apache-2.0
"""The tracers that are compared: one row each.

A row says what worker.py starts from the inside, whether the agent is
preloaded, which variables it gets, which Python 3 versions it is for, and
which package it needs.  A row whose variable options.def does not know is
skipped, and that is said.
"""

import os
from collections import namedtuple

import interpreters

Variant = namedtuple("Variant", "name tracer agent variables since until package help")

VARIANTS = [
    Variant("plain", "none", False, {}, 6, 99, None, "no tracer"),
    Variant("codesnap", "none", True, {}, 6, 99, None, "Python and C calls"),
    Variant("codesnap-python", "none", True, {"CODESNAP_C_CALLS": "no"}, 6, 99, None, "without C calls"),
    Variant("null", "null", False, {}, 6, 99, None, "D: the hooks alone, returning at once"),
    Variant("null-python", "null-python", False, {}, 6, 99, None, "D without C calls"),
    Variant("null-both", "null-both", False, {}, 6, 11, None, "D with frame evaluation too, which arms the threads"),
    Variant("null-frames", "null-frames", False, {}, 12, 99, None, "frame evaluation alone"),
    Variant("null-mixed", "null-mixed", False, {}, 12, 99, None, "frame evaluation and CALL"),
    Variant("cprofile", "cprofile", False, {}, 6, 99, None, "cProfile: totals, no timeline"),
    Variant("viztracer", "viztracer", False, {}, 6, 99, "viztracer", "VizTracer as it comes"),
    Variant("viztracer-python", "viztracer-python", False, {}, 6, 99, "viztracer", "VizTracer without C calls"),
    Variant("codesnap-exclude", "none", True, {"CODESNAP_FILTER": "exclude=programs:*"}, 6, 99, None, "the program's functions left out"),
    Variant("codesnap-exclude-c", "none", True, {"CODESNAP_FILTER": "exclude=builtins:*;exclude=list:*"}, 6, 99, None, "C functions left out"),
    Variant("codesnap-tree", "none", True, {"CODESNAP_FILTER": "exclude-tree=programs:*"}, 6, 99, None, "and all that they call"),
    Variant("codesnap-depth", "none", True, {"CODESNAP_MAX_DEPTH": "6"}, 6, 99, None, "6 levels"),
    Variant("codesnap-include", "none", True, {"CODESNAP_FILTER": "include=__main__:*"}, 6, 99, None, "the script alone"),
    Variant("codesnap-own", "none", True, {"CODESNAP_OWN": "1"}, 6, 99, None, "own code, and its calls into libraries"),
    Variant("codesnap-exceptions", "none", True, {"CODESNAP_EXCEPTIONS": "1"}, 6, 99, None, "exceptions, too"),
    Variant("codesnap-syscalls", "none", True, {"CODESNAP_SYSCALLS": "1"}, 6, 99, None, "calls of libc that block, too"),
    Variant("codesnap-no-gil", "none", True, {"CODESNAP_GIL": "no"}, 6, 99, None, "no waits for the GIL"),
    Variant("codesnap-last", "none", True, {"CODESNAP_LAST": "10s"}, 6, 99, None, "what was last"),
    Variant("codesnap-counters", "none", True, {"CODESNAP_COUNTERS": "1"}, 6, 99, None, "what the process uses, too"),
    Variant("codesnap-events", "none", True, {"CODESNAP_EVENTS": "all"}, 6, 99, None, "what happens, too"),
    # In a program of --rotate nothing else happens; the files are written by others.
    Variant("codesnap-rotate", "none", True, {"CODESNAP_LAST": "1s"}, 6, 99, None, "a period"),
    Variant("codesnap-size", "none", True, {"CODESNAP_MAX_SIZE": "2M", "CODESNAP_WHEN_FULL": "ring"}, 6, 99, None, "what fits"),
    Variant("codesnap-args", "none", True, {"CODESNAP_ARGS": "args=*;returns=*"}, 6, 99, None, "arguments and return values, of 10,000 calls a second"),
    Variant("codesnap-short", "none", True, {"CODESNAP_MIN_DURATION": "1ms"}, 6, 99, None, "long calls"),
    Variant("codesnap-paused", "none", True, {"CODESNAP_START": "paused"}, 6, 99, None, "nothing, until it is told to"),
    Variant("codesnap-bounded", "none", True, {"CODESNAP_MAX_OVERHEAD": "5%"}, 12, 99, None, "--max-overhead 5%"),
    Variant("viztracer-exclude", "viztracer-exclude", False, {}, 6, 99, "viztracer", "--exclude_files of the program"),
    Variant("viztracer-depth", "viztracer-depth", False, {}, 6, 99, "viztracer", "--max_stack_depth 6"),
    Variant("viztracer-include", "viztracer-include", False, {}, 6, 99, "viztracer", "--include_files of the script"),
    Variant("viztracer-frozen", "viztracer-frozen", False, {}, 6, 99, "viztracer", "--ignore_frozen"),
    Variant("trace0", "trace0", False, {}, 13, 99, "trace0", "trace0: Python functions only"),
]

BY_NAME = {variant.name: variant for variant in VARIANTS}


class Build:
    """What was built, and where things are put."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.agent = os.path.join(self.build, "libcodesnap_agent.so")
        self.launcher = os.path.join(self.build, "codesnap-run")
        self.codesnap = os.path.join(self.build, "codesnap")
        self.folder = os.path.join(self.build, "bench")
        self.clock = ""  # "cpu": of a core, not of the wall
        self.scratch = os.environ.get("BENCH_DIR") or os.path.join(self.folder, "scratch")
        with open(os.path.join(interpreters.CHECKOUT, "agent", "session", "options.def")) as table:
            self.options = table.read()

    def tool(self, name):
        return os.path.join(self.folder, name)

    def new_folder(self, name):
        path = os.path.join(self.scratch, name)
        os.makedirs(path, exist_ok=True)
        return path


def why_not(variant, interpreter, build):
    """Why this variant can't be measured there; None if it can."""
    if not variant.since <= interpreter.minor <= variant.until:
        return "not for 3.%d" % interpreter.minor
    for name in variant.variables:
        if '"%s"' % name not in build.options:
            return "the agent has no option %s" % name
    if variant.package and not interpreter.package(variant.package):
        return interpreter.reasons.get(variant.package, "not installed")
    return None


def available(interpreter, build, names):
    return [
        variant
        for variant in VARIANTS
        if variant.name in names and not why_not(variant, interpreter, build)
    ]


def environment(variant, interpreter, build, scratch, packages=()):
    """Of a process of that variant; scratch is a folder for what it writes."""
    variables = interpreters.clean_environment()
    wanted = [variant.package] if variant.package else []
    folders = [interpreter.package(p) for p in wanted + list(packages)]
    variables["PYTHONPATH"] = ":".join(f for f in folders if f)
    variables["BENCH_NULL"] = build.tool("libbench_null.so")
    variables["BENCH_SCRATCH"] = scratch
    variables["BENCH_CLOCK"] = build.clock
    if variant.agent:
        variables.update(variant.variables)
        variables["LD_PRELOAD"] = build.agent
        variables["CODESNAP_OUT"] = os.path.join(scratch, "%p.json")
        variables["CODESNAP_EXIT_CONVERT"] = "0"
    return variables
