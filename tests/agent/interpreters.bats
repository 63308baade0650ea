#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs with several interpreters in one process.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# has MODULE...: does PY have one of them?
has() {
    local module
    for module; do "$PY" -c "import $module" 2>/dev/null && return; done
    return 1
}

# in_thread NAME: of a tree on stdin, how often each name is in that thread.
in_thread() {
    sed -n "/^thread $1\$/,/^thread /p" | sed '/^thread /d; s/^ *//' |
        plain_names | sort | uniq -c | sed 's/^ *//'
}

interpreters() {
    has _interpreters _xxsubinterpreters _testcapi || return 0
    local second='MainThread (interpreter 2)' last='worker (interpreter 2)'
    at_least 3.8 || last='worker (interpreter 4)'
    record t.json "$PY" "$TARGETS/threads/interpreters.py"
    tree t.json interpreters.py '<string>' '<script>' >tree
    in_thread MainThread <tree | grep -Fx '7 leaf'
    in_thread worker <tree | grep -Fx '2 leaf'
    in_thread "$second" <tree | grep -Fx '20 leaf'
    in_thread "$second" <tree | grep -Fx '20 builtins.abs'
    in_thread "$last" <tree | grep -Fx '2 leaf'
    [ "$(grep -c ' leaf ' tree)" -eq $((7 + 2 + 10 + 20 + 1 + 2)) ]
    "$PYTHON" "$COMPARE" check t.json
}

@test "the calls of other interpreters are recorded beside those of the main one" {
    each_python interpreters
}

calls_alone() {
    has _interpreters _xxsubinterpreters _testcapi || return 0
    record t.json --c-calls=no "$PY" "$TARGETS/threads/interpreters.py"
    tree t.json interpreters.py '<string>' '<script>' >tree
    [ "$(grep -c ' leaf ' tree)" -eq 42 ]
    in_thread 'MainThread (interpreter 2)' <tree | grep -Fx '20 leaf'
}

@test "they are without C calls, too" {
    each_python calls_alone
}

parallel() {
    at_least 3.12 || return 0
    has _interpreters _xxsubinterpreters || return 0
    record t.json "$PY" "$TARGETS/threads/parallel.py"
    "$PYTHON" "$COMPARE" names t.json '<string>' '<script>' >names
    grep -F '80000 leaf (<' names
    [ "$(grep -c '^4 Made.method' names)" -eq 300 ]
    "$PYTHON" "$COMPARE" threads t.json | grep -Fx 'Thread-4 (run) (interpreter 4)'
}

@test "interpreters with locks of their own are recorded in parallel" {
    each_python parallel
}

ended() {
    at_least 3.8 || return 0
    has _interpreters _xxsubinterpreters || return 0
    record t.db "$PY" "$TARGETS/threads/interpreters.py"
    [ "$(sqlite3 t.db "select count(*) from threads where not ended and name like 'MainThread (%'")" -eq 0 ]
}

@test "the tracks of an interpreter end with it" {
    needs sqlite3
    each_python ended
}

unchanged() {
    has _interpreters _xxsubinterpreters _testcapi || return 0
    "$PY" "$TARGETS/threads/unchanged.py" >expected
    record t.json "$PY" "$TARGETS/threads/unchanged.py" >actual
    assert_same expected actual
}

@test "another interpreter finds nothing changed" {
    each_python unchanged
}
