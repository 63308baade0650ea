#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap merge: several sessions on one time axis.  How clocks are joined and
# pids kept apart tests/unit/merge.c knows.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
}

# kept NAME CODE: the session NAME of a program that was killed, without the
# launcher, so that nobody converted it.
kept() {
    local status=0
    CODESNAP_OUT=$1.json LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so \
        "$PY" -c "$2
import os
os.kill(os.getpid(), 9)" 3>&- || status=$?
    [ "$status" -eq 137 ]
    mv "$1.json.codesnap" "$1"
}

# order TRACE NAME...: which calls of these there are, in order of time.
order() {
    "$PYTHON" - "$@" <<'END'
import json, sys
events = json.load(open(sys.argv[1]))
events = events["traceEvents"] if isinstance(events, dict) else events
calls = [(float(e["ts"]), e["name"].split(" ")[0]) for e in events if e["ph"] in "XB"]
print(*[name for _, name in sorted(calls) if name in sys.argv[2:]])
END
}

@test "sessions of this boot lie on one time axis, in any order" {
    kept a 'def one(): pass
one()'
    kept b 'def two(): pass
two()'
    codesnap merge b a -o t.json
    says 'codesnap: t.json: * calls, 2 processes, 2 threads, *'
    [ "$(order t.json one two)" = 'one two' ]
    holds a b t.json
}

@test "sessions whose processes ran at the same time interleave" {
    kept a 'import os, subprocess, sys
def first(): pass
def last(): pass
first()
subprocess.call([sys.executable, "-c", """def between(): pass
between()
import os; os.kill(os.getpid(), 9)"""],
    env={"CODESNAP_OUT": "b.json", "LD_PRELOAD": os.environ["LD_PRELOAD"]})
last()'
    codesnap merge a b.json.codesnap -o t.json
    [ "$(order t.json first between last)" = 'first between last' ]
}

@test "where hosts differ each process shows its own" {
    needs_root
    unshare --uts true 2>/dev/null || skip "no uts namespace can be made"
    kept a 'len("a")'
    export -f kept
    PY=$PY unshare --uts bash -c 'hostname elsewhere && kept b "len(\"b\")"'
    codesnap merge a b -o t.json
    grep '"process_name"' t.json >names
    cat names
    [ "$(wc -l <names)" -eq 2 ]
    grep -q "@ $(uname -n)\"" names
    grep -q '@ elsewhere"' names
}

@test "every format can be merged into, by default result.html" {
    kept a 'len("a")'
    kept b 'len("b")'
    codesnap merge a b
    says 'codesnap: result.html: *2 processes*'
    codesnap merge -q a b -o t.pftrace -o t.folded -o t.csv -o t.speedscope.json
    [ -s t.pftrace ] && [ -s t.folded ] && [ -s t.csv ] && [ -s t.speedscope.json ]
}

@test "what can't be merged is said" {
    kept a 'len("a")'
    cp -r a copy
    mkdir empty
    codesnap -2 merge
    says 'codesnap: nothing given: codesnap merge *SESSION SESSION*'
    codesnap -2 merge a
    says 'codesnap: nothing to merge a with: *codesnap convert*'
    codesnap -125 merge a a -o t.json
    says 'codesnap: a: is the same session as a; name each session once'
    codesnap -125 merge a copy -o t.json
    says 'codesnap: copy: is the same session as a; *'
    codesnap -125 merge a missing -o t.json
    says 'codesnap: missing: no such file, and no session folder *'
    codesnap -125 merge a empty -o t.json
    says 'codesnap: empty: not a session folder: *'
    kept b 'len("b")'
    codesnap -2 merge a b -o b/t.json
    says 'codesnap: b/t.json: lies in the session folder; *'
    [ ! -e b/t.json ]
    rm -r b
    rm a/*.spool copy/*.spool
    codesnap -125 merge a copy -o t.json
    says 'codesnap: no call is recorded in any of these sessions, nothing was written'
    codesnap -2 merge a copy -o t.xyz
    says 'codesnap: t.xyz: its suffix names no kind of output; *'
    holds a copy empty
}

@test "a session that another user keeps is named" {
    needs_root
    needs setpriv
    kept a 'len("a")'
    kept b 'len("b")'
    chmod -R a+rX a
    reachable
    run -125 --separate-stderr setpriv --reuid 65534 --clear-groups \
        "$CODESNAP_BUILD/codesnap" merge a b --format json -o /dev/null
    says 'codesnap: b: can?t be read: *'
}
