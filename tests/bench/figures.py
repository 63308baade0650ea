# SPDX-License-Identifier: Apache-2.0
"""From the times to what they mean.

A process's time is the lower quartile of its turns: what else the machine does
only ever adds.  Its slow-down is that over the plain process's of the same
round, whose turns lie in between its own, and a variant's is the median over
the rounds.  What a call is charged is (slow-down - 1) * the plain time / calls,
and ratios are those of what is added.
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
LITTLE = 0.1  # added to a program, of which no share can be told
# Without calls of Python functions there is nothing to see in these.
C_ONLY = ("C calls",)


def quartile(values):
    """The lower one."""
    return sorted(values)[(len(values) - 1) // 4]


def median(values):
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def is_python_only(variant):
    return variant.endswith("-python") or variant == "trace0"


def slowdown_of(samples, variant):
    """Of samples {variant: [[ns of each turn] of each process]}, or None."""
    rounds = zip(samples.get("plain", []), samples.get(variant, []))
    return median([quartile(traced) / quartile(plain) for plain, traced in rounds])


def micro(program, result):
    """{variant: {slowdown, added_ns_per_call}} of one program."""
    samples = result["programs"][program]
    calls = result["calls"][program]
    plain_ns = median([quartile(turns) for turns in samples.get("plain", [])])
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
    return ours / theirs if theirs > LITTLE else None


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


def floors_slowdown(figures, null, floor_ns):
    """The slow-down that D and F alone make: no tracer can have less."""
    hooks = figures["variants"].get(null)
    if not hooks or not floor_ns:
        return None
    floor = floor_ns * hooks["calls"] / figures["plain_ns"]
    return max(hooks["slowdown"], 1) + floor


def floors_share(figures, null, other, floor_ns):
    """What D and F alone add, as a share of what `other` adds."""
    floors = floors_slowdown(figures, null, floor_ns)
    theirs = figures["variants"].get(other, {}).get("slowdown", 1) - 1
    return (floors - 1) / theirs if floors and theirs > LITTLE else None


def later_ms(times, what):
    """How much later than plain a process of whole.measure_start ends."""
    return (quartile(times[what]) - quartile(times["plain"])) * 1000


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
