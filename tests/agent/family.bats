#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Who started whom, by which call, and how each ended; and which children are
# recorded at all.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    RUN=$CODESNAP_BUILD/codesnap-run
    PY=$(a_python)
    # What subprocess calls depends on the version.
    SPAWNS='\(_posixsubprocess.fork_exec\|posix.posix_spawn\)'
}

# family WAY...: its processes, see family.py.  PREFIX are options.
family() {
    # shellcheck disable=SC2086 # several words
    timeout --kill-after=5 100 "$RUN" -q -o t.json ${PREFIX-} \
        "$PY" "$TARGETS/processes/family.py" "$1" "$TARGETS/processes/leaf.py" "${@:2}" 3>&- 4>&- 2>said || true
    "$PYTHON" "$TESTS/family.py" t.json | sed "s/ $SPAWNS / spawn /"
}

# expect_family WAY LINE...: and the root, which ends by itself.
expect_family() {
    local way=$1
    shift
    printf '%s\n' '- -> family.py exit 0' "$@" | sort >expected
    family "$way" | sort | diff -u expected -
}

one_child() {
    local way
    for way in run shell and pipe env timeout wrapper popen isolated; do
        echo "-- $way"
        expect_family "$way" 'family.py spawn -> leaf.py exit 3'
    done
    expect_family stdin 'family.py spawn -> <stdin> exit 3'
    expect_family system 'family.py posix.system -> leaf.py exit 3'
    ! at_least 3.8 || expect_family posix_spawn 'family.py spawn -> leaf.py exit 3'
    expect_family spawnv 'family.py posix.fork -> family.py exec' \
        'family.py posix.execv -> leaf.py exit 3'
}

@test "a child is there once, with the call that started it, through shells and wrappers" {
    each_python one_child
}

executed() {
    family exec | diff -u <(printf '%s\n' '- -> family.py exec' 'family.py posix.execv -> leaf.py exit 3') -
}

@test "what came before an exec and what came after it are one process" {
    each_python executed
}

forks() {
    expect_family fork_return 'family.py posix.fork -> family.py exit 0'
    expect_family fork_exit 'family.py posix.fork -> family.py exit 3'
    expect_family fork_kill 'family.py posix.fork -> family.py signal 9'
    expect_family fork_thread 'family.py[forker] posix.fork -> family.py exit 3'
}

@test "forks of the main and of another thread end by return, os._exit and kill" {
    each_python forks
}

# Servers and trackers end after the root.
multiprocess() {
    local PREFIX=--wait status=0 resources=resource_tracker
    at_least 3.8 || resources=semaphore_tracker
    # On 3.6 the server tells the status by a pipe and ends its children with 1.
    at_least 3.7 || status=1
    local forked='family.py posix.fork -> family.py exit 0'
    local spawned='family.py spawn -> multiprocessing.spawn exit 0'
    local tracker="family.py spawn -> multiprocessing.$resources exit 0"
    local server='family.py spawn -> multiprocessing.forkserver exit 0'
    local served="multiprocessing.forkserver posix.fork -> multiprocessing.forkserver exit $status"

    expect_family mp_fork "$forked"
    expect_family mp_pool "$forked" "$forked"
    expect_family mp_spawn "$tracker" "$spawned"
    expect_family mp_forkserver "$tracker" "$server" "$served"
    # Its default is the server from 3.14 on.
    local workers=("$forked" "$forked")
    ! at_least 3.14 || workers=("$tracker" "$server" "$served" "$served")
    expect_family executor "${workers[@]}"
}

@test "multiprocessing by fork, spawn and forkserver, pools and executors" {
    each_python multiprocess
}

in_venv() {
    "$PY" -m venv --without-pip venv || skip "no virtual environment can be made"
    family run "$PWD/venv/bin/python" | grep -Fx 'family.py spawn -> leaf.py exit 3'
    rm -r venv
}

@test "a child in a virtual environment" {
    in_venv
}

cleaned() {
    expect_family clean
    "$PYTHON" -c 'import json
notes = json.load(open("t.json"))["otherData"]["notes"]
assert [(note["code"], note["count"]) for note in notes] == [(3, 1)], notes'
    PREFIX=--children=all expect_family clean 'family.py spawn -> leaf.py exit 3'
    PREFIX=--children=all expect_family env_i 'family.py spawn -> leaf.py exit 3'
}

@test "a child with a cleaned environment is counted, and followed if asked" {
    each_python cleaned
}

@test "a program that can't be found is not counted as started" {
    record t.json "$PY" -c 'import subprocess
try: subprocess.call(["no-such-program"], env={})
except OSError: print("none")' | grep -x none
    "$PYTHON" -c 'import json
assert json.load(open("t.json"))["otherData"]["notes"] == []'
}

alone() {
    local way
    for way in run shell system fork_return fork_exit mp_fork mp_spawn; do
        PREFIX=--children=no expect_family "$way"
    done
    PREFIX=--children=no family exec |
        grep -Fx 'family.py posix.execv -> leaf.py exit 3'
    record t.json --children=no "$PY" -c 'import os, subprocess
print([name for name in os.environ if "CODESNAP_S" in name or "CODESNAP_C" in name or name == "LD_PRELOAD"])
print(subprocess.call("env | grep -q -e LD_PRELOAD -e CODESNAP_SESSION", shell=True))' >out
    printf '[]\n1\n' | diff -u - out
}

@test "--children=no records the root alone, also after an exec, and leaves no trace in children" {
    each_python alone
}

@test "--children=no keeps what else is preloaded" {
    LD_PRELOAD=/none/a.so:/none/b.so "$RUN" -q --children=no "$PY" -c \
        'import os; print(os.environ["LD_PRELOAD"])' 2>/dev/null | grep -x /none/a.so:/none/b.so
}

@test "a child that goes on reports as running, and later how it ended" {
    record t.json "$PY" -c 'import os, time
if os.fork() == 0:
    len("x")
    while not os.path.exists("go"): time.sleep(0.01)
    os._exit(4)
while not os.path.exists("go2"):
    try: open("go2", "w")
    except OSError: pass'
    "$CODESNAP_BUILD/codesnap" info t.json.codesnap | grep 'still running'
    touch go
    for _ in {1..100}; do
        "$CODESNAP_BUILD/codesnap" report --processes t.json.codesnap >report
        grep -q 'exit 4' report && break
        sleep 0.1
    done
    cat report
    grep -q 'exit 0 ' report
    grep -q 'exit 4 ' report
}

@test "Perfetto's own reader binds both ends of each arrow" {
    needs node
    [ -e "$CODESNAP_BUILD/readers/perfetto/engine.mjs" ] || skip "make readers was not run"
    for way in run system fork_exit; do
        for suffix in json pftrace; do
            record "t.$suffix" "$PY" "$TARGETS/processes/family.py" $way "$TARGETS/processes/leaf.py"
            TRACE_PROCESSOR=$CODESNAP_BUILD/readers/perfetto node \
                "$TESTS/readers/perfetto-query.mjs" "t.$suffix" \
                'select o.name || " -> " || i.name from flow join slice o on o.id = slice_out
                 join slice i on i.id = slice_in' 2>/dev/null
        done
    done >arrows
    cat arrows
    [ "$(grep -c "$SPAWNS -> <module> (leaf.py" arrows)" -eq 2 ]
    [ "$(grep -c 'posix.system -> <module> (leaf.py' arrows)" -eq 2 ]
    [ "$(grep -c 'posix.fork -> <module> (family.py' arrows)" -eq 2 ]
}
