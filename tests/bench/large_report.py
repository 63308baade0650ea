# SPDX-License-Identifier: Apache-2.0
"""The tables of large.py, and its targets."""

import converter
import report
import targets as judged
import whole

MEGABYTE = 1000000
PAGE_BYTES = 150 * MEGABYTE
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


def recorded(name, found):
    rows = []
    for size in sizes(found):
        kept, cell = found[size], report.cell
        said = kept["recording"]
        rows.append((size + "M", [
            cell(said["calls"], "%d"),
            cell(kept["recorded_seconds"], "%.1f"),
            cell(kept["spool_bytes"] / said["calls"], "%.2f"),
            cell(kept["recorded_peak_bytes"] / MEGABYTE, "%.0f"),
            cell(said["lost"], "%d"),
            cell(said["anomalies"], "%d"),
            ("; ".join(kept["agreement"]["wrong"]) or "all of %d" % kept["agreement"]["rounds"]).rjust(18),
            cell(kept["load"], "%.1f"),
        ]))  # fmt: skip
    title = "%s: recorded, 4 processes with 4 threads each; rounds whose calls are all there" % name
    columns = ["calls", "s", "spool B/call", "peak MB", "lost", "anomalies", "rounds", "load"]
    return report.table(title, columns, rows)


def formats(name, found):
    every = [size for size in sizes(found) if found[size]["formats"]]
    if not every:
        return []
    rows = []
    for format_name in converter.formats() + ["info"]:
        there = [found[size]["formats"][format_name] for size in every if format_name in found[size]["formats"]]
        if not there:
            continue
        rates = [rate(format_name, found[size]) for size in every]
        last = there[-1]
        calls = max(found[size]["recording"]["calls"] for size in every if format_name in found[size]["formats"])
        rows.append((format_name, [report.cell(value and value / 1e6) for value in rates] + [
            report.cell(converter.TARGETS.get(format_name), "%d"),
            report.cell(growth(found, format_name)),
            report.cell(last["cpu"], "%.1f"),
            report.cell(max(row["peak_bytes"] for row in there) / MEGABYTE, "%.0f"),
            report.cell(last["output_bytes"] / MEGABYTE, "%.1f"),
            report.cell(last["output_bytes"] / calls),
        ]))  # fmt: skip
    title = "%s: million calls a second of a core; a call's time in the largest over the one before" % name
    columns = ["%sM calls" % size for size in every]
    columns += ["target", "over", "core s", "peak MB", "output MB", "B/call"]
    return report.table(title, columns, rows)


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


def page_targets(name, size, page):
    rows = [
        judged.judge(name, size + "M calls, page, MB", {"": page["page_bytes"] / MEGABYTE}, PAGE_BYTES / MEGABYTE),
        judged.judge(name, size + "M calls, page beside session, wrong", {"": len(page["wrong"])}, 0),
        judged.judge(
            name,
            size + "M calls, part beside session, differ",
            {"": page["part"]["differ"]},
            page["part"]["near"],
        ),
    ]
    if int(size) in READY_S:
        rows.append(
            judged.judge(name, size + "M calls, page all there, s", {"": page["ready_ms"] / 1000}, READY_S[int(size)])
        )
    return rows


def size_targets(name, size, kept):
    said, formats = kept["recording"], kept["formats"]
    rows = [
        judged.judge(name, size + "M calls, lost or miscounted", {"": said["lost"] + len(kept["agreement"]["wrong"])}, 0),
        judged.judge(name, size + "M calls, spool bytes a call", {"": kept["spool_bytes"] / said["calls"]}, 16),
    ]
    for format_name, limit in converter.TARGETS.items():
        if format_name in formats:
            value = rate(format_name, kept) / 1e6
            rows.append(judged.at_least(name, "%sM calls, %s, M calls/s" % (size, format_name), value, limit))
    if formats:
        memory = {key: row["peak_bytes"] / whole.MEGABYTE for key, row in formats.items()}
        rows.append(judged.judge(name, size + "M calls, converter's memory, MB", memory, converter.MEMORY_TARGET / whole.MEGABYTE))
    return rows


def targets(results):
    rows = []
    for name, result in results["interpreters"].items():
        large = result.get("large", {})
        for size in sizes(large):
            rows += size_targets(name, size, large[size])
            if "page" in large[size]:
                rows += page_targets(name, size, large[size]["page"])
        over = {key: growth(large, key) for key in converter.formats()}
        rows.append(judged.judge(name, "time of a call, largest / before", over, LINEAR))
    return rows
