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
        agree "$(a_python)" "$TESTS"/targets/*/"$target.py" 500
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

@test "both readers agree on calls that were open before the recording" {
    export CODESNAP_FROM=start
    agree "$(a_python)" "$TESTS/targets/calls/calls.py" 50
    grep -q ,before, s.csv
}

@test "both readers agree on records in any order" {
    "$PYTHON" - "$TESTS/../share/python/codesnap" <<'END'
import random, struct, sys
sys.path.insert(0, sys.argv[1])
import _writer
random.seed(1)
folder = _writer.make_session("any")
spool = _writer.Spool(folder)
ids = [spool.name_function(1, "m", "f%d" % n, "f.py", n + 1) for n in range(5)]
def inherit(track, depth, stack):
    track.take_chunk()
    data = track.words.cast("B")
    struct.pack_into("<II", data, _writer.CHUNK.size - 8, depth, len(stack))
    struct.pack_into("<%dI" % len(stack), data, _writer.CHUNK.size, *stack)
    track.at += 4
    struct.pack_into("<I", data, 24, 8 * track.at)
for tid in range(1, 33):
    track = _writer.Track(spool, tid)
    stack = [random.choice(ids) << 4 | 1 for _ in range(random.randrange(5))]
    inherit(track, len(stack) + random.randrange(4), stack)
    ticks = _writer.now()
    for _ in range(4000 if tid < 9 else 60):
        ticks += random.randrange(100, 3000)
        kind = random.choice((1, 1, 2, 5, 7, 3, 3, 3, 4, 6, 8, 11, 12, 13))
        if kind == 11 and random.random() < 0.3:
            track.put_extended(ticks, 1, (ticks - random.randrange(90), 2, random.randrange(6)))
        elif kind != 11:
            track.put(ticks, random.choice(ids) << 4 | kind)
spool.end()
_writer.close_session(folder)
END
    codesnap convert any.codesnap -o any.csv
    says '*exits without a call*calls ended unseen*'
    grep -q ,before, any.csv
    "$PYTHON" "$TESTS/second_reader.py" any.codesnap any.csv
}
