# SPDX-License-Identifier: Apache-2.0
"""What codesnap promises of its speed, beside what was measured; asserts nothing.

A target on several programs is met if all of them keep it; where only their
median does, that is said.
"""

from collections import namedtuple

import converter
import disk
import figures
import whole

Target = namedtuple("Target", "who what measured limit verdict detail bound")
Target.__new__.__defaults__ = ("", "at most")

FIRST_CODESNAP = {  # on 3.8: what it published, and what we want
    "fib(17)": (1.86, 1.45),
    "hanoi(12)": (2.90, 1.50),
    "qsort(1000)": (1.62, 1.40),
    "slow_fib(13)": (0.99, 1.00),
}
HOOKS = (("codesnap", "null"), ("codesnap-python", "null-python"))  # and their D
WITHIN_NOISE = 0.02  # where a target is no slow-down, or two words a call

VIZTRACER = {  # from version, with C calls, without
    8: (0.5, 0.25),
    11: (1.0, 0.4),
    12: (0.5, 0.35),
}


def judge(who, what, values, limit, slack=0):
    """values: {program: figure}."""
    values = {name: value for name, value in values.items() if value is not None}
    if not values:
        return Target(who, what, None, limit, "not measured", "")
    middle = figures.median(values.values())
    worst = max(values, key=values.get)
    if values[worst] <= limit + slack:
        verdict = "met"
    else:
        verdict = "median only" if middle <= limit + slack else "not met"
    detail = "worst %s %.2f" % (worst, values[worst]) if len(values) > 1 else ""
    return Target(who, what, middle, limit, verdict, detail)


def over(programs, figure):
    return {name: figure(name) for name in programs}


def with_python_calls(figure):
    return [name for name in figures.dense(figure) if name not in figures.C_ONLY]


# == POINT 3 ===================================================================


def floors(name, figure):
    floor_ns = figure["floor"].get("fresh")
    rows = []
    for variant, null in HOOKS:
        chosen = figures.dense(figure) if variant == "codesnap" else with_python_calls(figure)
        values = over(
            chosen,
            lambda p: floor_ns
            and figures.floor_ratio(figure["programs"][p], variant, null, floor_ns),
        )
        rows.append(judge(name, "%s / (1.15 D + 1.3 F)" % variant, values, 1.0))
    return rows


def viztracer(name, figure):
    since = [version for version in VIZTRACER if version <= figure["minor"]]
    if not since:
        return []
    rows = []
    for (variant, null), limit in zip(HOOKS, VIZTRACER[max(since)]):
        chosen = figures.dense(figure) if variant == "codesnap" else with_python_calls(figure)
        values = over(
            chosen, lambda p: figures.ratio(figure["programs"][p], variant, "viztracer")
        )
        row = judge(name, "added time, %s / VizTracer" % variant, values, limit)
        floor_ns = figure["floor"].get("fresh")
        least = over(
            chosen,
            lambda p: figures.floors_share(figure["programs"][p], null, "viztracer", floor_ns),
        )
        middle = figures.median(least.values())
        if middle is not None:
            row = row._replace(detail="D + F alone %.2f, %s" % (middle, row.detail))
        rows.append(row)
    return rows


def trace0(name, figure):
    if figure["minor"] < 13:
        return []
    values = {}
    for group in "programs", "suite":
        for program, found in figure[group].items():
            ours = found["variants"].get("codesnap-python")
            theirs = found["variants"].get("trace0")
            if ours and theirs:
                values[program] = ours["slowdown"] / theirs["slowdown"]
    rows = [judge(name, "time, codesnap-python / trace0", values, 1.0, WITHIN_NOISE)]
    for variant, limit in (("codesnap-python", 1.2), ("codesnap", 1.4)):
        median = {"": suite_median(figure, variant)}
        row = judge(name, "pyperformance median, %s" % variant, median, limit)
        hooks = suite_median(figure, dict(HOOKS)[variant])
        if hooks is not None:
            row = row._replace(detail="D alone %.2f" % hooks)
        rows.append(row)
    return rows


def suite_median(figure, variant):
    return figures.median(
        found["variants"][variant]["slowdown"]
        for found in figure["suite"].values()
        if variant in found["variants"]
    )


def first_codesnap(name, figure):
    if figure["minor"] != 8:
        return []
    rows = []
    for program, (published, limit) in FIRST_CODESNAP.items():
        found = figure["programs"].get(program, {"variants": {}})["variants"]
        value = found.get("codesnap", {}).get("slowdown")
        hooks = found.get("null", {}).get("slowdown")
        floors = hooks and figures.floors_slowdown(
            figure["programs"][program], "null", figure["floor"].get("fresh")
        )
        slack = WITHIN_NOISE if limit <= 1.0 else 0
        row = judge(name, "%s, slow-down" % program, {"": value}, limit, slack)
        detail = "published %.2f" % published
        if hooks:
            detail += ", D alone %.2f" % hooks
        if floors:
            detail += ", D + F %.2f" % floors
        rows.append(row._replace(detail=detail))
    return rows


# == POINTS 4 AND 5 ============================================================


def start(name, times):
    if not times.get("codesnap"):
        return []
    later = figures.later_ms(times, "codesnap")
    return [judge(name, "empty script, ms later", {"": later}, 3.0)]


def least(rows, key):
    values = [row[key] for row in rows if row.get(key) is not None]
    return {"": whole.median(rows, key)} if values else {}


def finished(name, calls, found):
    label = "%dM calls" % (calls // 1000000)
    grown = [
        {"mb": (b["peak_bytes"] - a["peak_bytes"]) / whole.MEGABYTE}
        for a, b in zip(found["plain"], found["recorded"])
    ]
    sizes = [{"bytes": row["spool_bytes"] / calls} for row in found["recorded"] if row["spool_bytes"]]
    rows = [
        judge(name, label + ", target's memory, MB more", least(grown, "mb"), 8.0),
        judge(
            name,
            label + ", spool bytes a call",
            least(sizes, "bytes"),
            16.0,
            16.0 * WITHIN_NOISE,  # chunk headers, and the tracer's own records
        ),
    ]
    for kind, limit in (("json", 0.15), ("html", 0.25)):
        launched = [row["launched"] for row in found[kind]]
        memory = [{"mb": row["peak_bytes"] / whole.MEGABYTE} for row in found[kind]]
        rows.append(
            judge(
                name,
                "%s, finished %s, s after the end" % (label, kind.upper()),
                least(launched, "tail_seconds"),
                limit * calls / 1e6,
            )
        )
        most = 64.0 if calls < 100000000 else 256.0
        what = "%s, %s converter's memory, MB" % (label, kind.upper())
        rows.append(judge(name, what, least(memory, "mb"), most))
    return rows


def paused(name, found):
    rows = []
    for place in "disk", "tmpfs":
        if "tracer_ns" in found.get(place, {}):
            what = "longest pause by the tracer on %s, ms" % place
            rows.append(judge(name, what, {"": found[place]["tracer_ns"] / 1e6}, 10.0))
    return rows


# == FORMATS ===================================================================


def at_least(who, what, value, limit):
    verdict = "met" if value >= limit else "not met"
    return Target(who, what, value, limit, verdict, "", "at least")


def converted(found):
    rows = [
        at_least(name, "M calls/s", row["rate"] / 1e6, converter.TARGETS[name])
        for name, row in found["rates"].items()
        if name in converter.TARGETS
    ]
    memory = {name: row["peak_bytes"] / whole.MEGABYTE for name, row in found["rates"].items()}
    limit = converter.MEMORY_TARGET / whole.MEGABYTE
    rows.append(judge("formats", "converter's memory, MB", memory, limit))
    for way, what in ("file/piped", ""), ("file/piped cpu", ", of a core"):
        beside = {name: row[way] for name, row in found.get("disk", {}).items()}
        rows.append(judge("formats", "to a file / | cat >FILE" + what, beside, disk.TARGET))
    return rows


def check(results, derived):
    rows = []
    for name, figure in derived.items():
        if figure["programs"]:
            for part in floors, viztracer, trace0, first_codesnap:
                rows += part(name, figure)
        result = results["interpreters"][name]
        rows += start(name, result.get("start", {}))
        for calls, found in result.get("finished", {}).items():
            rows += finished(name, int(calls), found["codesnap"])
        rows += paused(name, result.get("pauses", {}))
    return rows + (converted(results["formats"]) if "formats" in results else [])
