#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --syscalls: calls of libc that block, with what they wait for.

setup() {
    load ../helpers
    load ../pythons
    sealed
    # Of each such wait: what, and how many bytes.
    cat >waits.py <<'END'
import sqlite3
db = sqlite3.connect("t.db")
waits = db.execute("SELECT what, bytes FROM waits WHERE kind = 'call' ORDER BY start_ns").fetchall()
def some(start, count=None):
    return [wait for wait in waits if wait[0].startswith(start) and (count is None or wait[1] == count)]
END
}

record_calls() { "$CODESNAP_BUILD/codesnap-run" -q --syscalls -o t.db "$PY" "$@"; }

# The lines on stdin look at the waits.
look() { cat waits.py - | "$PYTHON" -; }

reads() {
    record_calls -c '
import os, threading, time
source, target = os.pipe()
threading.Timer(0.02, os.write, (target, b"hello")).start()
os.read(source, 100)'
    look <<<'assert some("read pipe:[", 5), waits'
}

@test "a read from a pipe says from which, and how many bytes" {
    each_python reads
}

talks() {
    record_calls -c '
import socket, threading, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
def serve():
    peer, address = server.accept()
    time.sleep(0.02)
    peer.sendall(b"0123456789")
thread = threading.Thread(target=serve)
thread.start()
time.sleep(0.02)
client = socket.create_connection(server.getsockname())
client.recv(100)
thread.join()
print("127.0.0.1:%d" % server.getsockname()[1])' >peer
    look <<<'
peer = open("peer").read().strip()
assert some("recv " + peer, 10) and some("accept"), waits'
}

@test "calls of sockets say who is at the other end" {
    each_python talks
}

sleeps() {
    record_calls -c '
import select, subprocess, threading, time
time.sleep(0.02)
lock = threading.Lock()
lock.acquire()
lock.acquire(timeout=0.02)
select.select([], [], [], 0.02)
subprocess.call(["sleep", "0.02"])'
    look <<<'assert some("select") and some("waitpid pid ") and some("sem_"), waits
assert some("clock_nanosleep") or len(some("select")) > 1, waits'
}

@test "so do sleeps, locks and children" {
    each_python sleeps
}

stays() {
    "$CODESNAP_BUILD/codesnap-run" -q --syscalls -o t.json "$PY" -c '
import os, select, signal, time
try: os.open("/no/such", os.O_RDONLY)
except OSError as error: print(error)
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.02)
print(select.select([], [], [], 0.05))
pid = os.fork()
if not pid: os._exit(time.sleep(0.02) is not None)
print(os.waitpid(pid, 0)[1])' >traced
    "$PY" -c '
print("[Errno 2] No such file or directory: %r" % "/no/such", ([], [], []), 0, sep="\n")' | diff - traced
}

@test "errors, signals and forks are as they were" {
    each_python stays
}

@test "tables of libraries that are read-only stay so" {
    PY=$(a_python)
    cat >maps.py <<'END'
import select, socket, sqlite3
def parts(): return sum(1 for line in open("/proc/self/maps") if ".so" in line and " r--p " in line)
print(parts())
END
    "$CODESNAP_BUILD/codesnap-run" -q --syscalls -o t.json "$PY" maps.py >recorded
    "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" maps.py >other
    diff other recorded
}

@test "nothing is recorded unasked" {
    PY=$(a_python)
    "$CODESNAP_BUILD/codesnap-run" -q -o t.db "$PY" -c 'import time; time.sleep(0.02)'
    look <<<'assert not waits, waits'
}

@test "the tracer in Python does not record them, and says so" {
    codesnap-run -2 --syscalls --tracer python true
    says 'codesnap: the tracer in Python does not record waits*'
}
