#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The plugin of pytest, with pytest-xdist too.  CODESNAP_PYTESTS="PATH..." names
# interpreters that have both; else the oldest and the newest for which pip has
# them are made here.

setup_file() {
    load ../venvs
    [[ ${CODESNAP_PYTESTS-} ]] && return
    CODESNAP_PYTESTS=$(
        first_with pytest pytest-xdist <"$CODESNAP_PYTHONS"
        tac "$CODESNAP_PYTHONS" | first_with pytest pytest-xdist
    ) || true
    export CODESNAP_PYTESTS
}

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../package
    cd "$BATS_TEST_TMPDIR" || return 1
    [[ ${CODESNAP_PYTESTS-} ]] || skip "pip has no pytest-xdist here: set CODESNAP_PYTESTS"
    export CODESNAP_PYTHONS=$BATS_TEST_TMPDIR/pythons
    PYTHONS_FOUND=$CODESNAP_PYTESTS pythons_find >"$CODESNAP_PYTHONS"
}

# run_pytest OUT ARG...: what it prints goes to the file `out`.
run_pytest() {
    local timeline=$1
    shift
    PATH=$CODESNAP_BUILD:$PATH packaged "$PY" -m pytest -q -p no:cacheprovider \
        -p codesnap.pytest_plugin --codesnap="$timeline" "$@" >out
}

plainly_run() {
    printf 'def inner(): pass\ndef test_one(): inner()\ndef test_two(): assert 0\n' >test_it.py
    run_pytest tests.json test_it.py || [ $? -eq 1 ]
    grep -q 's  test_it.py::test_one' out
    grep -qx "timeline of 2 tests: $PWD/tests.json" out
    run_pytest one.json test_it.py::test_one
    grep -qx "timeline of 1 test: $PWD/one.json" out
    "$PYTHON" - tests.json <<'END'
import json, sys
events = [e for e in json.load(open(sys.argv[1]))["traceEvents"] if e["ph"] == "X"]
inside = {}
for span in events:
    if span["cat"] == "span":
        end = span["ts"] + span["dur"]
        inside[span["name"]] = [e["name"].split()[0] for e in events
                                if span["ts"] < e["ts"] < end and "(test_it.py" in e["name"]]
assert inside["test_it.py::test_one"] == ["inner", "test_one"], inside
assert inside["test_it.py::test_two"] == ["test_two"], inside
END
}

@test "pytest --codesnap has a span for each test, with what it calls" {
    each_python plainly_run
}

in_workers() {
    printf 'import pytest\n@pytest.mark.parametrize("n", range(6))\ndef test_it(n): pass\n' >test_it.py
    run_pytest all.json -n 2 test_it.py
    grep -qx "timeline of 6 tests: $PWD/all.json" out
    "$PYTHON" - all.json <<'END'
import json, sys
spans = [e for e in json.load(open(sys.argv[1]))["traceEvents"] if e.get("cat") == "span"]
assert sorted(e["name"] for e in spans) == ["test_it.py::test_it[%d]" % n for n in range(6)], spans
END
}

@test "pytest-xdist's workers are in one timeline" {
    each_python in_workers
}
