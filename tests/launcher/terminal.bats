#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# On a terminal: keys, job control, and being the first process of a container.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    RUN=$CODESNAP_BUILD/codesnap-run
}

# job STEP... -- COMMAND...: see job.py.
job() { timeout 200 "$PYTHON" "$TESTS/job.py" "$@" 3>&- 4>&-; }

@test "the program is on the terminal" {
    job see:yes ended:0 -- "$RUN" sh -c 'test -t 0 && test -t 1 && test -t 2 && echo yes'
}

@test "what is typed reaches the program" {
    job see:name type:$'Ada\n' see:'Hello Ada' ended:0 -- \
        "$RUN" sh -c 'echo name; read -r name; echo "Hello $name"'
}

@test "Ctrl-C ends program and launcher by SIGINT" {
    job see:ready type:^C killed:INT -- "$RUN" sh -c 'echo ready; exec sleep 50'
}

@test "Ctrl-C is the program's to handle" {
    job see:ready type:^C see:caught type:^C see:caught ended:5 -- "$RUN" "$PY" -c '
import os, signal, sys, time
seen = []
def caught(number, frame):
    seen.append(number)
    os.write(1, b"caught\n")
signal.signal(signal.SIGINT, caught)
os.write(1, b"ready\n")
while len(seen) < 2: time.sleep(0.05)
sys.exit(5)'
}

@test "Ctrl-Z stops both, fg continues both" {
    job see:ready type:^Z stopped:TSTP fg type:$'go\n' see:going ended:4 -- \
        "$RUN" sh -c 'echo ready; read -r line; echo going; exit 4'
}

@test "a program that stops itself stops codesnap-run, by the same signal" {
    job stopped:STOP fg see:on ended:0 -- "$RUN" sh -c 'kill -STOP $$; echo on'
}

@test "codesnap-run goes on when somebody continues or kills the program alone" {
    for signal in CONT KILL; do
        run timeout 100 "$RUN" -q -o stopped.json "$PY" -c "
import os, signal, time
program = os.getpid()
def stopped(): return open('/proc/%d/stat' % program).read().rpartition(') ')[2][0] == 'T'
if os.fork() == 0:
    while not stopped(): time.sleep(0.01)
    time.sleep(0.3) # for codesnap-run to stop, too; it need not
    os.kill(program, signal.SIG$signal)
    os._exit(0)
os.kill(os.getpid(), signal.SIGSTOP)
os.wait()
os._exit(3)" 3>&- 4>&-
        if [ $signal = CONT ]; then [ "$status" -eq 3 ]; else [ "$status" -eq 137 ]; fi
    done
}

@test "SIGTSTP and SIGCONT to codesnap-run alone reach the program" {
    job see:ready kill:TSTP stopped:TSTP kill:CONT type:$'go\n' ended:4 -- \
        "$RUN" sh -c 'echo ready; read -r line; exit 4'
}

@test "a program that is stopped and continued sees one SIGCONT" {
    job see:ready type:^Z stopped:TSTP fg see:'<1>' ended:0 -- "$RUN" "$PY" -c '
import signal, time
seen = []
signal.signal(signal.SIGCONT, lambda number, frame: seen.append(number))
print("ready", flush=True)
until = time.time() + 60
while not seen and time.time() < until: time.sleep(0.05)
time.sleep(0.3)
print("<%d>" % len(seen))'
}

@test "the closing line comes after what the program printed" {
    job see:last see:codesnap: ended:0 -- "$RUN" "$PY" -c 'print("last")'
}

# Skip the test where in_container cannot work; not inside of `run`.
needs_container() {
    needs_root
    unshare --pid --fork --mount-proc true 2>/dev/null || skip "no pid namespace can be made"
}

# in_container COMMAND...: as the first process of a pid namespace.
in_container() {
    timeout 100 unshare --pid --fork --mount-proc "$@" 3>&- 4>&-
}

@test "as PID 1 the status of the program is kept" {
    needs_container
    run in_container "$RUN" sh -c 'exit 6'
    [ "$status" -eq 6 ]
}

@test "as PID 1, which no signal ends, the status is 128 and the signal" {
    needs_container
    run in_container "$RUN" sh -c 'kill -SEGV $$'
    [ "$status" -eq 139 ]
}

@test "as PID 1 it passes SIGTERM on" {
    needs_container
    run in_container sh -c 'exec "$@"' - "$RUN" sh -c \
        'trap "exit 8" TERM; (kill -TERM 1); for i in $(seq 600); do sleep 0.1; done'
    [ "$status" -eq 8 ]
}

@test "as PID 1 it reaps orphans" {
    needs_container
    touch pids
    run -0 in_container "$RUN" -q sh -c '
        for i in 1 2 3; do (sh -c "echo \$\$ >>pids" &) ; done
        until [ "$(wc -l <pids)" = 3 ]; do sleep 0.05; done
        for pid in $(cat pids); do
            for i in $(seq 600); do [ -e /proc/$pid ] || break; sleep 0.05; done
            [ ! -e /proc/$pid ] || exit 1
        done'
}
