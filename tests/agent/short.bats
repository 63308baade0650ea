#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --min-duration while a program is recorded: short calls leave no trace, and nothing
# else is different.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >mixed.py <<'END'
import time
def short(n): return len("abc") + n
def steps():
    for i in range(3):
        if i == 1: time.sleep(0.03)
        yield i
def fails(seconds):
    time.sleep(seconds)
    raise ValueError
def long(seconds):
    for i in range(500): short(i)
    inner(seconds)
def inner(seconds):
    time.sleep(seconds)
    for i in range(500): short(i)
def main():
    for i in range(40): long(0.03 if i % 4 == 0 else 0)
    list(steps())
    for seconds in 0, 0.03:
        try: fails(seconds)
        except ValueError: pass
main()
END
}

short_ones() {
    local c_calls
    for c_calls in yes no; do
        rm -rf t.json*
        record t.json --keep --min-duration 20ms --c-calls=$c_calls "$PY" mixed.py
        "$PYTHON" "$COMPARE" names t.json mixed.py >names
        printf '%s\n' '1 <module> (mixed.py:1)' '1 fails (mixed.py:7)' '10 inner (mixed.py:13)' \
            '10 long (mixed.py:10)' '1 main (mixed.py:16)' '1 steps (mixed.py:3)' >wanted
        [ $c_calls = no ] || echo '12 time.sleep' >>wanted
        diff -u <(sort wanted) <(sort names)
        # Of some 40,000 short calls hardly any is in the recording itself.
        "$CODESNAP_BUILD/codesnap" convert --quiet t.json.codesnap -o all.json
        "$PYTHON" "$COMPARE" names all.json >all
        [ "$(awk '$2 == "short" { n = $1 } END { print n + 0 }' all)" -lt 20000 ]
        "$CODESNAP_BUILD/codesnap" info t.json.codesnap >said
        grep -q 'recorded with.*--min-duration=20ms' said
        run ! grep -qE '^(unseen|anomalies)' said
    done
}

@test "with --min-duration only longer calls are recorded, with what is around them" {
    each_python short_ones
}

killed() {
    rm -rf t.json*
    record t.json --min-duration 20ms "$PY" -c '
import os, signal, time
def short(): pass
def long(): time.sleep(0.03)
for i in range(20): short(); long()
until = time.time() + 0.1
while time.time() < until: short()
os.kill(os.getpid(), signal.SIGKILL)' || true
    "$PYTHON" "$COMPARE" names t.json >names
    grep -q '^20 long (' names
}

@test "a program that is killed meanwhile leaves what was long" {
    each_python killed
}
