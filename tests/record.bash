# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Helpers of the tests that record programs and look into the result.

# In rooms; the name of each is there once, so that "$TARGETS"/*/NAME.py is one.
export TARGETS=$TESTS/targets
export COMPARE=$TESTS/compare.py
export ORACLE=$TESTS/oracle.py

# record OUT COMMAND...: run it by the launcher; its own status, or 124 when it
# hangs.  The launcher's closing line is dropped, its complaints are not.
record() {
    local out=$1
    shift
    timeout --kill-after=5 "${TIMEOUT:-100}" \
        "$CODESNAP_BUILD/codesnap-run" --quiet -o "$out" "$@" 3>&- 4>&-
}

# tree TRACE FILE...: the spans of these files, see compare.py.
tree() { "$PYTHON" "$COMPARE" tree "$@"; }

# oracle OUT SCRIPT [ARG...]: what that must be, on the interpreter PY.
oracle() { "$PY" "$ORACLE" "$@" 3>&- 4>&-; }

# same_as_oracle TARGET: the trace of the target, on PY, holds exactly the calls
# that sys.setprofile sees, thread by thread.
same_as_oracle() {
    local work
    work=$(mktemp -d "$BATS_TEST_TMPDIR/XXXXXX")
    record "$work/trace.json" "$PY" "$TARGETS"/*/"$1.py"
    tree "$work/trace.json" "$1.py" >"$work/actual"
    oracle "$work/expected" "$TARGETS"/*/"$1.py"
    diff -u "$work/expected" "$work/actual"
}

# without_c_calls TARGET: the same Python calls as with them, and nothing else.
without_c_calls() {
    "$CODESNAP_BUILD/codesnap-run" --quiet -o with.json "$PY" "$TARGETS"/*/"$1.py" >/dev/null 3>&-
    "$CODESNAP_BUILD/codesnap-run" --quiet --c-calls=no -o without.json \
        "$PY" "$TARGETS"/*/"$1.py" >/dev/null 3>&-
    "$PYTHON" "$COMPARE" names with.json "$1.py" | grep -F "$1.py:" >expected
    "$PYTHON" "$COMPARE" names without.json "$1.py" >actual
    diff -u expected actual
}

# plain_names: of a tree on stdin, without places.
plain_names() { sed -E 's/ \([^()]*:[0-9]+\)//'; }

# python_calls: of a tree on stdin those of Python functions, without the thread.
python_calls() {
    tail -n +2 | awk '{
        match($0, /^ */)
        depth = RLENGTH / 2
        kept[depth] = /\(.*:[0-9]+\)( \.\.\.)?$/
        level = 0
        for (i = 0; i < depth; i++) level += kept[i]
        if (kept[depth]) printf "%*s%s\n", 2 * level, "", substr($0, RLENGTH + 1)
    }'
}
