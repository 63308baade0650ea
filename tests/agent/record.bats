#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What is recorded, call by call, on every interpreter.

setup() {
    load ../helpers
    load ../pythons
    load ../record
}

@test "calls of every kind are recorded exactly" {
    each_python same_as_oracle calls
}

@test "generators are recorded step by step" {
    each_python same_as_oracle generators
}

@test "coroutines are recorded step by step" {
    each_python same_as_oracle coroutines
}

@test "calls that end by an exception end where they should" {
    each_python same_as_oracle exceptions
}

@test "threads by threading are recorded with their names" {
    each_python same_as_oracle threads
}

@test "names are qualified on versions without co_qualname too" {
    each_python same_as_oracle shop
}

@test "asyncio tasks are recorded" {
    each_python same_as_oracle taketurns
}

low_threads() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/threads/lowthreads.py"
    tree "$BATS_TEST_TMPDIR/t.json" lowthreads.py | plain_names |
        sed 's/^thread .*/thread/' | csplit -sz -f "$BATS_TEST_TMPDIR/part" - '/^thread/' '{*}'
    cat "$BATS_TEST_TMPDIR"/part* | grep -A 9 -E '^work' || true
    [ "$(grep -c '^work$' "$BATS_TEST_TMPDIR"/part* | grep -c ':1$')" -eq 2 ]
    [ "$(cat "$BATS_TEST_TMPDIR"/part* | grep -c '^  leaf$')" -eq 3 ]
    rm "$BATS_TEST_TMPDIR"/part*
}

@test "threads by _thread are recorded" {
    each_python low_threads
}

deep() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/calls/deep.py" 900
    [ "$("$PYTHON" "$COMPARE" names "$BATS_TEST_TMPDIR/t.json" deep.py |
        grep -F 'dive (deep.py')" = "901 dive (deep.py:6)" ]
}

@test "deep recursion is recorded to the bottom" {
    each_python deep
}

too_deep() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/calls/recursion_error.py" >"$BATS_TEST_TMPDIR/out"
    "$PY" "$TARGETS/calls/recursion_error.py" >"$BATS_TEST_TMPDIR/plain"
    diff "$BATS_TEST_TMPDIR/plain" "$BATS_TEST_TMPDIR/out"
    "$PYTHON" "$COMPARE" check "$BATS_TEST_TMPDIR/t.json"
}

@test "a RecursionError comes at the same depth as untraced" {
    each_python too_deep
}

# Then no record is packed into half a word, and a block is larger than its window.
apart() {
    record "$BATS_TEST_TMPDIR/t.json" --c-calls=no "$PY" "$TARGETS/calls/apart.py" 20000
    "$PYTHON" "$COMPARE" names "$BATS_TEST_TMPDIR/t.json" apart.py >"$BATS_TEST_TMPDIR/names"
    grep -Fx '20000 leaf (apart.py:6)' "$BATS_TEST_TMPDIR/names"
}

@test "calls that are far apart are all recorded" {
    each_python apart
}

many() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/calls/many.py" 100000
    "$PYTHON" "$COMPARE" names "$BATS_TEST_TMPDIR/t.json" many.py >"$BATS_TEST_TMPDIR/names"
    grep -Fx '100000 leaf (many.py:6)' "$BATS_TEST_TMPDIR/names"
    grep -Fx '100000 builtins.len' "$BATS_TEST_TMPDIR/names"
}

@test "of a hundred thousand calls none is lost" {
    each_python many
}

hostile() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/calls/hostile.py"
    "$PYTHON" "$COMPARE" names "$BATS_TEST_TMPDIR/t.json" >"$BATS_TEST_TMPDIR/names"
    grep -F 'quote"backslash' "$BATS_TEST_TMPDIR/names"
    grep -F '</script><script>alert(1) (hostile.py:1)' "$BATS_TEST_TMPDIR/names"
    grep -E 'new\\nline\\ttab\\(x00|ufffd)nul\\x1f\\x7f \(hostile' "$BATS_TEST_TMPDIR/names"
    grep -F '\U0001f600' "$BATS_TEST_TMPDIR/names"
    grep -F 'lone\ufffd' "$BATS_TEST_TMPDIR/names"
    grep -E 'x{100000}' "$BATS_TEST_TMPDIR/names" | cut -c1-40
}

@test "hostile names come through, as valid JSON" {
    each_python hostile
}

unfinished() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/calls/unfinished.py" || [ $? -eq 3 ]
    tree "$BATS_TEST_TMPDIR/t.json" unfinished.py | plain_names
    diff -u - <(tree "$BATS_TEST_TMPDIR/t.json" unfinished.py | plain_names |
        sed 's/^thread .*/thread/; s/posix\.\|nt\.//') <<'END'
thread
<module> ...
  finished
  opened ...
    deeper ...
      _exit ...
END
}

@test "calls still open at os._exit are marked unfinished" {
    each_python unfinished
}

deep_return() {
    record "$BATS_TEST_TMPDIR/t.json" "$PY" "$TARGETS/calls/deepreturn.py"
    [ "$("$PYTHON" "$COMPARE" names "$BATS_TEST_TMPDIR/t.json" deepreturn.py |
        grep -F ' dive (')" = "37006 dive (deepreturn.py:6)" ]
    ! grep '"ph":"B"' "$BATS_TEST_TMPDIR/t.json"
}

@test "returns from a very deep recursion leave nothing open" {
    each_python deep_return
}

deep_calls() {
    at_least 3.12 || return 0
    local options
    for options in --c-calls=yes --c-calls=no; do
        record t.json "$options" "$PY" "$TARGETS/calls/deepcalls.py" 30000 >out
        "$PY" "$TARGETS/calls/deepcalls.py" 30000 | diff - out
        "$PYTHON" "$COMPARE" names t.json deepcalls.py >names
        grep -Fx '30001 star (deepcalls.py:7)' names
        grep -Fx '30001 passing.<locals>.wrapper (deepcalls.py:12)' names
    done
}

@test "recursion by f(*args), decorators and classes goes as deep as untraced" {
    cd "$BATS_TEST_TMPDIR" || return 1
    each_python deep_calls
}
