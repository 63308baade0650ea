#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# When the program has ended and processes of it have not: what is left of
# them, and --wait.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    RUN=$CODESNAP_BUILD/codesnap-run
    # What leaves a process behind that goes on until `file` appears, calls a
    # function then, and says so in `ended`.
    cat >leaves.py <<'END'
import os, signal, sys, time
def late():
    open("ended", "w").close()
if os.fork() == 0:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for fd in range(3): os.close(fd)
    open("pid", "w").write(str(os.getpid()))
    until = time.time() + 100
    while not os.path.exists("file") and time.time() < until: time.sleep(0.01)
    late()
    os._exit(0)
while not os.path.exists("pid"): time.sleep(0.01)
open("root", "w").write(str(os.getpid()))
sys.exit(int(sys.argv[1]))
END
}

teardown() { touch file; }

# reaped FILE: the process that it names has ended, and codesnap-run knows it.
reaped() { [ -s "$1" ] && [ ! -e "/proc/$(cat "$1")" ]; }

job() { timeout 200 "$PYTHON" "$TESTS/job.py" "$@" 3>&- 4>&-; }
needs_container() {
    needs_root
    unshare --pid --fork --mount-proc true 2>/dev/null || skip "no pid namespace can be made"
}

@test "--wait waits for what the program left behind, and ends as the program did" {
    (until_there pid; sleep 0.5; touch file) 3>&- &
    codesnap-run -3 --wait -o t.json "$PY" leaves.py 3
    says 'codesnap: t.json: *2 processes, 2 threads, *s (tracing took *%*)'
    grep -q '"late (leaves.py' t.json
    [ ! -e t.json.codesnap ]
}

@test "--wait waits for a program that is to become a Python" {
    codesnap-run --wait -o t.json sh -c "(sleep 0.7; exec $PY -c 'def later(): pass
later()') >/dev/null 2>&1 &"
    grep -q '"later (' t.json
    holds leaves.py t.json
}

@test "--wait waits for a daemon that has closed and changed everything" {
    cat >daemon.py <<'END'
import os, time
def late(): pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        os.closerange(0, 256)
        time.sleep(1)
        late()
    os._exit(0)
END
    codesnap-run --wait -o t.json "$PY" daemon.py
    grep -q '"late (daemon.py' t.json
    says 'codesnap: t.json: *3 processes*'
}

@test "--wait waits for the last of many that each fork another one and end" {
    cat >chain.py <<'END'
import os, time
def late(): pass
links = 0
while links < 200 and os.fork() == 0: links += 1
if links == 200:
    time.sleep(0.3)
    late()
os._exit(0)
END
    codesnap-run --wait -o t.json "$PY" chain.py
    grep -q '"late (chain.py' t.json
    says 'codesnap: t.json: *201 processes*'
}

@test "--wait where nothing is left behind does not wait" {
    codesnap-run --wait -o t.json "$PY" -c 'len("a")'
    codesnap-run --wait --quiet true || true
    holds leaves.py t.json
}

@test "a signal that asks --wait to end ends the waiting alone" {
    for name in INT TERM; do
        rm -f pid root file ended
        "$RUN" --wait -o $name.json "$PY" leaves.py 4 2>said 3>&- &
        until_true reaped root
        kill -$name $!
        wait $! || status=$?
        cat said
        [ "$status" -eq 4 ]
        grep -q "codesnap: $name.json: .*still running: 1 process, .*codesnap convert $name.json.codesnap" said
        kill -0 "$(cat pid)"
        touch file
        until_ended "$(cat pid)"
        codesnap convert "$name.json.codesnap" -o all.json
        grep -q '"late (leaves.py' all.json
    done
}

@test "on a terminal --wait says for whom, and Ctrl-C ends the waiting alone" {
    job see:'waiting for 1 process (Ctrl-C stops waiting): ' see:leaves.py type:^C \
        see:'still running: 1 process' ended:5 -- "$RUN" --wait -o t.json "$PY" leaves.py 5
    [ ! -e ended ] && kill -0 "$(cat pid)"
}

@test "Ctrl-Z stops the waiting alone, fg continues it" {
    job see:'waiting for 1 process' type:^Z stopped:TSTP fg type:^C \
        see:'still running: 1 process' ended:5 -- "$RUN" --wait -o t.json "$PY" leaves.py 5
    run ! grep -q '^State:.*stopped' "/proc/$(cat pid)/status"
}

@test "SIGTSTP to a waiting codesnap-run stops it, SIGCONT continues it" {
    job see:'waiting for 1 process' kill:TSTP stopped:TSTP kill:CONT kill:INT \
        see:'still running: 1 process' ended:5 -- "$RUN" --wait -o t.json "$PY" leaves.py 5
}

@test "--wait --quiet, and --wait without a terminal, say nothing meanwhile" {
    (until_there pid; sleep 1; touch file) 3>&- &
    codesnap-run -5 --wait "$PY" leaves.py 5
    says 'codesnap: result.html: *'
    rm pid root file
    (until_there pid; sleep 1; touch file) 3>&- &
    [[ $(job ended:5 -- "$RUN" --quiet --wait "$PY" leaves.py 5) != *waiting* ]]
}

@test "a pager behind the pipe keeps the terminal" {
    cat >reads.py <<'END'
import os, sys
sys.stdin.read()
print("read " + open("/dev/tty").readline(), flush=True)
END
    job see:'waiting for 1 process' type:$'hello\n' see:'read hello' type:^C \
        see:'still running' -- \
        bash -c "trap '' INT; '$RUN' --wait -o t.json '$PY' leaves.py 5 | (trap '' INT; exec '$PYTHON' reads.py)" || failed=1
    [ -z "${failed-}" ]
}

@test "as PID 1 --wait reaps what it waits for" {
    needs_container
    run -0 --separate-stderr timeout 100 unshare --pid --fork --mount-proc \
        "$RUN" --wait -o t.json "$PY" -c 'import os, time
def late(): pass
for i in range(5):
    if os.fork() == 0:
        time.sleep(0.3 + i / 10)
        late()
        os._exit(0)' 3>&- 4>&-
    says 'codesnap: t.json: *6 processes*'

    [ "$(grep -c '"ph":"X".*"late (' t.json)" -eq 5 ]
}

@test "what is left behind in another mount namespace is not forgotten" {
    needs_container
    mkdir root
    for _ in {1..5}; do
        codesnap-run -q -o t.json unshare --mount sh -c 'mount --rbind / root && exec chroot root "$@"' - \
            "$PY" -c 'import os, sys, time
if os.fork() == 0:
    for fd in range(3): os.close(fd)
    open(sys.argv[1] + "/pid", "w").write(str(os.getpid()))
    until = time.time() + 100
    while not os.path.exists(sys.argv[1] + "/file") and time.time() < until: time.sleep(0.01)
os._exit(0)' "$PWD"
        [ -d t.json.codesnap ]
        touch file
        until_there pid
        until_ended "$(cat pid)"
        rm -r t.json.codesnap pid file
    done
}

@test "where all that runs has called nothing yet, that is said" {
    "$PY" -c 'import os; os.mkfifo("pipe")'
    codesnap-run -o t.json sh -c "$PY pipe >/dev/null 2>&1 &
        until ls t.json.codesnap/*.spool; do sleep 0.05; done 2>/dev/null"
    says 'codesnap: nothing was recorded until the program ended; still running: 1 process, *codesnap convert t.json.codesnap -o t.json'
    echo 'def late(): open("ended", "w")
late()' >pipe
    until_there ended
    codesnap convert -q t.json.codesnap
    grep -q '"late (' t.json
}

@test "a session that is closed is joined by nobody, and nobody is told" {
    cat >starts.py <<'END'
import os, subprocess, sys, time
if os.fork() == 0:
    for fd in range(3): os.dup2(os.open(os.devnull, os.O_RDWR), fd) # who reads them goes on
    until = time.time() + 100
    while not os.path.exists("file") and time.time() < until: time.sleep(0.01)
    code = "import sys\ndef untraced(): pass\nuntraced(); print('runs'); sys.exit(3)"
    with open("out.tmp", "wb") as out:
        status = subprocess.call([sys.executable, "-c", code], stdout=out, stderr=out)
        status += subprocess.call([sys.executable, "-c", code], stdout=out, stderr=out)
    open("status", "w").write(str(status))
    os.rename("out.tmp", "out")
    os._exit(0)
END
    codesnap-run -o t.json "$PY" starts.py
    says '*; still running: 1 process, *'
    spools=$(ls t.json.codesnap)
    touch file
    until_there out
    [ "$(cat out)" = $'runs\nruns' ] && [ "$(cat status)" = 6 ]
    [ "$(ls t.json.codesnap)" = "$spools" ]
    codesnap convert -q t.json.codesnap -o all.json
    grep -q '"name":"subprocess\|subprocess.py' all.json
    run ! grep -q '"untraced (' all.json
}

@test "the session's folder stays as long as one of it runs, and longer" {
    codesnap-run -5 -o t.json "$PY" leaves.py 5
    [ -d t.json.codesnap ]
    touch file
    until_ended "$(cat pid)"
    [ -e ended ] && [ -d t.json.codesnap ]
    codesnap convert -q t.json.codesnap -o all.json
    grep -q '"late (leaves.py' all.json
}

@test "a process that loses its session's folder goes on, and leaves nothing" {
    codesnap-run -5 -o t.json "$PY" leaves.py 5
    rm -r t.json.codesnap
    touch file
    until_there ended
    holds leaves.py pid root file ended t.json
}
