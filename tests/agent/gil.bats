#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --gil: waits for the GIL, and who held it.

setup() {
    load ../helpers
    load ../pythons
    sealed
    cat >spin.py <<'END'
import threading, time
def spin():
    end = time.perf_counter() + 0.25
    while time.perf_counter() < end:
        pass
threads = [threading.Thread(target=spin) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
END
    cat >hog.py <<'END'
import threading, time
big = list(range(1000000))
def hog():
    while not over.is_set():
        sorted(big, reverse=True)
over = threading.Event()
thread = threading.Thread(target=hog, name="hog")
thread.start()
for i in range(12): time.sleep(0.005)
over.set()
thread.join()
END
    # Of each wait for the GIL: how long, for whom, in what, and who waited.
    cat >waits.py <<'END'
import sqlite3
db = sqlite3.connect("t.db")
waits = db.execute("SELECT w.duration_ns, w.what, h.name, t.name FROM waits w JOIN threads t ON t.id = w.thread"
                   " LEFT JOIN threads h ON h.id = w.holder WHERE w.kind = 'gil'").fetchall()
END
}

# The lines on stdin look at the waits.
look() { cat waits.py - | "$PYTHON" -; }

# Of the three, one runs at a time.
spins() {
    "$CODESNAP_BUILD/codesnap-run" -q -o t.db "$PY" spin.py
    look <<'END'
spins, = db.execute("SELECT sum(s.duration_ns) FROM spans s JOIN functions f ON f.id = s.function WHERE f.name LIKE 'spin %'").fetchone()
waited = sum(wait[0] for wait in waits)
assert spins / 5 < waited < spins, (spins, waits)
END
}

@test "threads that spin wait for each other, two of three at a time" {
    each_python spins
}

blames() {
    "$CODESNAP_BUILD/codesnap-run" -q -o t.db "$PY" hog.py
    look <<'END'
assert [wait for wait in waits if wait[1:] == ("builtins.sorted", "hog", "MainThread")], waits
assert not [wait for wait in waits if wait[2] == wait[3]], waits
END
}

@test "who held the GIL, and in what, is known" {
    each_python blames
}

alone() {
    "$CODESNAP_BUILD/codesnap-run" -q -o t.db "$PY" -c 'for i in range(1000): sum(range(100))'
    look <<<'assert not waits, waits'
}

@test "a thread that is alone waits for nobody" {
    each_python alone
}

owned() {
    at_least 3.12 || return 0
    "$CODESNAP_BUILD/codesnap-run" -q -o t.db "$PY" own.py
    look <<<'assert [wait for wait in waits if "interpreter" in wait[3]], waits'
}

@test "an interpreter with a GIL of its own waits for that" {
    cat >own.py <<'END'
import sys
if sys.version_info < (3, 13):
    import _xxsubinterpreters as interpreters
    own = interpreters.create(isolated=True)
    run = interpreters.run_string
else:
    import _interpreters as interpreters
    own = interpreters.create("isolated")
    run = interpreters.exec
run(own, open("spin.py").read())
END
    each_python owned
}

@test "--gil=no records no waits for it" {
    PY=$(a_python)
    "$CODESNAP_BUILD/codesnap-run" -q --gil no -o t.db "$PY" spin.py
    look <<<'assert not waits, waits'
}

@test "the tracer in Python does not record waits, and says so" {
    codesnap-run -2 --gil yes --tracer python true
    says 'codesnap: the tracer in Python does not record waits*'
}
