#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A reader that was written from FORMAT.md says what the C reader says.

setup() {
    load ../helpers
    sealed
}

# agree COMMAND...: record it, and compare the two readers.
agree() {
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/s.json" \
        CODESNAP_EXIT_CONVERT=0 "$@" 3>&- 4>&- || true
    codesnap convert -q s.json.codesnap -o s.csv
    "$PYTHON" "$TESTS/second_reader.py" s.json.codesnap s.csv
    rm -r s.json.codesnap
}

@test "both readers agree on the targets" {
    for target in calls generators coroutines exceptions threads unfinished deep; do
        agree "$(a_python)" "$TESTS/targets/$target.py" 500
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

@test "both readers agree on spans that generators open again, and on gaps" {
    agree "$(a_python)" -c '
import codesnap
def steps(n):
    with codesnap.trace("all"):
        for i in range(n):
            with codesnap.trace("each"):
                try: yield i
                except KeyError: yield from (-1, -2)
def leaf(): pass
for i in range(300):
    turn = steps(3)
    next(turn); turn.throw(KeyError); next(turn); list(turn)
    next(steps(2))
    if i % 100 == 50:
        codesnap.pause(); leaf(); codesnap.resume()
    leaf()'
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

@test "both readers agree on records in any order" {
    "$PYTHON" - "$TESTS/../share/python/codesnap" <<'END'
import random, sys
sys.path.insert(0, sys.argv[1])
import _writer
random.seed(1)
folder = _writer.make_session("any")
spool = _writer.Spool(folder)
ids = [spool.name_function(1, "m", "f%d" % n, "f.py", n + 1) for n in range(5)]
for tid in range(1, 9):
    track, ticks = _writer.Track(spool, tid), _writer.now()
    for _ in range(4000):
        ticks += random.randrange(100, 3000)
        kind = random.choice((1, 1, 2, 5, 7, 3, 3, 3, 4, 6))
        track.put(ticks, random.choice(ids) << 4 | kind)
spool.end()
_writer.close_session(folder)
END
    codesnap convert any.codesnap -o any.csv
    says '*exits did not fit*calls ended unseen*'
    "$PYTHON" "$TESTS/second_reader.py" any.codesnap any.csv
}
