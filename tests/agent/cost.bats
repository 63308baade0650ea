#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The tracer's account of itself.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

told_cost() {
    "$CODESNAP_BUILD/codesnap-run" -o t.json "$PY" "$TARGETS/calls/many.py" 100000 2>line 3>&-
    grep -E '^codesnap: t.json: .* \(tracing took (about [0-9.]+|less than 0.1) %(, its start [0-9.]+ m?s)?\)$' line
    "$PYTHON" - t.json <<'END'
import json, sys
about = json.load(open(sys.argv[1]))["otherData"]
process, thread = about["processes"][0], about["threads"][0]
calls = thread["calls"]
cost = process["python_call_ps"] * 1e-3, process["c_call_ps"] * 1e-3
assert calls >= 200000 and min(cost) > 0, (calls, cost)
assert min(cost) * calls <= thread["tracer_cost_ns"], (cost, thread)
lost = sum(t["tracer_cost_ns"] for t in about["threads"])
lasted = process["end_ns"] - process["start_ns"]
assert min(lost, lasted) == about["tracer_cost_ns"], (lost, lasted, about)
END
}

@test "a trace tells what the tracing took, by thread and in all" {
    each_python told_cost
}

told_startup() {
    codesnap-run -o t.json "$PY" -S -c pass
    says 'codesnap: t.json: * (tracing took * %, its start *s)'
    codesnap-run -o t.json "$PY" -c 'import os; os.fork() and os.wait()'
    "$PYTHON" - t.json <<'END'
import json, sys
first, forked = json.load(open(sys.argv[1]))["otherData"]["processes"]
assert 50_000 < first["startup_ns"], first
assert forked["startup_ns"] == 0, forked
END
    codesnap report --processes --json t.json | grep -q '"startup_ns":[1-9]'
    codesnap info t.json | grep -E '^its start +[0-9.]+ [mu]s, before the recording$'
}

@test "what the tracer's start took of a program is told apart" {
    each_python told_startup
}

of_the_costliest() {
    codesnap-run -o t.json "$PY" -c '
import os
def f(): pass
def work(n):
    for _ in range(n): f()
for n in (20000, 40000, 80000):
    if os.fork() == 0:
        work(n)
        os._exit(0)
for _ in range(3): os.wait()'
    "$PYTHON" - t.json <<'END'
import json, sys
about = json.load(open(sys.argv[1]))["otherData"]
cost = {p["pid"]: 0 for p in about["processes"]}
lasted = {p["pid"]: p["end_ns"] - p["start_ns"] for p in about["processes"]}
for thread in about["threads"]:
    cost[thread["pid"]] += thread["tracer_cost_ns"]
assert len(cost) >= 4, cost
assert about["tracer_cost_ns"] == max(min(cost[pid], lasted[pid]) for pid in cost), (cost, lasted)
END
}

@test "of several processes it is that of the one that lost most" {
    each_python of_the_costliest
}

# The program shares its processor with three others.
of_the_processor() {
    codesnap-run -o t.json "$PY" -c '
import os, resource, signal
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
others = [os.posix_spawn("/bin/sh", ["sh", "-c", "while :; do :; done"], {}) if hasattr(os, "posix_spawn")
          else os.spawnve(os.P_NOWAIT, "/bin/sh", ["sh", "-c", "while :; do :; done"], {}) for _ in range(3)]
def f(): pass
try:
    for _ in range(400000): f()
finally:
    for pid in others: os.kill(pid, signal.SIGKILL)
used = resource.getrusage(resource.RUSAGE_SELF)
open("used", "w").write(repr(used.ru_utime + used.ru_stime))'
    "$PYTHON" - <<'END'
import json
about = json.load(open("t.json"))["otherData"]
assert about["tracer_cost_ns"] <= float(open("used").read()) * 1e9, about["tracer_cost_ns"]
END
}

@test "what the processor did for others meanwhile is none of it" {
    each_python of_the_processor
}

no_trace_of_it() {
    record t.json "$PY" -I -S -c pass
    "$PYTHON" "$COMPARE" names t.json >names
    [ "$(cat names)" = "1 <module> (<string>:1)" ]
}

@test "measuring the cost leaves nothing in the recording" {
    each_python no_trace_of_it
}
