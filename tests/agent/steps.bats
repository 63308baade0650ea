#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Generators and coroutines that go on, and end, in every way that there is.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# steps SEED DEPTH: what is recorded, with and without C calls, is what the
# program says.
steps() {
    local c_calls
    for c_calls in yes no; do
        record t.json --c-calls=$c_calls "$PY" "$TARGETS/calls/steps.py" expected "$1" "$2"
        tree t.json steps.py | python_calls >actual
        diff -u expected actual
    done
}

@test "random generators and coroutines are recorded as they say themselves" {
    each_python steps "$RANDOM" 0
}

deep_steps() {
    [[ $HOW != chroot ]] || return 0
    if at_least 3.7; then
        ulimit -s 1024
        steps "$1" 800
    else # which counts more levels than there are, untraced too
        ulimit -s 512
        steps "$1" 400
    fi
}

@test "deep on the stack random generators and coroutines are recorded as well" {
    each_python deep_steps "$RANDOM"
}

handled() {
    record with.json "$PY" "$TARGETS/calls/handled.py"
    record without.json --c-calls=no "$PY" "$TARGETS/calls/handled.py"
    diff -u <(tree without.json handled.py | python_calls) \
        <(tree with.json handled.py | python_calls)
    tree with.json handled.py | python_calls >actual
    [ "$(grep -c '^  handler ' actual)" -eq 2000 ]
    [ "$(grep -c '^    through ' actual)" -eq 1000 ]
    "$PYTHON" "$COMPARE" check with.json
}

@test "a thousand tasks that handle an error are as deep as they are" {
    each_python handled
}
