#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Recording without the calls of C functions.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

@test "without C calls every Python call is still there" {
    each_python without_c_calls calls
    each_python without_c_calls generators
    each_python without_c_calls coroutines
    each_python without_c_calls exceptions
    each_python without_c_calls threads
}

deep_threads() {
    "$CODESNAP_BUILD/codesnap-run" --quiet --c-calls=no -o t.json \
        "$PY" "$TARGETS/threads/deepthreads.py" >out 3>&-
    "$PYTHON" "$COMPARE" names t.json deepthreads.py >names
    grep -x '300003 dive (deepthreads.py:[0-9]*)' names
    grep -x "$(cat out) leaf (deepthreads.py:[0-9]*)" names
}

@test "without C calls deep recursion hides no call, in no thread" {
    each_python deep_threads
}

born_while_deep() {
    for c_calls in yes no; do
        "$CODESNAP_BUILD/codesnap-run" --quiet --c-calls=$c_calls -o t.json \
            "$PY" -W ignore "$TARGETS/threads/bornwhiledeep.py" 3>&-
        "$PYTHON" "$COMPARE" names t.json bornwhiledeep.py >names
        grep -x '1234 leaf (bornwhiledeep.py:[0-9]*)' names
        grep -x '201 dive (bornwhiledeep.py:[0-9]*)' names
    done
}

@test "threads that begin while another one is deep are recorded, in a forked child too" {
    each_python born_while_deep
}

pause_while_deep() {
    "$CODESNAP_BUILD/codesnap-run" --quiet --c-calls=no -o t.json \
        "$PY" "$TARGETS/threads/deeppause.py" 3>&-
    "$PYTHON" "$COMPARE" names t.json deeppause.py >names
    grep -x '100 leaf (deeppause.py:[0-9]*)' names
    grep -x '1201 dive (deeppause.py:[0-9]*)' names
    "$CODESNAP_BUILD/codesnap" info t.json >info
    ! grep 'without a call' info || return 1
}

@test "a pause while a thread is deep ends what it does not see, and nothing else" {
    each_python pause_while_deep
}

begin_while_deep() {
    rm -f part.json
    packaged "$PY" "$TARGETS/threads/deeppause.py" part.json
    "$PYTHON" "$COMPARE" names part.json deeppause.py >names
    grep -x '100 leaf (deeppause.py:[0-9]*)' names
}

@test "a recording that begins while a thread is deep hides no call, and doubles none" {
    load ../package
    each_python begin_while_deep
}
