#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap-run is not there: status, streams, signals and what a program
# inherits are what they are without it.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    RUN=$CODESNAP_BUILD/codesnap-run
}

# same COMMAND...: the command sees and prints the same with and without us.
same() {
    plainly "$@" >plain
    by_codesnap "$@" >traced 2>/dev/null
    cat plain
    assert_same plain traced
}

@test "the program's status is the status" {
    for status in 0 1 3 125 200 255; do
        [ "$(status_of "$RUN" sh -c "exit $status")" = $status ]
    done
}

@test "a program's death by a signal is ours by the same signal" {
    for name in HUP INT QUIT ABRT KILL USR1 SEGV PIPE TERM; do
        status=$(status_of "$RUN" sh -c "kill -$name \$\$")
        echo "$name: $status"
        [ "$status" = SIG$name ]
    done
}

@test "a Python's death by a signal is ours by the same signal" {
    for name in ABRT KILL SEGV TERM; do
        [ "$(status_of "$RUN" "$PY" -c "import os, signal
os.kill(os.getpid(), signal.SIG$name)")" = SIG$name ]
    done
}

@test "what goes through a pipe comes out the same" {
    head -c 3000000 /dev/urandom >data
    by_codesnap cat <data >out
    cmp data out
}

@test "stderr is the program's, and one line more" {
    codesnap-run "$PY" -c 'import sys; sys.stderr.write("mine\n")'
    says mine 'codesnap: result.html: *'
}

@test "a reader sees the end of the output when the program closes it" {
    local stays='for i in $(seq 2000); do [ -e go ] && break; sleep 0.05; done; touch ended'
    { "$RUN" sh -c "exec >&-; $stays" 2>/dev/null 3>&- 4>&- & } | cat
    { "$RUN" sh -c "exec 5>&-; $stays" 5>&1 >/dev/null 2>&1 3>&- 4>&- & } | cat
    [ ! -e ended ]
    touch go
    until_there ended
}

@test "standard descriptors that are closed stay closed" {
    by_codesnap "$PY" -c 'import os
for fd in range(3):
    try: os.fstat(fd); os._exit(1)
    except OSError: pass' <&- >&- 2>&-
}

@test "signal mask and dispositions are inherited" {
    cat >become.py <<'END'
import os, signal, sys
for name in ("SIGINT", "SIGHUP", "SIGCHLD", "SIGQUIT"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
os.execvp(sys.argv[1], sys.argv[1:])
END
    "$PY" become.py grep '^Sig[PBIC]\|^ShdPnd' /proc/self/status >plain
    "$PY" become.py "$RUN" -q grep '^Sig[PBIC]\|^ShdPnd' /proc/self/status >traced 2>/dev/null
    assert_same plain traced
}

@test "session, process group and open descriptors are inherited" {
    same "$PY" -c 'import os
print(os.getsid(0), os.getpgrp(), sorted(os.listdir("/proc/self/fd")))' 7</dev/null
}

@test "limits, folder, file mask and arguments are inherited" {
    umask 027
    same bash -c 'ulimit -a; pwd; umask; printf "<%s>" "$0" "$@"' a 'b c' '' -- '*' --quiet
}

@test "a signal sent to codesnap-run reaches the program, once" {
    cat >counts.py <<'END'
import os, signal, subprocess, time
seen = []
for name in ("SIGTERM", "SIGUSR1", "SIGHUP", "SIGINT", "SIGWINCH"):
    signal.signal(getattr(signal, name), lambda number, frame: seen.append(number))
for name in ("SIGTERM", "SIGUSR1", "SIGHUP", "SIGINT", "SIGWINCH"):
    number, before = getattr(signal, name), len(seen)
    subprocess.call(["kill", "-%d" % number, str(os.getppid())])
    until = time.time() + 60
    while len(seen) == before and time.time() < until: time.sleep(0.01)
    time.sleep(0.05)
    assert seen == seen[:before] + [number], seen
END
    codesnap-run "$PY" counts.py
}

@test "what a program sends to its whole group reaches it once" {
    cat >group.py <<'END'
import os, signal, time
seen = []
signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
os.killpg(0, signal.SIGTERM)
time.sleep(0.3)
print(len(seen))
END
    [ "$(setsid "$RUN" -q "$PY" group.py)" = 1 ]
}

@test "a signal that the program survives does not end codesnap-run" {
    codesnap-run -7 sh -c 'trap "" TERM; (kill -TERM $PPID); sleep 0.3; exit 7'
}

@test "an alarm that was set before rings in the program" {
    [ "$(status_of "$PY" -c 'import os, signal, sys
signal.alarm(1)
os.execvp(sys.argv[1], sys.argv[1:])' "$RUN" sleep 20)" = SIGALRM ]
}

@test "an ignored SIGCHLD does not lose the status" {
    [ "$(status_of "$PY" -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execvp(sys.argv[1], sys.argv[1:])' "$RUN" sh -c 'exit 9')" = 9 ]
}

@test "a program that is killed leaves no core dump of ours" {
    grep -q '^core' /proc/sys/kernel/core_pattern || skip "the system puts cores elsewhere"
    ulimit -c unlimited
    status_of "$RUN" -q "$PY" -c 'import os; os.abort()'
    [ "$(find . -name 'core*' | wc -l)" -le 1 ]
}
