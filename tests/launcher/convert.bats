#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap convert: the timeline of a session that was kept.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    kept
}

# kept: t.json.codesnap, a session of a program that was still running.
kept() {
    timeout 100 "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" -c 'import os, time
if os.fork() == 0:
    open("pid.tmp", "w").write(str(os.getpid()))
    os.rename("pid.tmp", "pid")
    until = time.time() + 100
    while not os.path.exists("go") and time.time() < until: time.sleep(0.01)
    os._exit(0)' 3>&- 4>&-
    rm t.json
    touch go
    until_there pid
    until_ended "$(cat pid)"
    rm go pid
    [ -d t.json.codesnap ]
}

@test "without -o the output is named as the session is, and the session stays" {
    codesnap convert t.json.codesnap/
    says 'codesnap: t.json: * calls, 2 processes, *'
    holds t.json t.json.codesnap
}

@test "a numbered session of any name becomes the same" {
    mv t.json.codesnap t.json.codesnap.3
    codesnap convert t.json.codesnap.3
    [ -s t.json ]
    mv t.json.codesnap.3 session
    codesnap convert session
    [ -s result.html ]
}

@test "several outputs at once, options before or after" {
    codesnap convert -o a.html t.json.codesnap -o b.json
    says 'codesnap: a.html, b.json: *'
    [ -s a.html ] && [ -s b.json ]
}

@test "-o - is standard output" {
    codesnap convert t.json.codesnap --format json -o -
    "$PYTHON" -m json.tool <<<"$output" >/dev/null
    holds t.json.codesnap
}

@test "a closed pipe is an error, not a death" {
    { timeout 100 "$CODESNAP_BUILD/codesnap" convert t.json.codesnap --format html -o - 2>said 3>&- ||
        echo $? >status; } | head -c 10 >/dev/null
    cat said
    [ "$(cat status)" = 125 ]
    grep -q 'Broken pipe' said
}

@test "the environment of a recording does not steer it" {
    CODESNAP_OUT=x.html CODESNAP_FORMAT=nonsense CODESNAP_TRACER=nonsense \
        CODESNAP_SESSION=/nowhere codesnap convert t.json.codesnap
    holds t.json t.json.codesnap
}

@test "several sessions make several outputs" {
    cp -r t.json.codesnap u.html.codesnap
    codesnap convert t.json.codesnap u.html.codesnap
    [ -s t.json ] && [ -s u.html ]
    codesnap -2 convert -o x.json t.json.codesnap u.html.codesnap
    says '*-o names one output for 2 sessions*codesnap merge'
}

@test "what is no session is said" {
    codesnap -125 convert nothing
    says 'codesnap: *nothing*'
    mkdir empty
    codesnap -125 convert empty
    says 'codesnap: *empty*'
    echo text >file
    codesnap -125 convert file
    says 'codesnap: *file*'
    holds empty file t.json.codesnap
}

@test "a session without a call makes no output" {
    rm t.json.codesnap/*.spool
    codesnap -125 convert t.json.codesnap
    says 'codesnap: *t.json.codesnap*'
    [ ! -e t.json ]
}

@test "an output in no folder, or in none that can be written, is said" {
    codesnap -125 convert t.json.codesnap -o /no/such/t.json
    says 'codesnap: /no/such/: *'
    codesnap -2 convert t.json.codesnap -o t.xyz
    says 'codesnap: t.xyz: *'
}

# Without -S tar would read all of a spool that was not cut to its size yet: a
# terabyte of nothing.
trimmed() {
    for spool in t.json.codesnap/*.spool; do
        truncate -s "$(od -An -tu8 -j32 -N8 "$spool" | tr -d ' ')" "$spool"
    done
}

# from_tar ARG...: what tar with these options makes of the session is converted.
from_tar() {
    tar c "$@" t.json.codesnap | "$CODESNAP_BUILD/codesnap" convert -q - -o u.json
    cmp t.json u.json
    rm u.json
}

@test "a session is read from standard input, as a tar archive or a spool" {
    codesnap convert -q t.json.codesnap -o t.json
    export TMPDIR=$PWD/tmp
    mkdir tmp
    from_tar -S
    trimmed
    from_tar --format=gnu
    from_tar --format=pax
    from_tar --format=ustar
    from_tar --format=posix -S
    from_tar -z
    cat t.json.codesnap/*.spool | "$CODESNAP_BUILD/codesnap" report - >report
    grep -q time.sleep report
    tar cS t.json.codesnap | "$CODESNAP_BUILD/codesnap" info - >info
    grep -q '^session *standard input$' info
    tar cS t.json.codesnap | "$CODESNAP_BUILD/codesnap" info --json - |
        "$PYTHON" -c 'import json, sys; assert json.load(sys.stdin)["session"] == "standard input"'
    [ -z "$(ls -A tmp)" ]
}

@test "the spool of a program that still runs comes by tar, too" {
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/live.json" \
        CODESNAP_EXIT_CONVERT=0 "$PY" -c 'import time
def nap(): time.sleep(0.01)
open("ready", "w").close()
for _ in range(3000): nap()' 3>&- 4>&- &
    pid=$!
    until_there ready
    tar cS live.json.codesnap | timeout 100 "$CODESNAP_BUILD/codesnap" info - >info
    kill $pid
    grep -q '^processes     1' info
}

# refuses TEXT: as standard input it is told in one line, and nothing stays.
refuses() {
    codesnap -125 convert - -o u.json <input
    says "codesnap: standard input: $1*"
    [ ! -e u.json ]
}

# Whole: what turns of 97 functions made, one after the other, and nothing lost.
@test "a program that calls without end is converted while it runs, whole each time" {
    for _ in {1..6}; do
        "$CODESNAP_BUILD/codesnap-run" -q -o u.json "$PY" "$TESTS/targets/calls/rounds.py" 3000 &
        until_true "$CODESNAP_BUILD/codesnap" convert --quiet u.json.codesnap -o s.json
        "$PYTHON" "$TESTS/last.py" rounds s.json
        wait
        [ "$("$PYTHON" "$TESTS/last.py" rounds u.json)" = '291000 96' ]
        rm u.json s.json
    done
}

@test "standard input that is no session is told in one line" {
    trimmed
    : >input
    refuses "is empty"
    head -c 5000 /dev/urandom >input
    refuses "neither a tar archive"
    echo short >input
    refuses "neither a tar archive"
    echo >other
    tar c other >input
    refuses "no session is in it"
    cp -r t.json.codesnap s.json.codesnap
    tar c s.json.codesnap t.json.codesnap >input
    refuses "holds several sessions"
    codesnap -2 convert - - -o u.json
}

@test "of an archive nothing but plain files of a session is taken" {
    trimmed
    mkdir -p evil/x.codesnap
    cp t.json.codesnap/* evil/x.codesnap
    ln -s /etc/passwd evil/x.codesnap/link.spool
    echo >evil/outside.spool
    tar cP -C evil x.codesnap --transform 's,^outside,../outside,' ../evil/outside.spool >input
    TMPDIR=$PWD codesnap convert -q - -o u.json <input || true
    [ ! -e outside.spool ]
    tar c -C evil x.codesnap | "$CODESNAP_BUILD/codesnap" info - >info
    grep -q '^calls' info
}

@test "without tar it is said that tar is missing" {
    mkdir empty
    ln -s "$(command -v env)" empty
    tar cS t.json.codesnap | PATH=$PWD/empty "$CODESNAP_BUILD/codesnap" info - 2>err || [ $? = 125 ]
    [[ $(<err) == "codesnap: standard input: neither a tar archive"*"tar"*"No such file"* ]]
}

@test "an archive that is cut off gives what there is" {
    trimmed
    tar c t.json.codesnap >whole
    head -c $(($(stat -c %s whole) - 12000)) whole |
        "$CODESNAP_BUILD/codesnap" info - >info 2>err
    [[ $(<err) == "codesnap: standard input: the archive is cut off"* ]]
    grep -q '^calls' info
}

@test "an archive that is cut off before the first call is called standard input" {
    trimmed
    tar c t.json.codesnap | head -c 1536 >begun
    for verb in convert report; do
        "$CODESNAP_BUILD/codesnap" $verb - <begun 2>err 3>&- 4>&- || [ $? = 125 ]
        cat err
        grep -q 'standard input: .*cut off' err
        [[ $(tail -n 1 err) == 'codesnap: standard input'* ]]
        run ! grep -q /codesnap- err
    done
}

@test "an output in the session folder is refused" {
    codesnap -2 convert t.json.codesnap -o t.json.codesnap/x.json
    says 'codesnap: t.json.codesnap/x.json: lies in the session folder; *'
    [ ! -e t.json.codesnap/x.json ]
}

@test "an output is no session" {
    codesnap convert -q t.json.codesnap -o t.json
    codesnap -125 convert t.json -o u.html
    says 'codesnap: t.json: is a file and no session folder*codesnap report*'
    codesnap -125 merge t.json t.json.codesnap -o u.html
    says 'codesnap: t.json: is a file and no session folder*'
}

@test "a gap is said with its place: closing line, info, JSON and page" {
    codesnap run -o t.json -o t.html "$PY" -c '
import codesnap
def f(): pass
codesnap.pause()
codesnap.resume()
f()'
    says 'codesnap: t.json, t.html: *; 1 gap (MainThread: from * to *)'
    for output in t.json t.html; do
        codesnap info "$output"
        grep -q '^gaps  *1 gap (MainThread: from .* to ' <<<"$output"
    done
    "$PYTHON" - <<'END'
import json
[gap] = json.load(open("t.json"))["otherData"]["troubles"]
[place] = gap["first"]
assert (gap["kind"], gap["count"], place["thread"]) == ("gap", 1, "MainThread"), gap
assert 0 < place["ns"] < place["end_ns"], gap
END
}
