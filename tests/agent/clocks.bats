#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The clocks of all processes agree: two of them play ping-pong.

ROUNDS=3000

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

agree() { "$PYTHON" "$TESTS/clocks.py" "$1" $ROUNDS; }

ping_pong() {
    record t.json "$PY" "$TARGETS/processes/pingpong.py" $ROUNDS "$1"
    agree t.json
}

@test "no message is received before it is sent by a forked process" {
    each_python ping_pong fork
}

@test "no message is received before it is sent by an executed process" {
    each_python ping_pong exec
}

@test "no message is received before it is sent between two that were begun" {
    each_python ping_pong both
}

apart() {
    rm -rf ./*.codesnap
    LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so CODESNAP_OUT=a.json CODESNAP_EXIT_CONVERT=1 \
        "$PY" "$TARGETS/processes/pingpong.py" $ROUNDS apart 2>/dev/null 3>&- 4>&-
    "$CODESNAP_BUILD/codesnap" merge -q a.json.codesnap b.json.codesnap -o t.json
    agree t.json
}

@test "no message is received before it is sent across merged sessions" {
    each_python apart
}

@test "the test notices a clock that is 5 us off, either way" {
    "$PYTHON" - "$TESTS" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import clocks
def player(times, off):
    return [[clocks.compare.Span("", "FEE", begin + off, begin + off + 900) for begin in list] for list in times]
one, other = ([1000, 9000], [4000, 12000]), ([5000, 13000], [2000, 10000])
assert clocks.disagree(player(one, 0), player(other, 500), 2) is None
for off in (-5000, 5000):
    assert clocks.disagree(player(one, 0), player(other, off), 2)
END
}

# Where the kernel distrusts the processor's counter, time is asked of the kernel,
# and the hooks take another way.
sources=/sys/devices/system/clocksource/clocksource0/available_clocksource

distrusted() {
    unshare --mount bash -ec 'mount --bind hpet "$0"; "$@"' "$sources" "$@"
}

other_clock() {
    local target
    export -f record tree oracle same_as_oracle without_c_calls
    for target in calls generators coroutines exceptions threads; do
        distrusted same_as_oracle "$target"
        distrusted without_c_calls "$target"
    done
}

@test "every call is there by the kernel's clock, too" {
    echo hpet >hpet
    [[ -e $sources ]] || skip "the kernel lists no clocks"
    distrusted true 2>/dev/null || skip "no mount namespace can be made"
    [ "$(distrusted cat "$sources")" = hpet ]
    each_python other_clock
}
