#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare an output with the CSV of the same session, by modules of Python.

    formats.py KIND FILE CSV    says what differs, and exits 1 then

What the CSV says is compared with the spool by second_reader.py; the programs
of others are asked by foreign.py.
"""

import collections
import json
import pstats
import re
import sqlite3
import sys

from page import Page
from spans import TRACER, Spans, alike, canonical, edge, function, known_thread, same

# == CHROME TRACE EVENTS ==


def nanoseconds(number):
    return round(number * 1000)


def check_json(path, spans):
    with open(path, encoding="utf-8") as stream:
        events = json.load(stream)["traceEvents"]
    calls = [e for e in events if e["ph"] in "XB" and e["name"] != "(gap)"]
    found = collections.defaultdict(lambda: [0, 0, 0])
    for event in calls:
        entry = found[event["name"]]
        entry[0] += 1
        entry[1] += nanoseconds(event.get("dur", 0))
        entry[2] += event["ph"] == "B"
    same("calls", spans.sums(function, "one", "closed_ns", "unfinished"), dict(found))
    told = {name: {} for name in ("process_name", "thread_name")}
    for event in events:
        if event["name"] in told:
            told[event["name"]][event["pid"], event["tid"]] = event["args"]["name"]
    threads = collections.Counter(
        known_thread(told["process_name"][e["pid"], e["pid"]], e["pid"], told["thread_name"][e["pid"], e["tid"]], e["tid"])
        for e in calls
    )
    same("threads", spans.threads(), dict(threads))
    gaps = [nanoseconds(e["dur"]) for e in events if e["name"] == "(gap)"]
    same("gaps", sorted(row["duration_ns"] for row in spans.gaps), sorted(gaps))
    same(
        "instants",
        spans.instants(),
        collections.Counter((e["name"], json.dumps(e["args"], sort_keys=True)) for e in events if e["ph"] == "i"),
    )
    found = collections.defaultdict(list)
    for event in events:
        for series, value in event["args"].items() if event["ph"] == "C" else ():
            found[event["name"] + "." + series].append(value)
    same("counters", spans.samples(), {name: sorted(values) for name, values in found.items()})


# == STACKS ==


def check_speedscope(path, spans):
    """Its schema: times never fall, and what closes is what was opened last."""
    with open(path, encoding="utf-8") as stream:
        data = json.load(stream)
    frames, found = data["shared"]["frames"], collections.defaultdict(lambda: [0, 0])
    same("start values", {0}, {p["startValue"] for p in data["profiles"]})
    for profile in data["profiles"]:
        stack, last = [], profile["startValue"]
        for event in profile["events"]:
            assert event["at"] >= last, event
            last = event["at"]
            if event["type"] == "O":
                stack.append((event["frame"], last))
                continue
            frame, start = stack.pop()
            same("what closes", frame, event["frame"])
            entry = found[stack[-1][0] if stack else None, frame]
            entry[0] += 1
            entry[1] += last - start
        assert not stack and last <= profile["endValue"]
    names = {
        (a if a is None else frames[a]["name"], frames[b]["name"]): sums
        for (a, b), sums in found.items() if frames[b]["name"] != "(gap)"
    }
    same("calls of each caller", spans.sums(edge, "one", "duration_ns"), names)


def in_folded(name):
    return "".join(" " if c < " " else c for c in name.replace(";", ":"))


def check_folded(path, spans):
    """Every stack of every thread, with the time that was spent in it."""
    with open(path, encoding="utf-8", newline="\n") as stream:
        lines = stream.read().split("\n")
    same("the end", "", lines.pop())
    same("the order", sorted(lines), sorted(set(lines)))
    expected, found = collections.Counter(), collections.Counter()
    for row in spans.rows:
        stack, inner = [], row
        while inner:
            stack.append(in_folded(inner["function"]))
            inner = inner["caller"]
        expected[in_folded(row["thread"]), tuple(reversed(stack))] += row["self_ns"]
    for line in lines:
        stack, number = line.rsplit(" ", 1)
        process, thread, *frames = stack.split(";")
        found[thread, tuple(frames)] += int(number)
        process = re.sub(r" \d+$", "", process)
        same("process", True, process in {in_folded(track[0]) for track in spans.tracks})
    same("self time of each stack", +expected, found)


def check_firefox(path, spans):
    with open(path, encoding="utf-8") as stream:
        data = json.load(stream)
    marks, found, waits = collections.Counter(), collections.defaultdict(list), collections.Counter()
    for thread in data["threads"]:
        strings = thread["stringArray"]
        samples, stacks, markers = thread["samples"], thread["stackTable"], thread["markers"]
        same("columns", {samples["length"]}, {len(samples[k]) for k in ("stack", "time", "weight")})
        same("markers", {markers["length"]}, {len(v) for k, v in markers.items() if k != "length"})
        assert all(p is None or p < i for i, p in enumerate(stacks["prefix"]))
        assert max(thread["funcTable"]["name"], default=0) < len(strings)
        assert samples["time"] == sorted(samples["time"])
        for name, event in zip(markers["name"], markers["data"]):
            if event["type"] == "instant":
                marks[strings[name], canonical(event["args"])] += 1
            elif event["type"] == "wait":
                waits[strings[name]] += 1
            else:
                found[strings[name]].append(event["value"])
    same("waits", collections.Counter(row["function"] for row in spans.waits), waits)
    same("instants", spans.instants(), marks)
    same("counters", spans.samples(), {name: sorted(values) for name, values in found.items()})


# == PROFILES ==


def in_pstats(row):
    """File, line and name, of C functions the last part of the name alone."""
    name, line, file = row["function"], row["line"], row["file"]
    if not file:
        module = row["module"]
        return "~", 0, (name[len(module) + 1 :] if module else name).rsplit(".", 1)[-1]
    parts = [file] if file.startswith("<") else file.split("/")
    for count in 1, 2:
        place = " (%s:%d)" % ("/".join(parts[-count:]), line)
        if name.endswith(place):
            name = "<module>" if name.startswith("import ") else name[: -len(place)]
            return file, line, name.rsplit(".", 1)[-1]
    raise AssertionError(name)


def last_part(key):
    match = re.match(r"<method '(.*)' of '.*' objects>$|<built-in method (.*)>$", key[2])
    return key[:2] + ((match.group(1) or match.group(2)).rsplit(".", 1)[-1],) if match else key


def check_pstats(path, spans):
    """As pstats reads it, which swaps two numbers of a caller."""
    stats = pstats.Stats(path)
    rows = [row for row in spans.rows if row["function"] != TRACER]
    functions, pairs = {}, {}

    def add(found, key, primitive, *numbers):
        entry = found.setdefault(key, [0, 0, 0, 0])
        for at, number in enumerate((primitive,) + numbers):
            entry[at] += number if at < 2 else number * 1e9

    for key, (primitive, calls, own, total, callers) in stats.stats.items():
        add(functions, last_part(key), primitive, calls, own, total)
        for caller, (calls, primitive, own, total) in callers.items():
            add(pairs, (last_part(caller), last_part(key)), primitive, calls, own, total)
    columns = "outer", "one", "self_ns", "outer_call_ns"
    alike("functions", spans.sums(in_pstats, *columns, rows=rows), functions, 100)
    columns = "outer_pair", "one", "self_ns", "outer_pair_ns"
    called = [row for row in rows if row["caller"]]
    expected = spans.sums(lambda row: (in_pstats(row["caller"]), in_pstats(row)), *columns, rows=called)
    alike("callers", expected, pairs, 100)
    same("calls", len(rows), stats.total_calls)
    stats.calc_callees()


# == THE DATABASE ==


def check_sqlite(path, spans):
    base = sqlite3.connect(path)

    def ask(query):
        return base.execute(query).fetchall()

    same("integrity", [("ok",)], ask("pragma integrity_check"))
    found = ask(
        "select f.name, count(*), sum(duration_ns), sum(unfinished), sum(self_ns), sum(1 - recursive),"
        " sum(depth) from spans s join functions f on s.function = f.id group by 1"
    )
    columns = "one", "duration_ns", "unfinished", "self_ns", "outer", "depth"
    same("calls", spans.sums(function, *columns), {row[0]: list(row[1:]) for row in found})
    found = ask(
        "select p.name, f.name, count(*), sum(s.duration_ns) from spans s join functions f on s.function = f.id"
        " left join (select c.id, g.name from spans c join functions g on c.function = g.id) p on s.parent = p.id"
        " group by 1, 2"
    )
    same("calls of each caller", spans.sums(edge, "one", "duration_ns"), {row[:2]: list(row[2:]) for row in found})
    found = ask("select name, sum(calls), sum(steps), sum(self_ns), sum(total_ns) from function_times group by name")
    rows = [row for row in spans.rows if row["function"] != TRACER]
    columns = "call", "step", "self_ns", "outer_call_ns"
    same("the view", spans.sums(function, *columns, rows=rows), {row[0]: list(row[1:]) for row in found})
    orphans = ask(
        "select count(*) from spans s left join spans p on s.parent = p.id where s.depth > 0 and"
        " (p.id is null or p.depth != s.depth - 1 or p.thread != s.thread or p.start_ns > s.start_ns)"
    )
    same("orphans", [(0,)], orphans)
    found = ask(
        "select p.name, p.pid, t.name, t.tid, count(*) from spans s join threads t on s.thread = t.id"
        " join processes p on t.process = p.id group by t.id"
    )
    same("threads", spans.threads(), {known_thread(*row[:4]): row[4] for row in found})
    found = ask("select end_ns - start_ns from gaps order by 1")
    same("gaps", sorted(row["duration_ns"] for row in spans.gaps), [row[0] for row in found])
    found = collections.Counter((n, canonical(t)) for n, t in ask("select name, args from instants"))
    same("instants", spans.instants(), found)
    found = collections.defaultdict(list)
    for name, value in ask("select name, value from counters order by value"):
        found[name].append(value)
    same("counters", spans.samples(), dict(found))


# == THE PAGE ==


def check_html(path, spans):
    """The data of the page, by a reader written from FORMAT.md."""
    page = Page(path)
    rows = page.spans()
    same("calls of each caller", spans.sums(edge, "one", "duration_ns", "unfinished"), rows)
    same("threads", spans.threads(), {known_thread(*key): count for key, count in page.threads().items()})
    instants, counters = page.annotations()
    same("instants", spans.instants(), collections.Counter((n, canonical(t)) for n, t in instants))
    same("counters", spans.samples(), {name: sorted(values) for name, values in counters.items()})
    same("gaps", sorted(row["duration_ns"] for row in spans.gaps), sorted(page.gaps))


def main(kind, path, reference, *arguments):
    globals()["check_" + kind](path, Spans(reference), *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
