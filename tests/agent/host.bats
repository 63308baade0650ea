#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The traced program sees and does what it sees and does untraced.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# same_output COMMAND...: status, stdout and stderr are those without us.
same_output() {
    local plain=0 traced=0
    timeout 100 "$@" >plain.out 2>plain.err 3>&- 4>&- || plain=$?
    record t.json "$@" >traced.out 2>traced.err || traced=$?
    diff -u plain.out traced.out
    diff -u plain.err traced.err
    [ "$plain" -eq "$traced" ]
}

surroundings() { same_output "$PY" "$TARGETS/tools/host.py" --an argument; }

@test "a program sees the same surroundings" {
    each_python surroundings
}

profilers() {
    same_output "$PY" "$TARGETS/tools/profilers.py"
    tree t.json profilers.py | plain_names | sed 's/^ *//' >names
    grep -cx before names
    [ "$(grep -cx before names)" -eq 1 ]
    [ "$(grep -cx after names)" -eq 6 ]
}

@test "a program's own profilers work, and the recording goes on after them" {
    each_python profilers
}

gap() {
    at_least 3.12 && return
    record t.json "$PY" "$TARGETS/tools/profilers.py" >out
    "$PYTHON" - t.json <<'END'
import json, sys
events = json.load(open(sys.argv[1]))
events = events["traceEvents"] if isinstance(events, dict) else events
gaps = [event for event in events if "gap" in event["name"].lower()]
assert len(gaps) >= 3, gaps
END
}

@test "where another profiler displaces the recording there is a gap" {
    each_python gap
}

own_monitoring() {
    at_least 3.12 || return 0
    same_output "$PY" -c '
import sys
mon, seen = sys.monitoring, []
for tool in (mon.DEBUGGER_ID, mon.COVERAGE_ID, mon.PROFILER_ID, mon.OPTIMIZER_ID):
    mon.use_tool_id(tool, "mine")
    mon.register_callback(tool, mon.events.PY_START, lambda *a: seen.append(a[0].co_name))
    mon.set_events(tool, mon.events.PY_START)
def f(): pass
f()
for tool in (mon.DEBUGGER_ID, mon.COVERAGE_ID, mon.PROFILER_ID, mon.OPTIMIZER_ID):
    mon.set_events(tool, 0)
    mon.free_tool_id(tool)
print(seen, mon._all_events())'
}

@test "the tool ids of sys.monitoring are the program's" {
    each_python own_monitoring
}

# dies HOW STATUS: the status is passed on, and of 12345 calls none is missing.
dies() {
    local status=0
    record t.json "$PY" "$TARGETS/processes/dies.py" "$1" 2>err || status=$?
    cat err
    echo "$1: status $status"
    [ "$status" -eq "$2" ]
    "$PYTHON" "$COMPARE" names t.json dies.py >counts
    grep -Fx "12345 leaf (dies.py:10)" counts
    rm t.json
}

@test "killed by SIGKILL nothing is lost" { each_python dies kill 137; }
@test "killed by SIGKILL from a thread nothing is lost" { each_python dies thread 137; }
@test "killed by SIGTERM nothing is lost" { each_python dies terminate 143; }
@test "after a segmentation fault nothing is lost" { each_python dies segfault 139; }
@test "after abort nothing is lost" { each_python dies abort 134; }
@test "after os._exit nothing is lost" { each_python dies exit 7; }
@test "after an uncaught exception nothing is lost" { each_python dies uncaught 1; }

# alone ENVIRONMENT... COMMAND...: with the agent, but without the launcher.
alone() { timeout 100 env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" "$@" 3>&- 4>&-; }

without_launcher() {
    rm -rf t.*
    [ "$(alone CODESNAP_OUT=t.json "$PY" "$TARGETS/calls/hello.py")" = World ]
    tree t.json hello.py | plain_names | grep -x '  greet'
    [ ! -e t.json.codesnap ]
    alone CODESNAP_OUT=t.html "$PY" "$TARGETS/calls/hello.py"
    grep -q codesnap-end t.html
}

@test "without the launcher the program writes its timeline at exit" {
    each_python without_launcher
}

kept() {
    rm -rf t.*
    local status=0
    alone CODESNAP_OUT=t.json "$PY" "$TARGETS/processes/dies.py" kill || status=$?
    [ "$status" -eq 137 ]
    [ ! -e t.json ]
    "$CODESNAP_BUILD/codesnap" convert -q t.json.codesnap -o t.json
    "$PYTHON" "$COMPARE" names t.json dies.py | grep -Fx "12345 leaf (dies.py:10)"
}

@test "without the launcher a killed program leaves its session" {
    each_python kept
}

nothing_to_do() {
    [ "$(alone "$PY" "$TARGETS/calls/hello.py")" = World ]
    [ "$(alone CODESNAP_DISABLE=1 CODESNAP_OUT=t.json "$PY" "$TARGETS/calls/hello.py")" = World ]
    [ ! -e t.json ] && [ ! -e t.json.codesnap ] && [ ! -e result.html ]
}

@test "without an output, or disabled, the agent does nothing" {
    each_python nothing_to_do
}

bad_values() {
    rm -rf t.*
    [ "$(alone CODESNAP_OUT=t.json CODESNAP_FROM=zzz CODESNAP_C_CALLS=n CODESNAP_CHILDREN=all \
        CODESNAP_EXIT_CONVERT=abc "$PY" -c 'import os; os.fork() and os.wait()' 2>&1)" = \
"codesnap: CODESNAP_FROM: 'zzz' is not one of its values: program|start; taken as program
codesnap: CODESNAP_C_CALLS: 'n' is not one of its values: yes|no; taken as yes
codesnap: CODESNAP_EXIT_CONVERT: 'abc' is not a size (bytes, with K, M or G); taken as 64M" ]
    [ -s t.json ]
}

@test "without the launcher a value that an option has not is said once, the default taken" {
    each_python bad_values
}

odd_values() {
    rm -rf t.*
    alone CODESNAP_OUT=t.json CODESNAP_C_CALLS=$'n\e[31m\nno' CODESNAP_EXIT_CONVERT='64 ' \
        "$PY" -c pass 2>said
    diff -u said - <<'END'
codesnap: CODESNAP_C_CALLS: 'n?[31m?no' is not one of its values: yes|no; taken as yes
codesnap: CODESNAP_EXIT_CONVERT: '64 ' is not a size (bytes, with K, M or G); taken as 64M
END
    rm -rf t.*
    alone CODESNAP_OUT=t.json CODESNAP_EXIT_CONVERT=17179869184G "$PY" -c pass 2>said
    [ -s t.json ] && [ ! -s said ]
    alone CODESNAP_OUT=$'no\nfolder/t.json' "$PY" -c pass 2>said
    [ "$(wc -l <said)" = 1 ] && grep -F 'no?folder/t.json' said
}

@test "what a variable holds can't break the line that complains of it, nor the terminal" {
    each_python odd_values
}

audited() {
    same_output "$PY" "$TARGETS/tools/audited.py"
    "$PYTHON" "$COMPARE" names t.json audited.py | grep -x '4 leaf (audited.py:[0-9]*)'
    record t.json "$PY" "$TARGETS/tools/audited.py" forbid 2>/dev/null | grep -x 'done'
    "$PYTHON" "$COMPARE" names t.json audited.py | grep -x '4 leaf (audited.py:[0-9]*)'
}

@test "a program with audit hooks runs, also where they forbid profilers" {
    each_python audited
}

no_room_at_exit() {
    LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so CODESNAP_OUT=small.json CODESNAP_EXIT_CONVERT=1K \
        "$PY" "$TARGETS/calls/many.py" 1000 >/dev/null 2>said 3>&-
    grep -x "codesnap: .*CODESNAP_EXIT_CONVERT; codesnap convert $PWD/small.json.codesnap -o $PWD/small.json" said
    "$CODESNAP_BUILD/codesnap" convert --quiet small.json.codesnap -o small.json
    "$PYTHON" "$COMPARE" names small.json many.py | grep -x '1000 leaf (many.py:[0-9]*)'
    rm -r small.json small.json.codesnap
}

@test "without the launcher, what is too large to convert at the exit is said and kept" {
    each_python no_room_at_exit
}

metaclasses() {
    "$PY" "$TARGETS/tools/metaclasses.py" >plain
    record t.json "$PY" "$TARGETS/tools/metaclasses.py" >recorded
    diff plain recorded
    grep -c '"name":"dict.update"' t.json
}

@test "no property of a metaclass or a thread's class runs for a name" {
    each_python metaclasses
}

odd_keys() {
    plainly "$PY" "$TARGETS/tools/oddkeys.py" >plain
    record t.json "$PY" "$TARGETS/tools/oddkeys.py" >recorded
    diff plain recorded
    "$PYTHON" "$COMPARE" names t.json oddkeys.py | grep -E '^[0-9]+ leaf '
}

@test "no key of a namespace is compared for us, and no metaclass is asked" {
    each_python odd_keys
}

held_at_the_end() {
    cat >held.py <<'END'
import sys
import threading
import time

local = threading.local()


def waits():
    local.kept = lambda: 1
    sys.settrace(lambda *told: None)
    time.sleep(100)


threading.Thread(target=waits, daemon=True).start()
time.sleep(0.05)
local.kept = lambda: 0
sys.setprofile(lambda *told: None)
END
    TIMEOUT=30 record t.json "$PY" held.py
    TIMEOUT=30 record t.json --c-calls=no "$PY" held.py
}

@test "a program ends whose threads alone hold functions then" {
    each_python held_at_the_end
}
