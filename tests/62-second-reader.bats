#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A reader that was written from FORMAT.md says what the C reader says.

setup() {
    load helpers
    sealed
}

# agree COMMAND...: record it, and compare the two readers.
agree() {
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/s.json" \
        CODESNAP_EXIT_CONVERT=0 "$@" 3>&- 4>&- || true
    codesnap convert -q s.json.codesnap -o s.csv
    "$PYTHON" "$BATS_TEST_DIRNAME/second_reader.py" s.json.codesnap s.csv
    rm -r s.json.codesnap
}

@test "both readers agree on the targets" {
    for target in calls generators coroutines exceptions threads unfinished deep; do
        agree "$(a_python)" "$BATS_TEST_DIRNAME/targets/$target.py" 500
    done
}

@test "both readers agree on what a program tells itself" {
    agree "$(a_python)" -c '
import codesnap
for i in range(2000):
    with codesnap.trace("step"):
        codesnap.instant("seen \u20ac", number=i, more=[None, "\udc80"])
        codesnap.counter("room", used=i / 3, free=-i)
codesnap.counter("lonely", value=float("nan"))'
}

@test "both readers agree on forks, and on packed blocks" {
    agree "$(a_python)" -c '
import os
def leaf(): pass
def fib(n): leaf(); return n if n < 2 else fib(n - 1) + fib(n - 2)
fib(19)
if os.fork() == 0: fib(17)
else: os.wait(); os.kill(os.getpid(), 9)'
}
