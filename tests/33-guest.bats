#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs whose code runs in the midst of ours: collections, audit hooks,
# profile functions, other tools.

setup() {
    load helpers
    load pythons
    load record
    sealed
}

# unharmed TARGET: recorded with C calls and without, it does what it does plain.
unharmed() {
    local target=$TARGETS/$1.py calls
    run -0 plainly timeout 100 "$PY" "$target"
    local plain=$output
    for calls in yes no; do
        run -0 --separate-stderr record t.json --c-calls=$calls "$PY" "$target"
        [ "$output" = "$plain" ]
        [ "$stderr" = "" ]
        "$PYTHON" "$COMPARE" check t.json
    done
}

@test "collections in which Python code runs and raises harm nothing" {
    each_python unharmed collects
}
