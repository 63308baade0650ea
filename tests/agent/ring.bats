#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --last: what is kept is whole, ends with the last call, and takes no more than
# it may.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    ROUNDS=$TARGETS/calls/rounds.py
    MAKER=$TARGETS/calls/maker.py
    COMERS=$TARGETS/processes/comers.py
}

# last rounds|makes TRACE: see last.py.
last() { "$PYTHON" "$TESTS/last.py" "$@"; }

# blocks SESSION: what it takes on the disk, in KiB.
blocks() { du -k "$1" | cut -f 1; }

# other KEY TRACE
other() { "$PYTHON" -c 'import json, sys; print(eval("d[" + repr(sys.argv[1]) + "]", {"d": json.load(open(sys.argv[2]))["otherData"]}))' "$@"; }

# window TRACE: the milliseconds that it spans.
window() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))["otherData"]["duration_ns"] // 1000000)' "$1"; }

last_calls() {
    record t.json --keep --last 2M "$PY" "$ROUNDS" 10000
    read -r count end < <(last rounds t.json)
    [ "$end" -eq 96 ]
    [ "$count" -gt 50000 ]
    [ "$count" -lt 970000 ]
    [ "$(blocks t.json.codesnap)" -lt 2600 ]
    rm -r t.json.codesnap
}

@test "the last calls are kept, consecutive up to the last one, in the size that was asked for" {
    each_python last_calls
}

@test "the last milliseconds are kept, and no more" {
    PY=$(a_python)
    record t.json --last 50ms "$PY" "$ROUNDS" 10000
    [ "$(window t.json)" -eq 50 ]
    [[ $(last rounds t.json) == *' 96' ]]
}

@test "of a size and a time the smaller one counts" {
    PY=$(a_python)
    record t.json --last 1M,10s "$PY" "$ROUNDS" 10000
    [ "$(last rounds t.json | cut -d ' ' -f 1)" -lt 300000 ]
    record t.json --last 10ms,100M "$PY" "$ROUNDS" 10000
    [ "$(window t.json)" -eq 10 ]
}

@test "what fits is whole, and nothing is said of --last" {
    PY=$(a_python)
    record t.json --last 100M,1h "$PY" "$ROUNDS" 100
    [ "$(last rounds t.json)" = '9700 96' ]
    run -1 grep -F -- --last t.json
}

@test "the output and info say that only the last part was kept" {
    PY=$(a_python)
    "$CODESNAP_BUILD/codesnap-run" --keep --last 1M -o t.json "$PY" "$ROUNDS" 10000 2>said
    grep -F '"filter":"--last=1M"' t.json
    grep -F 'only the last was kept (--last=1M)' said
    "$CODESNAP_BUILD/codesnap" info t.json.codesnap | grep -F 'recorded with --last=1M'
}

@test "calls that began before are shown as begun before" {
    PY=$(a_python)
    record t.json --last 1M "$PY" "$ROUNDS" 10000
    "$PYTHON" - <<'END'
import json
events = json.load(open("t.json"))["traceEvents"]
first = {e["name"].split()[0]: e for e in events if e.get("args") == {"step": True, "before": True}}
assert {"<module>", "main"} <= set(first), first
assert all(e["ts"] < 1 for e in first.values())
END
}

@test "a running program's ring is converted at any time, whole each time" {
    PY=$(a_python)
    record t.json --last 1M "$PY" "$ROUNDS" 0 go &
    until_true compgen -G 't.json.codesnap/*.spool'
    for _ in {1..10}; do
        "$CODESNAP_BUILD/codesnap" convert --quiet t.json.codesnap -o s.json || continue
        last rounds s.json >>counts
    done
    touch go
    wait
    [ "$(wc -l <counts)" -ge 5 ]
    [[ $(last rounds t.json) == *' 96' ]]
}

@test "a program that is killed leaves the last of it" {
    PY=$(a_python)
    record t.json --last 1M "$PY" -c "
import os, signal, sys
sys.path.insert(0, '$TARGETS/calls')
import rounds
rounds.main(10000)
os.kill(os.getpid(), signal.SIGKILL)" || true
    [[ $(last rounds t.json) == *' 96' ]]
}

comers() {
    record t.json --keep --last 2M "$PY" "$COMERS" "$1" 400
    read -r count end < <(last rounds t.json)
    [ "$end" = 96 ]
    [ "$count" -ge 291 ]
    [ "$count" -lt $((400 * 291)) ]
    [ "$(blocks t.json.codesnap)" -lt 3500 ]
    rm -r t.json.codesnap
}

@test "threads that come and go take the place of those before" {
    each_python comers threads
}

@test "forked children that come and go take the place of those before" {
    each_python comers children
}

@test "what programs left that ended makes room for the next ones" {
    PY=$(a_python)
    record t.json --keep --last 4M "$PY" -c "
import subprocess, sys
for i in range(40):
    subprocess.run([sys.executable, '$ROUNDS', '3'], check=True)"
    [ "$(compgen -G 't.json.codesnap/*.spool' | wc -l)" -lt 22 ]
    [[ $(last rounds t.json) == *' 96' ]]
}

made() {
    record t.json --keep --last 4M "$PY" "$MAKER" 40000
    [ "$(last makes t.json)" -eq 39999 ]
    [ "$(blocks t.json.codesnap)" -lt 4600 ]
    rm -r t.json.codesnap
}

@test "names of code that is made without end take the place of those before" {
    each_python made
}

@test "a value that is no duration and no size is said before the program starts" {
    for value in 10 10x s 1s,2s 0s '1M,'; do
        run -2 "$CODESNAP_BUILD/codesnap-run" --last "$value" touch started
        [[ $output == "codesnap: --last: can't read '$value'; give a duration or a size, as 10s, 64M or 10s,64M" ]]
    done
    [ ! -e started ]
}

@test "--max-size ends the recording there, and says so" {
    PY=$(a_python)
    "$CODESNAP_BUILD/codesnap-run" --keep --max-size 1M -o t.json "$PY" "$ROUNDS" 5000 2>said
    grep -E 'after 0[.][0-9]+ s recording stopped, since the session was as large as --max-size lets it become; [0-9]+ events of rounds.py came after that' said
    run ! grep lost said
    [ "$(blocks t.json.codesnap)" -lt 1100 ]
    [ "$(last rounds t.json | cut -d ' ' -f 1)" -gt 50000 ]
}

@test "--max-size is for all processes of a session together" {
    PY=$(a_python)
    record t.json --keep --max-size 3M "$PY" -c "
import subprocess, sys
for i in range(30):
    subprocess.run([sys.executable, '$ROUNDS', '500'], check=True)
subprocess.run([sys.executable, '$COMERS', 'children', '40'], check=True)"
    [ "$(blocks t.json.codesnap)" -lt 3300 ]
    grep -F 'could not create a file in the session: not recorded' t.json
    last rounds t.json
}

@test "with --when-full=ring the recording goes on in that size" {
    PY=$(a_python)
    record t.json --keep --max-size 2M --when-full ring "$PY" "$ROUNDS" 10000
    [[ $(last rounds t.json) == *' 96' ]]
    [ "$(blocks t.json.codesnap)" -lt 2600 ]
}

@test "the program's own snapshot of a ring ends with its last call" {
    PY=$(a_python)
    record t.json --last 1M "$PY" -c "
import sys
sys.path.insert(0, '$TARGETS/calls')
import codesnap, rounds
for i in range(3):
    rounds.main(3000)
    codesnap.snapshot('s%d.json' % i)"
    for i in 0 1 2; do [[ $(last rounds "s$i.json") == *' 96' ]]; done
}

@test "codesnap ctl takes a snapshot of a ring" {
    PY=$(a_python)
    record t.json --last 1M "$PY" "$ROUNDS" 0 go &
    until_true compgen -G 't.json.codesnap/*.spool'
    until_true "$CODESNAP_BUILD/codesnap" ctl t.json snapshot s.json
    touch go
    wait
    last rounds s.json
}
