#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Every thread is there, whoever started it, under its name.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

c_threads() {
    "$PY" -c 'import ctypes' 2>/dev/null || return 0
    record t.json "$PY" "$TARGETS/threads/cthreads.py"
    tree t.json cthreads.py | plain_names | sed 's/^thread .*/thread/' >lines
    "$PYTHON" - lines <<'END'
import sys
blocks = open(sys.argv[1]).read().split("thread\n")[1:]
bodies = sorted(block.count("  leaf\n") for block in blocks if block.startswith("body\n"))
assert bodies == [1, 2, 3], blocks
END
}

@test "threads that C code makes are recorded" {
    each_python c_threads
}

late_names() {
    record t.json "$PY" "$TARGETS/threads/latenames.py"
    "$PYTHON" "$COMPARE" threads t.json >names
    grep -Fx 'renamed late' names
    grep -Fx 'wörker "1"' names
    grep -Fx MainThread names
    run ! grep -F 'first name' names
}

@test "threads have the names that the program gave them last" {
    each_python late_names
}

daemon() {
    record t.json "$PY" "$TARGETS/threads/daemons.py"
    tree t.json daemons.py | plain_names >lines
    sed -n '/^thread daemon/,/^thread M/p' lines | grep -Fx '  inside ...'
}

@test "a daemon thread's open calls are marked unfinished" {
    each_python daemon
}

many_threads() {
    record t.json "$PY" "$TARGETS/threads/manythreads.py" 400
    "$PYTHON" "$COMPARE" names t.json manythreads.py >names
    grep -Fx '400 work (manythreads.py:11)' names
    grep -Fx '800 leaf (manythreads.py:7)' names
    [ "$(tree t.json manythreads.py | grep -c '^work')" -eq 400 ]
}

@test "hundreds of short threads are all there" {
    each_python many_threads
}

pools() {
    record t.json "$PY" "$TARGETS/threads/pools.py"
    "$PYTHON" "$COMPARE" names t.json pools.py >names
    grep -E '^60 work ' names
    grep -E '^60 leaf ' names
    "$PYTHON" "$COMPARE" threads t.json >threads
    grep -E '^(named_0|named-0)$' threads
    grep -E '^Thread-[0-9]+' threads
    grep -Fx 'late timer' threads
}

@test "the threads of pools and timers are recorded" {
    each_python pools
}

alive_before() {
    mkdir -p site
    cp "$TARGETS/threads/alive.py" site/sitecustomize.py
    PYTHONPATH=$PWD/site record t.json "$PY" -c 'import sitecustomize
sitecustomize.rounds(5)'
    "$PYTHON" "$COMPARE" tree t.json sitecustomize.py >tree
    sed -n '/^thread early$/,/^thread/p' tree >early
    grep -F 'tick (' early
}

@test "a thread that lived before the recording is in it" {
    each_python alive_before
}

never_by_threading() {
    record t.json "$PY" "$TARGETS/threads/lowthreads.py"
    "$PYTHON" "$COMPARE" threads t.json | grep -E '^thread [0-9]+$'
}

@test "a thread that has no name is called by its number" {
    each_python never_by_threading
}
