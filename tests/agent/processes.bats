#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Real programs of many processes: each is there once, whatever becomes of it,
# and nothing of us is left anywhere.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    mkdir "$BATS_TEST_TMPDIR/temporary"
    export TMPDIR=$BATS_TEST_TMPDIR/temporary XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/temporary
}

# Neither a session, nor an unfinished file, nor a process that has one open.
teardown() {
    local left
    left=$(find "$BATS_TEST_TMPDIR" -name '*.codesnap*' -o -name '*.spool' -o -name '.codesnap-*' |
        grep -v '/venv/' || true)
    for process in /proc/[0-9]*; do
        if tr '\0' '\n' 2>/dev/null <"$process/environ" |
            grep -q "^CODESNAP_SESSION=$BATS_TEST_TMPDIR/"; then
            left+=" $(tr '\0' ' ' <"$process/cmdline")"
        fi
    done
    echo "left: $left"
    [ -z "$left" ]
}

# calls NAME TRACE: "PID COUNT" for each process that made finished calls of it.
calls() {
    "$PYTHON" - "$TESTS" "$@" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import compare
from collections import Counter
counts = Counter()
for (pid, tid), spans in compare.read(sys.argv[3])[0].items():
    compare.nest(spans)
    counts[int(pid)] += sum(span.name.startswith(sys.argv[2] + " (") and span.end != compare.FOREVER for span in spans)
for pid, count in sorted(counts.items()):
    if count:
        print(pid, count)
END
}

children() {
    rm -f t.json here
    record t.json "$PY" "$TARGETS/processes/children.py" "$1" "$2" >pids
    [ "$(wc -l <pids)" -eq "$1" ]
    calls work t.json >counts
    sort -n pids | sed 's/$/ 1/' | diff -u - counts
}

@test "500 short forked children are all there, each once" {
    each_python children 500 fork
}

@test "500 short children of their own images are all there, each once" {
    VERSION='' PY=$(a_python) TIMEOUT=200 children 500 exec
}

@test "50 processes at once are all there, each once" {
    VERSION='' PY=$(a_python) TIMEOUT=100 children 50 together
}

daemon() {
    rm -f t.json
    reachable
    timeout 100 "$CODESNAP_BUILD/codesnap-run" -q --wait -o t.json \
        "$PY" "$TARGETS/processes/daemon.py" 100000 3>&- 4>&-
    calls leaf t.json >counts
    cut -d ' ' -f 2 counts | grep -x 100000
    grep -q '"late (daemon.py' t.json
}

@test "a daemon that closes, leaves and changes everything is recorded to its end" {
    each_python daemon
}

other_version() {
    local other
    [ "$HOW" = chroot ] && return
    other=$(awk -F '|' -v not="$PY" '$2 != not && $3 != "chroot" { print $2; exit }' "$CODESNAP_PYTHONS")
    [ "$other" ] || return 0
    record t.json "$PY" -c 'import subprocess, sys
def parent(): return subprocess.call([sys.argv[1], "-c", "def child(): pass\nchild()"])
sys.exit(parent())' "$other"
    [ "$(calls child t.json | wc -l)" -eq 1 ] && [ "$(calls parent t.json | wc -l)" -eq 1 ]
    grep -o '"interpreter":"CPython [^"]*"' t.json | sort -u >versions
    cat versions
    [ "$(wc -l <versions)" -eq 2 ]
}

@test "a child of another Python version is on the same timeline" {
    each_python other_version
}

# with_gunicorn: a virtual environment with it, or the reason why not.
with_gunicorn() {
    local venv=$BATS_FILE_TMPDIR/venv
    "$(a_python)" -m venv "$venv" >said 2>&1 || skip "no virtual environment can be made"
    "$venv/bin/pip" install -q --disable-pip-version-check gunicorn >said 2>&1 3>&- ||
        skip "gunicorn can't be installed: $(tail -n 1 said)"
    GUNICORN=$venv/bin/gunicorn
}

@test "gunicorn: each worker's requests are there, also those of the one that was killed" {
    with_gunicorn
    cat >app.py <<'END'
import os
def answer(): return str(os.getpid()).encode()
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer()]
END
    cat >client.py <<'END'
import os, signal, socket, sys, time
from collections import Counter
answered, until = Counter(), time.time() + 100
def ask():
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(100)
        link.connect("g.sock")
        link.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: link.recv(4096), b""))
    answered[int(answer.split(b"\r\n\r\n")[1])] += 1
def ask_until(workers):
    while len(answered) < workers:
        assert time.time() < until, answered
        try: ask()
        except (OSError, IndexError): time.sleep(0.05)
ask_until(3)
victim = sorted(answered)[1]
os.kill(victim, signal.SIGKILL)
ask_until(4)
with open("answered", "w") as out:
    for pid, count in sorted(answered.items()): print(pid, count, file=out)
END
    timeout 300 "$CODESNAP_BUILD/codesnap-run" -o t.json "$GUNICORN" -w 3 -b unix:g.sock \
        --timeout 200 --graceful-timeout 60 app:application 2>said 3>&- 4>&- &
    timeout 220 "$PYTHON" client.py 3>&- || failed=1
    kill -TERM $!
    wait $! || failed=$?
    cat said
    [ -z "${failed-}" ]
    grep -q 'codesnap: t.json: .* 5 processes, ' said
    calls answer t.json | diff -u answered -
}
