#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --cpu: when a thread was off the processor, blocked or preempted.

setup() {
    load ../helpers
    load ../pythons
    sealed
    cat >works.py <<'END'
import threading, time
def naps():
    for i in range(5): time.sleep(0.02)
def works():
    until = time.thread_time() + 0.05 if hasattr(time, "thread_time") else time.process_time() + 0.1
    clock = getattr(time, "thread_time", time.process_time)
    while clock() < until: pass
thread = threading.Thread(target=naps)
thread.start()
works()
thread.join()
naps()
END
    # of EXPRESSION [FILE]: with sum(QUERY), a number of what SQLite says.
    cat >of.py <<'END'
import sqlite3, sys
base = sqlite3.connect(sys.argv[2] if len(sys.argv) > 2 else "t.db")
def value(query): return base.execute(query).fetchone()[0] or 0
print(eval(sys.argv[1]))
END
}

of() { "$PYTHON" of.py "$@"; }

# Where the kernel says nothing, as in many containers, there is nothing to test.
needs_switches() {
    "$CODESNAP_BUILD/codesnap-run" -q --cpu=yes -o probe.db "$(a_python)" -c 'import time; time.sleep(0.01)' 3>&- 4>&-
    [ "$(of 'value("select count(*) from waits")' probe.db)" -gt 0 ] || skip "the kernel tells nobody when threads are switched"
}

# (Of a thread its first moment, and so its first nap, is not known.)
# The thread that sleeps is off the CPU while it does, the one that works has what it
# asked for.
tells() {
    "$CODESNAP_BUILD/codesnap-run" -q --cpu=yes -o t.db "$PY" works.py 3>&- 4>&-
    [ "$(of 'value("select count(distinct thread) from waits where kind = \"blocked\"")')" = 2 ]
    [ "$(of 'value("select sum(off_cpu_ns) from spans s join functions f on f.id = s.function where f.name = \"time.sleep\"") >= 0.18e9')" = True ]
    [ "$(of 'value("select sum(duration_ns - off_cpu_ns) from spans s join functions f on f.id = s.function where f.name like \"works %\"") >= 0.049e9')" = True ]
    [ "$(of 'value("select count(*) from spans where off_cpu_ns > duration_ns")')" = 0 ]
}

@test "what a thread slept it was off the CPU, what it worked it was on it" {
    needs_switches
    each_python tells
}

# Off the processor lies no event of the thread.
apart() {
    "$CODESNAP_BUILD/codesnap-run" -q --cpu=yes -o t.db "$PY" works.py 3>&- 4>&-
    [ "$(of 'value("""select count(*) from waits w join spans s on s.thread = w.thread
        and s.start_ns > w.start_ns and s.start_ns < w.start_ns + w.duration_ns
        where w.kind in ("blocked", "preempted")""")')" = 0 ]
}

@test "no call begins while its thread is off the CPU" {
    needs_switches
    each_python apart
}

@test "session, page and JSON say the same of it" {
    needs_switches
    "$CODESNAP_BUILD/codesnap-run" -q --keep -o t.html -o t.json "$(a_python)" works.py 3>&- 4>&-
    for view in '' --threads --slow --json; do
        for file in t.html t.json; do
            # shellcheck disable=SC2086 # nothing, or one word
            diff <("$CODESNAP_BUILD/codesnap" report $view --limit 0 t.html.codesnap 3>&- 4>&-) \
                <("$CODESNAP_BUILD/codesnap" report $view --limit 0 "$file" 3>&- 4>&-)
        done
    done
}

@test "--clock cpu counts only the time on the CPU" {
    needs_switches
    "$CODESNAP_BUILD/codesnap-run" -q --keep -o t.db -o t.prof --clock=cpu "$(a_python)" works.py 3>&- 4>&-
    codesnap report --clock=cpu --json --function time.sleep t.db.codesnap
    [ "$(echo "$output" | "$PYTHON" -c 'import json, sys
print(sum(f["total_ns"] for f in json.load(sys.stdin)["functions"]) < 0.1e9)')" = True ]
    [ "$("$PYTHON" -c 'import pstats
print(sum(row[3] for key, row in pstats.Stats("t.prof").stats.items() if "sleep" in key[2]) < 0.1)')" = True ]
}

# A child that is forked has a ring of its own.
forks() {
    "$CODESNAP_BUILD/codesnap-run" -q --cpu=yes -o t.db "$PY" -c 'import os, time
if os.fork() == 0:
    for i in range(5): time.sleep(0.02)
else: os.wait()' 3>&- 4>&-
    [ "$(of 'value("select count(distinct thread) from waits where kind = \"blocked\"")')" = 2 ]
    [ "$(of 'value("select sum(duration_ns) from waits where kind = \"blocked\" and thread = 2") >= 0.08e9')" = True ]
}

@test "a forked child is told apart from its parent" {
    needs_switches
    each_python forks
}

@test "with --cpu=no nothing is said of it" {
    codesnap run -q --keep --cpu=no -o t.db "$(a_python)" works.py
    [ "$(of 'value("select count(*) from waits where kind <> \"gil\"")')" = 0 ]
    codesnap report t.db.codesnap
    [[ ${lines[1]} != *CPU* ]]
}

@test "where the kernel refuses, the program and the recording are as without" {
    needs_root
    cat >refused.c <<'END'
#include <errno.h>
#include <stddef.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
/* perf_event_open ends whoever calls it. */
int main(int argc, char **argv)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {4, filter};
    (void)argc;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        return 99;
    execvp(argv[1], argv + 1);
    return 98;
}
END
    "$CC" -o refused refused.c
    ./refused "$CODESNAP_BUILD/codesnap-run" -q -o t.db "$(a_python)" works.py 3>&- 4>&-
    [ "$(of 'value("select count(*) from waits where kind <> \"gil\"")')" = 0 ]
    [ "$(of 'value("select count(*) from spans") > 10')" = True ]
}
