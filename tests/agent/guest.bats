#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs whose code runs in the midst of ours: collections, audit hooks,
# profile functions, other tools.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
}

# unharmed TARGET [ARG...]: recorded with C calls and without, it does what it
# does plain, and its last function is in the record.
unharmed() {
    local target calls
    target=$(echo "$TARGETS"/*/"$1.py")
    shift
    run -0 --separate-stderr plainly timeout 100 "$PY" "$target" "$@"
    local plain=$output
    [ "${stderr-}" = "" ]
    for calls in yes no; do
        run -0 --separate-stderr record t.json --c-calls=$calls "$PY" "$target" "$@"
        [ "$output" = "$plain" ]
        [ "${stderr-}" = "" ]
        "$PYTHON" "$COMPARE" check t.json
        "$PYTHON" "$COMPARE" names t.json "${target##*/}" | grep -q '^1 last '
    done
}

@test "collections in which Python code runs and raises harm nothing" {
    each_python unharmed collects
}

@test "audit hooks are told what they are told without us" {
    each_python unharmed audits
}

@test "audit hooks that forbid what a tracer wants harm nothing" {
    each_python unharmed audits forbid
}

@test "profile functions that C code sets harm nothing" {
    each_python unharmed cprofilers
}

@test "profilers and collections in several interpreters harm nothing" {
    each_python unharmed subprofilers
}

@test "another tool's frame evaluation stays what it is" {
    each_python unharmed evaluators chain
}

hidden() {
    at_least 3.9 && ! at_least 3.12 || return 0
    codesnap-run -o t.json --c-calls=no "$PY" "$TARGETS/tools/evaluators.py"
    [ "$output" = "done" ]
    [[ ${stderr-} == *"; another tool evaluated frames in the place of codesnap: calls may be missing"* ]]
}

@test "what another tool's frame evaluation hides is said" {
    each_python hidden
}

set_again() {
    cat >again.py <<'END'
import sys

told = []


def profile(frame, event, it):
    if frame.f_code.co_filename == __file__:
        told.append((event, frame.f_code.co_name, getattr(it, "__name__", None)))


def again(_):
    sys.setprofile(None)
    sys.setprofile(profile)
    return 1


def outer():
    return max([1], key=again)


outer()
sys.setprofile(None)
print(told)
END
    plainly "$PY" again.py >expected
    record t.json "$PY" again.py >actual
    diff -u expected actual
}

@test "a profile function that is set again in an open call is told what it is told untraced" {
    each_python set_again
}
