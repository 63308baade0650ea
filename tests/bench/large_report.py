# SPDX-License-Identifier: Apache-2.0
"""The tables of large.py, and its targets."""

import converter
import report
import targets as judged
import whole

MEGABYTE = 1000000
PAGE_MB = 150
READY_S = {20: 3, 100: 5}  # by millions of calls
LINEAR = 1.2  # a call's time of the largest recording, over that of the one before


def sizes(found):
    return sorted(found, key=int)


def rate(name, kept):
    if name not in kept["formats"]:
        return None
    return kept["recording"]["calls"] / kept["formats"][name]["cpu"]


def growth(found, name):
    """How much longer a call takes in the largest recording than in the one before."""
    rates = [rate(name, found[size]) for size in sizes(found)]
    rates = [value for value in rates if value]
    return rates[-2] / rates[-1] if len(rates) > 1 else None


# == TABLES ====================================================================

RECORDED = ["calls", "s", "spool B/call", "peak MB", "lost", "anomalies", "rounds", "load"]


def recorded_row(size, kept):
    said, cell = kept["recording"], report.cell
    rounds = "; ".join(kept["agreement"]["wrong"]) or "all of %d" % kept["agreement"]["rounds"]
    return size + "M", [
        cell(said["calls"], "%d"),
        cell(kept["recorded_seconds"], "%.1f"),
        cell(kept["spool_bytes"] / said["calls"]),
        cell(kept["recorded_peak_bytes"] / MEGABYTE, "%.0f"),
        cell(said["lost"], "%d"),
        cell(said["anomalies"], "%d"),
        rounds.rjust(18),
        cell(kept["load"], "%.1f"),
    ]


def recorded(name, found):
    rows = [recorded_row(size, found[size]) for size in sizes(found)]
    title = "%s: recorded, 4 processes with 4 threads each; rounds whose calls are all there"
    return report.table(title % name, RECORDED, rows)


COSTS = ["target", "over", "core s", "peak MB", "output MB", "B/call"]


def format_row(name, found, every):
    """Of the largest recording that it was given; sizes where it was not stay empty."""
    there = [found[size] for size in every if name in found[size]["formats"]]
    costs = [kept["formats"][name] for kept in there]
    last, cell = costs[-1], report.cell
    rates = [rate(name, found[size]) for size in every]
    return name, [cell(value and value / 1e6) for value in rates] + [
        cell(converter.TARGETS.get(name), "%d"),
        cell(growth(found, name)),
        cell(last["cpu"], "%.1f"),
        cell(max(cost["peak_bytes"] for cost in costs) / MEGABYTE, "%.0f"),
        cell(last["output_bytes"] / MEGABYTE, "%.1f"),
        cell(last["output_bytes"] / there[-1]["recording"]["calls"]),
    ]


def formats(name, found):
    every = [size for size in sizes(found) if found[size]["formats"]]
    measured = {key for size in every for key in found[size]["formats"]}
    chosen = [key for key in converter.formats() + ["info"] if key in measured]
    rows = [format_row(key, found, every) for key in chosen]
    title = "%s: million calls a second of a core; over: a call's time in the largest / the one before"
    return report.table(title % name, ["%sM calls" % size for size in every] + COSTS, rows) if rows else []


def page_lines(name, size, page):
    part = page["part"]
    yield ""
    yield "%s: the page of %sM calls: %.1f MB" % (name, size, page["page_bytes"] / MEGABYTE)
    yield "  painted after %s, all there after %s; its thread worked %s, all of its process %s; %s" % (
        report.seconds((page["painted_ms"] or 0) / 1000),
        report.seconds(page["ready_ms"] / 1000),
        report.seconds(page["main_s"]),
        report.seconds(page["cpu_s"]),
        report.megabytes(page["peak_bytes"]),
    )
    yield "  %d spans of at least %d ns told, %d summed up; beside the session: %s" % (
        page["told"],
        page["threshold_ns"],
        page["short_spans"],
        "; ".join(page["wrong"]) or "each of them, and calls, times and maxima of each function, the same",
    )
    yield "  a part of 100 ms: %d spans, by share/python's reader %d: %d differ, %d have an edge where clocks decide%s" % (
        part["spans"],
        part["other_spans"],
        part["differ"],
        part["near"],
        "" if part["whole"] else "; not told whole",
    )


def lines(results, rows):
    found = []
    for name, result in results["interpreters"].items():
        large = result.get("large", {})
        found += recorded(name, large) + formats(name, large)
        for size in sizes(large):
            if "page" in large[size]:
                found += page_lines(name, size, large[size]["page"])
    return found + report.targets(rows)


# == TARGETS ===================================================================


def page_targets(name, label, millions, page):
    def row(what, value, limit):
        return judged.judge(name, label + what, {"": value}, limit)

    yield row("page, MB", page["page_bytes"] / MEGABYTE, PAGE_MB)
    yield row("page beside session, wrong", len(page["wrong"]), 0)
    yield row("part beside session, differ", page["part"]["differ"], page["part"]["near"])
    if millions in READY_S:
        yield row("page all there, s", page["ready_ms"] / 1000, READY_S[millions])


def size_targets(name, label, kept):
    said, costs = kept["recording"], kept["formats"]
    wrong = said["lost"] + len(kept["agreement"]["wrong"])
    yield judged.judge(name, label + "lost or miscounted", {"": wrong}, 0)
    yield judged.judge(name, label + "spool bytes a call", {"": kept["spool_bytes"] / said["calls"]}, 16)
    for key, limit in converter.TARGETS.items():
        if key in costs:
            yield judged.at_least(name, label + key + ", M calls/s", rate(key, kept) / 1e6, limit)
    if costs:
        memory = {key: cost["peak_bytes"] / whole.MEGABYTE for key, cost in costs.items()}
        limit = converter.MEMORY_TARGET / whole.MEGABYTE
        yield judged.judge(name, label + "converter's memory, MB", memory, limit)


def targets(results):
    rows = []
    for name, result in results["interpreters"].items():
        large = result.get("large", {})
        for size in sizes(large):
            label = size + "M calls, "
            rows += size_targets(name, label, large[size])
            if "page" in large[size]:
                rows += page_targets(name, label, int(size), large[size]["page"])
        over = {key: growth(large, key) for key in converter.formats()}
        if any(over.values()):
            rows.append(judged.judge(name, "time of a call, largest / before", over, LINEAR))
    return rows
