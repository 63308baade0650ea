#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs that have an interpreter inside, and more than one in a lifetime.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../embedders
    cd "$BATS_TEST_TMPDIR" || return 1
}

embedder() {
    build_embedder embedder || return 0
    [ "$(record t.json ./embedder)" = $'499500\n499500\n499500' ]
    unset PYTHONHOME
    "$PYTHON" "$COMPARE" names t.json >names
    grep -Fx '3000 leaf (<string>:1)' names
    echo "embedded $PY" >>embedded
}

@test "an interpreter that is started three times is recorded three times" {
    each_python embedder
    [ -s embedded ] || skip "no interpreter with headers and a shared library"
}

interpreters() {
    build_embedder interpreters || return 0
    [ "$(record t.json ./interpreters | sort -u)" = 499500 ]
    unset PYTHONHOME
    "$PYTHON" "$COMPARE" names t.json >names
    grep -Fx '8000 leaf (<string>:1)' names
    "$PYTHON" "$COMPARE" threads t.json >threads
    [ "$(grep -c '^MainThread (interpreter [1-4])$' threads)" -eq 4 ]
    echo "embedded $PY" >>embedded
}

@test "interpreters that the program makes by itself are recorded" {
    each_python interpreters
    [ -s embedded ] || skip "no interpreter with headers and a shared library"
}
