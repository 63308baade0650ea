#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only the user's own code is recorded, and the calls that it makes into libraries:
# exactly what --own leaves of a recording of everything.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# shown TRACE: its calls, but for one that 3.15 itself makes between imports, whose
# function sleeps by then (see the limits).
shown() { tree "$1" | grep -v '_get_module_lock.<locals>.cb '; }

# folded SESSION: the calls that --own shows of it.
folded() {
    rm -f folded.json
    "$CODESNAP_BUILD/codesnap" convert --quiet --own "$1" -o folded.json
    shown folded.json
}

# as_folded FLAG... SCRIPT: recorded with --own there is as much as is shown by it.
as_folded() {
    rm -rf whole.json* own.json*
    record whole.json --keep "${@:1:$#-1}" "$PY" "${@: -1}"
    record own.json --keep --own "${@:1:$#-1}" "$PY" "${@: -1}"
    diff -u <(folded whole.json.codesnap) <(folded own.json.codesnap)
    diff -u <(shown folded.json) <(shown own.json)
}

owned() {
    local c_calls
    for c_calls in yes no; do
        as_folded --c-calls=$c_calls "$TARGETS/calls/owned.py"
    done
}

@test "with --own as much is recorded as it shows of everything" {
    each_python owned
}

smaller() {
    record own.json --keep --own "$PY" "$TARGETS/calls/owned.py"
    "$CODESNAP_BUILD/codesnap" convert --quiet own.json.codesnap -o all.json
    "$PYTHON" "$COMPARE" names all.json >names
    grep -q '^3 nlargest (heapq.py' names
    run ! grep -E '_make_iterencode|_iterencode_list|_dedent' names
}

@test "and library code that library code calls is not recorded" {
    each_python smaller
}

@test "calls of libraries by libraries leave no names behind" {
    PY=$(a_python)
    record own.json --keep --own "$PY" "$TARGETS/calls/owned.py"
    record whole.json --keep "$PY" "$TARGETS/calls/owned.py"
    [ "$(stat -c %b own.json.codesnap/*.spool)" -lt "$(stat -c %b whole.json.codesnap/*.spool)" ]
}

deep() {
    cat >deep.py <<'END'
import copy, sys, threading
class Own:
    def __init__(self, depth): self.depth = depth
    def __deepcopy__(self, memo): return self.depth and copy.deepcopy(Own(self.depth - 1), memo)
sys.setrecursionlimit(50000)
threading.stack_size(256 << 20)
thread = threading.Thread(target=copy.deepcopy, args=(Own(3000),))
thread.start()
thread.join()
END
    as_folded deep.py
    "$PYTHON" "$COMPARE" names own.json deep.py >names
    grep -q '^3001 Own.__deepcopy__ ' names
}

@test "far down nothing is different" {
    each_python deep
}

@test "that it was recorded so is said by info, with and without the launcher" {
    PY=$(a_python)
    record own.json --own "$PY" -c 'len("a")'
    codesnap info own.json
    [[ $output == *"recorded with"*"--own"* ]]
    CODESNAP_OWN=1 CODESNAP_OUT=bare.json LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so "$PY" -c 'len("a")'
    codesnap info bare.json
    [[ $output == *"recorded with"*"--own"* ]]
}
