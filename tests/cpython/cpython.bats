#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A selection of CPython's own tests, plain and recorded: some minutes.  An
# interpreter without them is left out, and that is said.  `make check-cpython`
# runs more of them.

setup() {
    load ../helpers
    load ../pythons
    sealed
}

# check_cpython FILES: on $PY, which may have no tests (77).
check_cpython() {
    local status=0
    "$PYTHON" "$BATS_TEST_DIRNAME/check.py" --python "$PY" \
        --agent "$CODESNAP_BUILD/libcodesnap_agent.so" \
        --results "$BATS_TEST_TMPDIR/results" --files "$1" \
        3>&- 4>&- || status=$?
    ((status != 77)) || echo "# $VERSION $PY has no tests of CPython's: skipped" >&3
    ((status == 0 || status == 77))
}

@test "CPython's own tests end the same when they are recorded" {
    each_python check_cpython quick
}

# It asserts what others take for granted.
@test "so they do with a debug build of CPython" {
    CODESNAP_PYTHONS=$BATS_TEST_TMPDIR/debug
    pythons_find_debug >"$CODESNAP_PYTHONS"
    [[ -s $CODESNAP_PYTHONS ]] || skip "no debug build (python3-dbg) is here, or was asked for"
    each_python check_cpython "test_sys_setprofile test_cprofile test_generators test_raise"
}
