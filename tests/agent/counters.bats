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
(begin, end), (_, over) = [[(e["ts"], e["ts"] + e["dur"]) for e in events if e["ph"] == "X" and e["name"].startswith(name)][0] for name in ("spin ", "rest ")]
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
last = {name: [value for ts, value in values if ts < over][-1] for name, values in told.items()}
assert last["open files", "value"] == files, (last, files)
assert last["threads", "value"] == threads, (last, threads)
grown = last["memory, MB", "value"] - told["memory, MB", "value"][0][1]
assert 64 < grown < 120, grown
if blocks and ("Python blocks", "value") in last: assert abs(last["Python blocks", "value"] - blocks) < 5000, (last, blocks)
busy, idle = during("CPU, %", begin + 1e5, end), during("CPU, %", end + 2e5, over)
assert len(busy) >= 3 and len(idle) >= 3, (busy, idle)
assert sum(busy) / len(busy) > 4 * sum(idle) / len(idle), (busy, idle)
assert sum(during("context switches/s", end + 2e5, over, "voluntary")) > 0
END_OF_PROGRAM
}

@test "memory, CPU, switches, files, threads and blocks are what the program itself sees" {
    each_python sampled
}

# How often was the CPU looked at while it slept, in one call?
looks_asleep() {
    "$PYTHON" -c 'import json
events = json.load(open("t.json"))["traceEvents"]
sleep = max((e for e in events if e["ph"] == "X" and e["name"] == "time.sleep"), key=lambda e: e["dur"])
print(sum(sleep["ts"] < e["ts"] < sleep["ts"] + sleep["dur"] for e in events if e["ph"] == "C" and e["name"] == "CPU, %"))'
}

@test "a process that calls nothing is sampled from outside" {
    codesnap-run -q --counters --keep -o t.json "$(a_python)" -c 'import time; time.sleep(0.3); time.sleep(1.5)'
    [ "$(looks_asleep)" -ge 5 ]
    tar -cf - t.json.codesnap | "$CODESNAP_BUILD/codesnap" convert -q - -o t.json
    [ "$(looks_asleep)" -ge 5 ]
}

@test "without a launcher it is sampled when it calls something" {
    CODESNAP_COUNTERS=1 CODESNAP_OUT=t.json LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so \
        "$(a_python)" -c 'import time
for i in range(40): time.sleep(0.01)
time.sleep(1.5)'
    [ "$(looks_asleep)" = 0 ]
    grep -q '"name":"CPU, %"' t.json
}

@test "a ring has samples of what it keeps" {
    codesnap-run -q --counters --last 1s -o t.json "$(a_python)" -c 'import time
for i in range(150): time.sleep(0.02)'
    "$PYTHON" -c 'import json
times = [e["ts"] for e in json.load(open("t.json"))["traceEvents"] if e["ph"] == "C" and e["name"] == "memory, MB"]
assert 4 <= len(times) <= 30 and times == sorted(set(times)), times'
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
for i in range(60): time.sleep(0.01)
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
