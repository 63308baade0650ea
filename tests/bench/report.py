# SPDX-License-Identifier: Apache-2.0
"""The results as tables for a terminal."""

import converter
import figures
import whole

SHORT = {
    "codesnap": "codesnap",
    "codesnap-python": "codesnap-py",
    "null": "D",
    "null-python": "D-py",
    "null-both": "D-both", "null-frames": "D-frames", "null-mixed": "D-mixed",
    "cprofile": "cProfile",
    "viztracer": "VizTracer",
    "viztracer-python": "VizTr.-py",
    "trace0": "trace0",
}
RATIOS = [
    ("codesnap", "viztracer", "/VizTracer"),
    ("codesnap-python", "viztracer", "py/VizTr."),
    ("codesnap", "cprofile", "/cProfile"),
    ("codesnap-python", "trace0", "py/trace0"),
]


def cell(value, form="%.2f", width=13):
    return ("" if value is None else form % value).rjust(width)


def table(title, columns, rows):
    """rows: (label, [cells]); empty columns are left out."""
    kept = [i for i in range(len(columns)) if any(row[1][i].strip() for row in rows)]
    lines = ["", title, " " * 14 + "".join(columns[i].rjust(13) for i in kept)]
    for label, cells in rows:
        lines.append(label.ljust(14) + "".join(cells[i] for i in kept))
    return lines


# == WORK ======================================================================


def added(name, figure):
    order = list(SHORT)
    floor = figure["floor"]
    title = "%s: ns added a call (F: %s ns, %s ns where pages are warm)" % (
        name,
        cell(floor.get("fresh"), "%.0f", 0),
        cell(floor.get("warm"), "%.0f", 0),
    )
    rows = []
    for program in figures.dense(figure):  # elsewhere there are too few calls
        found = figure["programs"][program]
        cells = [
            cell(found["variants"].get(variant, {}).get("added_ns"), "%.0f")
            for variant in order
        ]
        rows.append((program, cells))
    return table(title, [SHORT[variant] for variant in order], rows)


def slowdowns(title, group):
    order = list(SHORT)
    rows = []
    for program, found in group.items():
        cells = [
            cell(found["variants"].get(variant, {}).get("slowdown")) for variant in order
        ]
        cells += [cell(figures.ratio(found, one, other)) for one, other, _ in RATIOS]
        rows.append((program, cells))
    medians = [
        cell(
            figures.median(
                found["variants"].get(variant, {}).get("slowdown") for found in group.values()
            )
        )
        for variant in order
    ]
    rows.append(("median", medians + [cell(None)] * len(RATIOS)))
    return table(title, [SHORT[v] for v in order] + [label for _, _, label in RATIOS], rows)


def instructions(results):
    rows = []
    for name, result in results["interpreters"].items():
        for kind in "python", "c":
            counts = result.get("instructions", {})
            if not counts or "error" in counts.get("plain", {"error": ""}):
                continue
            cells = [
                cell(counts.get(variant, {}).get(kind), "%.0f")
                for variant in ("plain",) + tuple(SHORT)
            ]
            rows.append(("%s, %s" % (name.split()[0], kind), cells))
    if not rows:
        return []
    title = "instructions of a call, plain; added to it, by tracer"
    return table(title, ["plain"] + list(SHORT.values()), rows)


# == WHOLE PROCESSES ===========================================================


def starts(results):
    rows = []
    for name, result in results["interpreters"].items():
        times = result.get("start")
        if not times:
            continue
        cells = [cell(figures.quartile(times["plain"]) * 1000, "%.1f", 16)]
        for what in "codesnap", "launcher, JSON", "launcher, HTML":
            cells.append(cell(figures.later_ms(times, what), "%+.1f", 16))
        rows.append((name.ljust(16), cells))
    if not rows:
        return []
    head = "".join(c.rjust(16) for c in ("plain", "recorded", "launcher JSON", "launcher HTML"))
    lines = ["", "an empty script, ms", " " * 16 + head]
    return lines + [label + "".join(cells) for label, cells in rows]


def megabytes(value):
    return "" if value is None else "%.0f MB" % (value / whole.MEGABYTE)


def seconds(value):
    return "" if value is None else "%.2f s" % value


def finished_lines(calls, found):
    ours = found["codesnap"]
    calls = (ours.get("recording") or {}).get("calls", calls)
    yield "  the program alone %s, %s; recorded %s, %s; spool %.1f bytes a call" % (
        seconds(whole.median(ours["plain"], "seconds")),
        megabytes(whole.median(ours["plain"], "peak_bytes")),
        seconds(whole.median(ours["recorded"], "seconds")),
        megabytes(whole.median(ours["recorded"], "peak_bytes")),
        (whole.median(ours["recorded"], "spool_bytes") or 0) / calls,
    )
    for kind in "json", "html":
        rows = ours[kind]
        launched = [row["launched"] for row in rows]
        yield "  codesnap   %s: start to file %s, %s after the program's end; converter %s, %s; %.1f bytes a call" % (
            kind.upper(),
            seconds(whole.median(launched, "seconds")),
            seconds(whole.median(launched, "tail_seconds")),
            seconds(whole.median(rows, "seconds")),
            megabytes(whole.median(rows, "peak_bytes")),
            (whole.median(rows, "output_bytes") or 0) / calls,
        )
    for kind, row in found.get("viztracer", {}).items():
        yield "  VizTracer  %s: start to file %s; %s; %s" % (
            kind.upper(),
            seconds(row["seconds"]),
            megabytes(row["peak_bytes"]),
            "%.1f bytes a call" % (row["output_bytes"] / calls)
            if row["output_bytes"]
            else "no file",
        )


def account(recording):
    """What the tracer says of itself."""
    if not recording:
        return []
    process = recording["processes"][0]
    said = "  in the recording: %d calls, %d lost, %d anomalies; busy %.1f ms in %d pieces" % (
        recording["calls"],
        recording["lost"],
        recording["anomalies"],
        recording["busy"]["total_ns"] / 1e6,
        recording["busy"]["count"],
    )
    if not process["python_call_ps"]:
        return [said, "  the tracer's own cost of a call is not in it"]
    return [
        said,
        "  the tracer's own estimate: %.0f ns a Python call, %.0f ns a C call"
        % (process["python_call_ps"] / 1000, process["c_call_ps"] / 1000),
    ]


def finished(results):
    lines = []
    for name, result in results["interpreters"].items():
        for calls, found in result.get("finished", {}).items():
            lines += ["", "%s: %d million calls" % (name, int(calls) // 1000000)]
            lines += finished_lines(int(calls), found)
            lines += account(found["codesnap"].get("recording"))
    return lines


# == FORMATS ===================================================================

CONVERTED = ["M calls/s", "target", "memory"]
WRITTEN = ["MB", "to a file, s", "| cat, s", "ratio", "of a core", "synced, s", "cat, s", "ratio"]


def converted_row(name, row):
    target = converter.TARGETS.get(name)
    return name, [
        cell(row["rate"] / 1e6),
        cell(target, "%d"),
        megabytes(row["peak_bytes"]).rjust(13),
    ]


def written_row(name, row):
    ways = ("file", "piped", "file/piped", "file/piped cpu", "synced", "copied", "synced/copied")
    return name, [cell(row["output_bytes"] / 1e6, "%.1f")] + [cell(row[way]) for way in ways]


def formats(results):
    found = results.get("formats")
    if not found:
        return []
    title = "formats, to /dev/null, %gM made calls (load %.1f)"
    rows = [converted_row(*item) for item in found["rates"].items()]
    lines = table(title % (found["calls"] / 1e6, found["load"]), CONVERTED, rows)
    if "disk" in found:
        title = "formats, to a file, beside cat writing the same bytes: as it is, and up to a sync's end"
        lines += table(title, WRITTEN, [written_row(*item) for item in found["disk"].items()])
    return lines


def pauses(results):
    lines = []
    for name, result in results["interpreters"].items():
        for place, found in result.get("pauses", {}).items():
            if "error" in found:
                lines += ["", "%s, %s: %s" % (name, place, found["error"])]
                continue
            longest = ["%.1f (%.0f %%)" % (own / 1e6, share * 100) for own, _, share in found["seen"][:8]]
            lines += [
                "",
                "%s, pauses, %s: %d above 1 ms, the longest %.1f ms; without waiting for a processor %d above 10 ms,"
                % (name, place, found["seen_count"], found["longest_ns"] / 1e6, found["above"]),
                "  the longest in ms (how much of each is BUSY): %s" % ", ".join(longest),
            ]
            if "busy_longest_ns" in found:
                lines.append(
                    "  %.2f GB; %d BUSY records, %.1f ms in all; the longest in ms: %s"
                    % (
                        found["spool_bytes"] / 1e9,
                        found["busy_count"],
                        found["busy_total_ns"] / 1e6,
                        ", ".join("%.1f" % (ns / 1e6) for ns in found["busy_longest_ns"][:8]),
                    )
                )
    return lines


# == TARGETS ===================================================================


def targets(rows):
    lines = ["", "targets (medians of this run)"]
    for row in rows:
        lines.append(
            "  %-18s %-44s %8s  %-8s %-6g %-12s %s"
            % (
                row.who,
                row.what,
                "" if row.measured is None else "%.2f" % row.measured,
                row.bound,
                row.limit,
                row.verdict,
                row.detail,
            )
        )
    return lines


def failures(results):
    """What could not be measured of a program; notes of the run."""
    for name, result in results["interpreters"].items():
        for group, key in (("micro", "programs"), ("suite", None)):
            found = result.get(group, {})
            for program, samples in (found.get(key, {}) if key else found).items():
                for variant, error in samples.get("errors", {}).items():
                    yield "%s, %s, %s: %s" % (name, program, variant, error)


def tables(results, derived, target_rows):
    results["notes"] += failures(results)
    lines = []
    for name, figure in derived.items():
        if figure["programs"]:
            lines += added(name, figure)
            lines += slowdowns(
                "%s: slow-down, and what codesnap adds as a share of others" % name,
                figure["programs"],
            )
        if figure["suite"]:
            lines += slowdowns("%s: pyperformance, slow-down" % name, figure["suite"])
    lines += instructions(results) + starts(results) + finished(results) + formats(results)
    return lines + pauses(results) + targets(target_rows)
