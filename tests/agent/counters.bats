#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --counters: what a process uses, as counters.

setup() {
    load ../helpers
    load ../pythons
    sealed
    # It holds ten files, three threads and 64 MB, works, sleeps, and prints what it
    # knows of itself.
    cat >uses.py <<'END_OF_PROGRAM'
import os, sys, threading, time
wait = threading.Event()
threads = [threading.Thread(target=wait.wait) for i in range(3)]
for thread in threads: thread.start()
files = [open(os.devnull) for i in range(10)]
memory = [b"x" * (1 << 20) for i in range(64)]
blocks = [object() for i in range(100000)]
def spin(end):
    while time.process_time() < end: pass
def rest():
    for i in range(40): time.sleep(0.02)
spin(time.process_time() + 0.5)
rest()
print(len(os.listdir("/proc/self/fd")) - 1, threading.active_count(), getattr(sys, "getallocatedblocks")())
wait.set()
END_OF_PROGRAM
    cat >told.py <<'END_OF_PROGRAM'
import collections, json
events = json.load(open("t.json"))["traceEvents"]
told = collections.defaultdict(list)
for event in events:
    if event["ph"] == "C":
        for series, value in event["args"].items(): told[event["name"], series].append((event["ts"], float(value)))
begin, end = [[e["ts"] for e in events if e["ph"] == "X" and e["name"].startswith(name)][0] for name in ("spin ", "rest ")]
def during(name, begin, end, series="value"):
    return [value for ts, value in told[name, series] if begin < ts <= end]
END_OF_PROGRAM
}

sampled() {
    "$CODESNAP_BUILD/codesnap-run" -q --counters -o t.json "$PY" uses.py >seen
    cat seen
    "$PYTHON" - <<'END_OF_PROGRAM'
from told import *
files, threads, blocks = map(int, open("seen").read().split())
last = {name: values[-1][1] for name, values in told.items()}
assert last["open files", "value"] == files, (last, files)
assert last["threads", "value"] in (threads, 1), last
assert max(value for _, value in told["threads", "value"]) == threads, told["threads", "value"]
grown = last["memory, MB", "value"] - told["memory, MB", "value"][0][1]
assert 64 < grown < 120, grown
if blocks and ("Python blocks", "value") in last: assert abs(last["Python blocks", "value"] - blocks) < 5000, (last, blocks)
busy, idle = during("CPU, %", begin + 1e5, end), during("CPU, %", end + 2e5, 1e15)
assert len(busy) >= 3 and len(idle) >= 3, (busy, idle)
assert sum(busy) / len(busy) > 4 * sum(idle) / len(idle), (busy, idle)
assert sum(during("context switches/s", end + 2e5, 1e15, "voluntary")) > 0
END_OF_PROGRAM
}

@test "memory, CPU, switches, files, threads and blocks are what the program itself sees" {
    each_python sampled
}

@test "a forked child has counters of its own" {
    PY=$(a_python)
    codesnap-run -q --counters -o t.json "$PY" -c 'import os, time
def work():
    for i in range(30): time.sleep(0.01)
if os.fork() == 0: work(); os._exit(0)
os.wait(); work()'
    [ "$("$PYTHON" -c 'import json; print(len({e["pid"] for e in json.load(open("t.json"))["traceEvents"] if e["ph"] == "C" and e["name"] == "memory, MB"}))')" = 2 ]
}

@test "a program that has no descriptor left runs as it does untraced" {
    PY=$(a_python)
    cat >full.py <<'END_OF_PROGRAM'
import os, time
held = []
try:
    while True: held.append(os.open(os.devnull, os.O_RDONLY))
except OSError as error: print(error.errno)
for i in range(30): time.sleep(0.01)
print(held[-1])
END_OF_PROGRAM
    ulimit -n 64
    "$PY" full.py >untraced
    codesnap-run -q --counters -o t.json "$PY" full.py
    [ "$output" = "$(<untraced)" ]
    grep -q '"name":"CPU, %"' t.json
}

@test "nothing is sampled unasked" {
    codesnap-run -q -o t.json "$(a_python)" uses.py
    run ! grep -q '"ph":"C"' t.json
}

@test "the tracer in Python records no counters, and says so" {
    codesnap-run -2 --counters --tracer python true
    says 'codesnap: the tracer in Python records no counters*'
}
