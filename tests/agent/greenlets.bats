#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Greenlets take turns in one thread; each has a track of its own.  Needs greenlet
# and gevent: CODESNAP_GREENLETS="PATH..." names interpreters that have them
# (those of virtual environments, say); else the oldest and the newest for which
# pip has them are made here, and if there is none those that the tests run on
# are asked.

setup_file() {
    load ../venvs
    [[ ${CODESNAP_GREENLETS-} ]] && return
    CODESNAP_GREENLETS=$(
        first_with greenlet gevent <"$CODESNAP_PYTHONS"
        tac "$CODESNAP_PYTHONS" | first_with greenlet gevent
    ) || true
    export CODESNAP_GREENLETS
}

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../lanes
    cd "$BATS_TEST_TMPDIR" || return 1
    if [[ ${CODESNAP_GREENLETS-} ]]; then
        export CODESNAP_PYTHONS=$BATS_TEST_TMPDIR/pythons
        PYTHONS_FOUND=$CODESNAP_GREENLETS pythons_find >"$CODESNAP_PYTHONS"
    fi
}

# having MODULE COMMAND: run it where that can be imported; skip if nowhere.
having() {
    run_having() { "$PY" -c "import $1" 2>/dev/null || return 0; echo >>ran; "$2"; }
    each_python run_having "$@"
    [ -s ran ] || skip "no interpreter has $1: set CODESNAP_GREENLETS"
}

exactly() {
    record t.json "${flags[@]}" "$PY" "$TARGETS/threads/greenlets.py"
    tree t.json greenlets.py | sed 's/ \.\.\.$//' | tracks >actual
    oracle expected "$TARGETS/threads/greenlets.py"
    tracks <expected | sed "${edit:-}" >wanted
    diff -u wanted actual
}

@test "each greenlet's calls are on its own track, as they nest" {
    flags=()
    having greenlet exactly
}

marked() {
    record t.html "$PY" "$TARGETS/threads/greenlets.py"
    grep -c '^{"process":.*"greenlet":true' t.html >marked || true
    grep -c '"process":[0-9]*,"tid":' t.html >told
    [ "$(cat marked)" -gt 0 ] && [ "$(cat marked)" -lt "$(cat told)" ]
    codesnap info t.html >info
    grep -x "greenlets *$(cat marked)" info
    record t.json "$PY" "$TARGETS/threads/greenlets.py"
    codesnap info t.json >info
    grep -x "greenlets *$(cat marked)" info
    grep -x "threads *$(($(cat told) - $(cat marked)))" info
}

@test "a page knows which tracks are greenlets', and info counts them apart" {
    having greenlet marked
}

python_calls() {
    record t.json --c-calls=no "$PY" "$TARGETS/threads/greenlets.py"
    tree t.json greenlets.py | sed 's/ \.\.\.$//' | tracks >actual
    oracle expected "$TARGETS/threads/greenlets.py"
    tracks <expected | grep '(greenlets.py:\|^thread' | plain_names |
        sed 's/^ *//' | sort | uniq -c >wanted
    plain_names <actual | sed 's/^ *//' | sort | uniq -c | diff -u wanted -
}

@test "they are without C calls, too" {
    having greenlet python_calls
}

names() {
    record t.json "$PY" "$TARGETS/threads/greenlets.py"
    "$PYTHON" "$COMPARE" threads t.json >names
    grep -Fx MainThread names
    grep -Fx first names
    grep -Fx 'greenlet 1 (catches)' names
    grep -Ex 'greenlet [0-9]+ \(nested\)' names
}

@test "a greenlet is called after what it runs" {
    having greenlet names
}

many() {
    local memory mappings
    record t.db "$PY" "$TARGETS/threads/manygreenlets.py" 20000 >grown
    read -r memory mappings <grown
    [ "$memory" -lt 2000 ]
    [ "$mappings" -lt 100 ]
    [ "$(sqlite3 t.db "select calls from function_times where name like 'leaf (%'")" -eq 40040 ]
    [ "$(sqlite3 t.db "select count(*) from threads")" -le 1100 ]
    sqlite3 t.db "select name from threads" | grep -Fx 'greenlets (work)'
}

@test "twenty thousand short greenlets leave no memory and no crowd of tracks" {
    needs sqlite3
    having greenlet many
}

forks() {
    [ "$(record t.json "$PY" "$TARGETS/threads/forks.py")" = 0 ]
    tree t.json forks.py >tree
    [ "$(grep -c '^thread greenlet 1 (work)' tree)" -eq 2 ]
    [ "$(grep -c '^thread MainThread' tree)" -eq 2 ]
    [ "$(grep -c ' leaf ' tree)" -eq $((5 + 4)) ]
    run ! grep -F ' ...' tree
}

@test "a fork inside of a greenlet goes on in the child" {
    having greenlet forks
}

closing() {
    "$CODESNAP_BUILD/codesnap-run" -o t.json "$PY" "$TARGETS/threads/forks.py" >/dev/null 2>said 3>&-
    # In each of two processes MainThread and the greenlet that forked.
    grep -E ', 2 threads, [0-9]+ greenlets?, ' said
    "$CODESNAP_BUILD/codesnap" report --threads t.json | grep -E ', 2 threads, [0-9]+ greenlets?, '
}

closing_part() {
    "$CODESNAP_BUILD/codesnap-run" --thread 'greenlet*' -o t.json "$PY" "$TARGETS/threads/forks.py" >/dev/null 2>said 3>&-
    grep -E ', 0 of 2 threads, [0-9]+ greenlets?, ' said
}

@test "the closing line counts greenlets apart from threads" {
    having greenlet closing
}

@test "so does that of a part" {
    having greenlet closing_part
}

own_trace() {
    "$PY" "$TARGETS/threads/greenlettrace.py" >expected
    record t.json "$PY" "$TARGETS/threads/greenlettrace.py" >actual
    assert_same expected actual
    tree t.json greenlettrace.py | grep '^work'
}

@test "the program's own trace function is called, and no other is seen" {
    having greenlet own_trace
}

gevents() {
    [ "$(record t.json "$PY" "$TARGETS/threads/gevents.py")" = 0 ]
    tree t.json gevents.py >tree
    grep -Fx 'thread patched thread' tree
    [ "$(grep -c ' ask ' tree)" -eq 30 ]
    [ "$(grep -c '^handle ' tree)" -eq 30 ]
    [ "$(grep -c ' receive ' tree)" -eq 90 ]
    sed -n '/^thread greenlet .*(sleeps)/{n;p}' tree | grep -F sleeps
}

@test "a gevent pool with sockets, patched threads and kills is recorded" {
    having gevent gevents
}

pauses() {
    record t.json "$PY" "$TARGETS/threads/greenletpause.py"
    tree t.json greenletpause.py >tree
    [ "$(grep -c '^thread greenlet [123] (outer)$' tree)" -eq 3 ]
    [ "$(grep -c '^ *leaf ' tree)" -ge 7 ]
    run ! grep -F ' ...' tree
}

@test "greenlets may end and begin while the recording pauses" {
    having greenlet pauses
}

sized() {
    record t.json "$PY" "$TARGETS/threads/greenletinstants.py"
    "$PYTHON" - <<'END'
import json
args = [e["args"] for e in json.load(open("t.json"))["traceEvents"] if e["ph"] == "i"]
assert [len(a) for a in args[:20]] == [len(a) for a in args[20:40]], args
assert len(args) == 60 and sum("left out" in a for a in args) == 24, args
assert args[19] == {"left out": "19 arguments"} and len(args[11]) == 11, args
END
}

@test "an instant that is too large says so, and hurts nobody" {
    having greenlet sized
}
