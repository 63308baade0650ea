#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Snapshots that codesnap-run writes while the program runs: one for each period, and
# one for each signal.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    RUN=$CODESNAP_BUILD/codesnap-run
    cat >serves.py <<'END'
import os, sys, time
def serve(): time.sleep(0.005)
until = time.time() + float(sys.argv[1])
open("pid", "w").write(str(os.getpid()))
while time.time() < until and not os.path.exists("stop"): serve()
END
}

teardown() { touch stop; }

calls_of() { codesnap info --json "$1"; grep -o '"calls": *[0-9]*' <<<"$output" | tail -n 1 | grep -o '[0-9]*$'; }

@test "--rotate writes a file each period, and keeps no more than that" {
    codesnap-run -q --rotate 1s -o t.json "$PY" serves.py 3.6
    [ -s t.1.json ] && [ -s t.2.json ] && [ -s t.3.json ]
    holds serves.py pid t.json t.1.json t.2.json t.3.json
    for file in t.2.json t.3.json t.json; do
        grep -q '"serve (serves.py' $file
        codesnap info $file
        [[ $output == *"recorded with"*"--last=1s"* ]]
    done
}

@test "a program that ends before the first period has one file" {
    codesnap-run -q --rotate 10m -o t.json "$PY" serves.py 0.1
    holds serves.py pid t.json
}

@test "--signal-action=snapshot writes what was recorded so far, and the program goes on" {
    "$RUN" -q --signal USR2 --signal-action snapshot -o 'out.json.gz' "$PY" serves.py 60 3>&- 4>&- &
    until_there pid
    sleep 0.3
    kill -USR2 "$(cat pid)"
    until_there out.1.signal.json.gz
    kill -USR2 "$(cat pid)"
    until_there out.2.signal.json.gz
    kill -0 "$(cat pid)"
    touch stop
    wait $!
    holds serves.py pid stop out.json.gz out.1.signal.json.gz out.2.signal.json.gz
    gzip -t out.2.signal.json.gz
    gzip -dc out.1.signal.json.gz | grep -q '"serve (serves.py'
    # It paused nothing.
    run ! grep -q gap <(gzip -dc out.json.gz)
}

@test "a signal right before the end is answered, too" {
    "$RUN" -q --signal USR2 --signal-action snapshot -o t.json "$PY" -c '
import os, signal
os.kill(os.getpid(), signal.SIGUSR2)'
    [ -s t.1.signal.json ]
}

@test "what snapshots need is said beforehand" {
    codesnap-run -2 --signal-action snapshot true
    says 'codesnap: --signal-action says what --signal does; give that, too*'
    codesnap-run -2 --rotate 10 true
    says "codesnap: --rotate: can't read '10'; give a duration*"
    stderr=$(CODESNAP_SIGNAL=USR2 CODESNAP_SIGNAL_ACTION=snapshot CODESNAP_OUT=bare.json \
        LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so "$PY" -c 'len("a")' 2>&1)
    [[ $stderr == *"only codesnap run writes snapshots"* ]]
}
