#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --max-overhead: what is called too often is not recorded any more, but for probes,
# and everything else is.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
    cat >busy.py <<'END'
import sys, threading, time
def leaf(n): return n
def rare(n):
    for i in range(3000): leaf(i); len("abc")
def recursive(n): return n and recursive(n - 1) or time.sleep(0)
class Point:
    def __init__(self, x): self.x = x
def points():
    for i in range(3000): Point(i)
def steps():
    for i in range(3000): yield i
def fails():
    raise ValueError
def work(seconds):
    until, rounds = time.time() + seconds, 0
    while time.time() < until:
        rounds += 1
        rare(1); recursive(100); points(); list(steps())
        try: fails()
        except ValueError: pass
    return rounds
def main():
    threads = [threading.Thread(target=work, args=(0.7,)) for _ in range(2)]
    for one in threads: one.start()
    rounds = work(float(sys.argv[1]))
    for one in threads: one.join()
    print(rounds)
main()
END
}

throttled() {
    at_least 3.12 || return 0
    rm -rf t.json*
    record t.json --max-overhead 5% "$PY" busy.py 2 >rounds
    "$PYTHON" "$COMPARE" names t.json >names
    # All of the rare ones, and of the frequent ones a part.
    [ "$(sed -n 's/ main (.*//p' names)" -eq 1 ]
    [ "$(sed -n 's/ work (.*//p' names)" -eq 3 ]
    [ "$(sed -n 's/ fails (.*//p' names)" -ge "$(cat rounds)" ]
    [ "$(sed -n 's/ leaf (.*//p' names)" -lt $(($(cat rounds) * 3000 / 2)) ]
    [ "$(sed -n 's/ leaf (.*//p' names)" -gt 0 ]
    "$CODESNAP_BUILD/codesnap" info t.json >said
    grep -q 'recorded with.*--max-overhead=5%' said
    grep -q 'throttled .*leaf (busy.py:2) from .* calls a second' said
    run ! grep -q 'without a call' said
    "$CODESNAP_BUILD/codesnap" report t.json >said
    grep -q '^ *[0-9,]*+ .*leaf (busy.py:2)' said
    grep -q '^ *1 .*main (busy.py' said
    grep -qx '+ throttled (--max-overhead): of the recorded calls' said
    "$CODESNAP_BUILD/codesnap" report --json t.json | grep -q '"name":"leaf (busy.py:2)".*"throttled":true'
}

@test "with --max-overhead functions that are called too often are throttled, and that is said" {
    each_python throttled
}

probed() {
    at_least 3.12 || return 0
    cat >slow.py <<'END'
import time
def leaf(n): return n
def work():
    for i in range(20000): leaf(i)
while time.process_time() < 3.5: work()
END
    record t.json --max-overhead 5% "$PY" slow.py
    # It is let in again: there are calls of it long after it was throttled.
    "$PYTHON" - <<'END'
import json
events = json.load(open("t.json"))["traceEvents"]
starts = [float(e["ts"]) for e in events if e["ph"] == "X" and e["name"].startswith("leaf (")]
assert max(starts) - min(starts) > 2e6, (min(starts), max(starts))
END
}

@test "a throttled function is let in again for a moment, from time to time" {
    each_python probed
}

disabled() {
    at_least 3.12 || return 0
    "$CODESNAP_BUILD/codesnap-run" --quiet --max-overhead 5% -o t.json "$PY" -c '
import sys
def tool_sees():
    seen = []
    sys.monitoring.use_tool_id(1, "own")
    sys.monitoring.register_callback(1, sys.monitoring.events.PY_START, lambda code, at: (seen.append(code.co_name), sys.monitoring.DISABLE)[1])
    sys.monitoring.set_events(1, sys.monitoring.events.PY_START)
    def leaf(): pass
    import time
    until = time.time() + 2.5
    while time.time() < until:
        for i in range(1000): leaf()
    sys.monitoring.set_events(1, 0)
    print(seen.count("leaf"))
tool_sees()
' >seen
    [ "$(cat seen)" = 1 ]
}

@test "a tool of the program is not told again what it has disabled" {
    each_python disabled
}

# inside TRACE: functions that are shown inside of themselves.
inside() {
    "$PYTHON" - "$1" <<'END'
import os, sys
sys.path.insert(0, os.path.dirname(os.environ["COMPARE"]))
import compare
for spans in compare.read(sys.argv[1])[0].values():
    stack = [(span, ()) for span in compare.nest(spans)]
    while stack:
        span, around = stack.pop()
        if span.is_call() and "nests.py" in span.name and span.name in around:
            print(span.name)
        stack.extend((child, around + (span.name,)) for child in span.children)
END
}

nests() {
    at_least 3.12 || return 0
    cat >nests.py <<'END'
import sys, threading, time
def leaf(x): return x + 1
def calls(x):
    for i in range(3): x = leaf(x)
    return x
def fails(x):
    raise KeyError
def safe(f, x):
    try: return f(x) % 1000003
    except Exception: return x + 5
def work():
    x, until = 1, time.time() + 2.5
    while time.time() < until:
        for i in range(50): x = safe(calls, x); x = safe(fails, x)
threads = [threading.Thread(target=work) for _ in range(int(sys.argv[1]))]
for one in threads: one.start()
work()
for one in threads: one.join()
END
    for share in 5% 30%; do
        for threads in 0 3; do
            record t.json --max-overhead $share "$PY" nests.py $threads
            diff <(inside t.json) /dev/null
            "$CODESNAP_BUILD/codesnap" info t.json >said
            run ! grep -E 'without a call' said
        done
    done
}

@test "nothing is shown inside of itself, and no call ends that did not begin" {
    each_python nests
}

told_what_it_needs() {
    ! at_least 3.12 || return 0
    codesnap-run --max-overhead 5% -o t.json "$PY" -c 'len("a")'
    says 'codesnap: t.json: *--max-overhead needs Python 3.12 or newer, and has no effect'
    codesnap-run --max-overhead 5% --start=paused -o t.json "$PY" -c 'len("a")'
    says 'codesnap: nothing recorded: it started paused, *'
}

@test "up to 3.11 all calls are recorded, and that is said" {
    each_python told_what_it_needs
}

@test "a share that is none is refused" {
    codesnap-run -2 --max-overhead 5 true
    says "codesnap: --max-overhead: can't read '5'; give a share as 5% or 2.5%, from 0.1% on"
}
