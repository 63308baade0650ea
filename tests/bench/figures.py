# SPDX-License-Identifier: Apache-2.0
"""From the times to what they mean.

The times of one turn lie side by side, so a slow-down is the median of
variant / plain over all turns of all processes.  What a call is charged is
(slow-down - 1) * the median plain time / calls, and ratios are those of what
is added.
"""

import statistics

# Programs that do little but call: what a tracer charges shows in these.
DENSE = (
    "fib(23)",
    "hanoi(16)",
    "qsort(5000)",
    "generator",
    "C calls",
    "methods",
    "threads",
    "sqlglot",
    "fib(17)",
    "hanoi(12)",
    "qsort(1000)",
)
FEW = 100  # calls, of which no price can be told
# Without calls of Python functions there is nothing to see in these.
C_ONLY = ("C calls",)


def flatten(lists):
    return [value for values in lists for value in values]


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def is_python_only(variant):
    return variant.endswith("-python") or variant == "trace0"


def slowdown_of(samples, variant):
    """Of samples {variant: [[ns of each turn] of each process]}, or None."""
    pairs = []
    for plain, traced in zip(samples.get("plain", []), samples.get(variant, [])):
        pairs += [b / a for a, b in zip(plain, traced)]
    return median(pairs)


def micro(program, result):
    """{variant: {slowdown, added_ns_per_call}} of one program."""
    samples = result["programs"][program]
    calls = result["calls"][program]
    plain_ns = median(flatten(samples.get("plain", [])))
    found = {}
    for variant in samples:
        slowdown = slowdown_of(samples, variant)
        if variant == "errors" or slowdown is None:
            continue
        count = calls["python"] + (0 if is_python_only(variant) else calls["c"])
        found[variant] = {
            "slowdown": slowdown,
            "calls": count,
            "added_ns": (slowdown - 1) * plain_ns / count if count > FEW else None,
        }
    return {"plain_ns": plain_ns, "calls": calls, "variants": found}


def suite(kept):
    """The same for a program of pyperformance, whose calls are not counted."""
    plain = kept.get("plain", [])
    found = {}
    for variant, values in kept.items():
        if variant in ("how", "errors"):
            continue
        slowdown = median(b / a for a, b in zip(plain, values))
        if slowdown is not None:
            found[variant] = {"slowdown": slowdown}
    return {"plain_s": median(plain), "variants": found}


def ratio(figures, one, other):
    """What `one` adds to a program, as a share of what `other` adds."""
    try:
        ours = figures["variants"][one]["slowdown"] - 1
        theirs = figures["variants"][other]["slowdown"] - 1
    except KeyError:
        return None
    return ours / theirs if theirs > 0 else None


def floor_ratio(figures, variant, null, floor_ns):
    """Added time a call over 1.15 D + 1.3 F; at most 1 is wanted."""
    try:
        ours = figures["variants"][variant]["added_ns"]
        hooks = figures["variants"][null]["added_ns"]
    except KeyError:
        return None
    if ours is None or hooks is None:
        return None
    return ours / (1.15 * max(hooks, 0) + 1.3 * floor_ns)


def derive(results):
    """All that the tables and the targets need, by interpreter."""
    found = {}
    for name, result in results["interpreters"].items():
        timed = result.get("micro", {"programs": {}, "floor": {}})
        found[name] = {
            "minor": result["minor"],
            "floor": {kind: median(ns) for kind, ns in timed["floor"].items()},
            "programs": {
                program: micro(program, timed) for program in timed["programs"]
            },
            "suite": {
                program: suite(kept) for program, kept in result.get("suite", {}).items()
            },
        }
    return found


def dense(figures):
    return [name for name in figures["programs"] if name in DENSE]
