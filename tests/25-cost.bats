#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The tracer's account of itself.

setup() {
    load helpers
    load pythons
    load record
    cd "$BATS_TEST_TMPDIR" || return 1
}

told_cost() {
    "$CODESNAP_BUILD/codesnap-run" -o t.json "$PY" "$TARGETS/many.py" 100000 2>line 3>&-
    grep -E '^codesnap: t.json: .* \(tracing took about [0-9.]+ m?s\)$' line
    "$PYTHON" - t.json <<'END'
import json, sys
about = json.load(open(sys.argv[1]))["otherData"]
process, thread = about["processes"][0], about["threads"][0]
calls = thread["calls"]
cost = process["python_call_ps"] * 1e-3, process["c_call_ps"] * 1e-3
assert calls >= 200000 and min(cost) > 0, (calls, cost)
assert min(cost) * calls <= thread["tracer_cost_ns"], (cost, thread)
assert sum(t["tracer_cost_ns"] for t in about["threads"]) == about["tracer_cost_ns"]
END
}

@test "a trace tells what the tracing took, by thread and in all" {
    each_python told_cost
}

no_trace_of_it() {
    record t.json "$PY" -I -S -c pass
    "$PYTHON" "$COMPARE" names t.json >names
    [ "$(cat names)" = "1 <module> (<string>:1)" ]
}

@test "measuring the cost leaves nothing in the recording" {
    each_python no_trace_of_it
}
