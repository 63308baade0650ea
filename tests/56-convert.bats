#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap convert: the timeline of a session that was kept.

setup() {
    load helpers
    sealed
    PY=$(a_python)
    kept
}

# kept: t.json.codesnap, a session of a program that was still running.
kept() {
    timeout 30 "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" -c 'import os, time
if os.fork() == 0:
    time.sleep(1.5)
    os._exit(0)' 3>&- 4>&-
    rm t.json
    sleep 1.5
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
    { timeout 20 "$CODESNAP_BUILD/codesnap" convert t.json.codesnap --format html -o - 2>said 3>&- ||
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
