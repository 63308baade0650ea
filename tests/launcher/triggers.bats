#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --trigger: a snapshot is written when something is slow, or fails.

setup() {
    load ../helpers
    load ../pythons
    sealed
    RUN=$CODESNAP_BUILD/codesnap-run
    cat >serves.py <<'END'
import gc, sys, threading, time
def handle(seconds): time.sleep(seconds)
def fails(): raise KeyError("x")
def safe():
    try: fails()
    except KeyError: pass
def dies(): raise ValueError("end")
def within(depth): handle(0.1) if depth == 0 else within(depth - 1)
def collects():
    kept = [[[]] for i in range(300000)]
    gc.collect()
exec(sys.argv[1])
END
}

# marks TRACE: the triggers that are marked in it, each once.
marks() { grep -o '"trigger: [^"]*"' "$1" | sort -u; }

slow() {
    rm -f t.*
    codesnap-run --last 10s --trigger '__main__:handle>250ms' --trigger 'never>1s' -o t.json \
        "$PY" serves.py 'for i in range(20): handle(0.5 if i == 15 else 0)'
    holds serves.py t.json t.1.__main__-handle-250ms.json
    [ "$(marks t.1.*)" = '"trigger: __main__:handle>250ms"' ]
    [ "$(grep -c '"handle (serves.py' t.1.*)" -ge 10 ]
    says "codesnap: --trigger 'never>1s': no function that was called matches" 'codesnap: t.json: *'
}

@test "a call that takes longer writes a snapshot with what was before it" {
    each_python slow
}

exceptions() {
    rm -f t.* u.*
    "$RUN" -q --trigger exception:LookupError --trigger exception --trigger exception:app.Error -o t.json \
        "$PY" serves.py 'safe(); t = threading.Thread(target=dies); t.start(); t.join()' 2>said
    holds serves.py said t.json t.1.exception-LookupError.json t.2.exception.json
    [ "$(marks t.2.*)" = $'"trigger: exception"\n"trigger: exception:LookupError"' ]
    # What is caught is no `exception`.
    "$RUN" -q --trigger exception -o u.json "$PY" serves.py 'safe()'
    [ ! -e u.1.exception.json ]
    "$RUN" --trigger exception:NoSuchError --trigger exception:KeyError -o u.json "$PY" serves.py 'safe()' 2>said
    grep -qx "codesnap: --trigger 'exception:NoSuchError': no exception of that type left a function" said
    run ! grep exception:KeyError said
}

@test "an exception of a type, or derived from it, and one that nobody catches" {
    each_python exceptions
}

collections() {
    rm -f t.* u.*
    "$RUN" -q --trigger 'gc>1ms' -o t.json "$PY" serves.py 'collects()'
    holds serves.py t.json t.1.gc-1ms.json
    [ "$(marks t.json)" = '"trigger: gc>1ms"' ]
    "$RUN" -q --trigger 'gc>1h' -o u.json "$PY" serves.py 'collects()'
    [ ! -e u.1.gc-1h.json ]
}

@test "a collection that takes longer" {
    each_python collections
}

@test "of calls inside of each other the outermost is the trigger, once" {
    PY=$(a_python)
    "$RUN" -q --trigger 'within>50ms' -o t.json "$PY" serves.py 'within(5)'
    [ "$(grep -o '"trigger: [^"]*"' t.json)" = '"trigger: within>50ms"' ]
}

still_runs() {
    rm -f t.*
    "$RUN" -q --trigger 'handle>50ms' -o "t.$1" "$PY" serves.py 'handle(60)' 3>&- &
    until_there "t.1.handle-50ms.$1"
    codesnap report --function handle --json "t.1.handle-50ms.$1"
    kill -0 $!
    kill $!
    wait $! || true
    total=$(grep -o '"total_ns": *[0-9]*' <<<"$output" | head -n 1 | grep -o '[0-9]*$')
    [ "$total" -gt 1000000000 ]
}

@test "a call that still runs is seen from outside, and lasts until then" {
    PY=$(a_python)
    still_runs html
    still_runs json
}

@test "one snapshot each ten seconds for each trigger, --snapshots in all, and the rest is counted" {
    PY=$(a_python)
    codesnap-run --snapshots 1 --trigger 'handle>1ms' --trigger exception:KeyError -o t.json \
        "$PY" serves.py 'for i in range(3): handle(0.01)
safe()'
    holds serves.py t.json t.1.handle-1ms.json
    says 'codesnap: a trigger came 3 more times without a snapshot*' 'codesnap: t.json: *'
}

@test "codesnap.watch writes a snapshot of what takes longer, by its name" {
    PY=$(a_python)
    for tracer in c python; do
        [ $tracer = c ] && snapshots='--snapshots 5' || snapshots=
        # shellcheck disable=SC2086
        "$RUN" -q --tracer $tracer $snapshots -o $tracer.json "$PY" serves.py '
import codesnap
for i in range(5):
    with codesnap.watch("request", slower_than=0.05): handle(0.1 if i == 3 else 0)'
        [ "$(marks $tracer.json)" = '"trigger: request"' ]
    done
    [ -s c.1.request.json ]
    [ "$(grep -c '"name":"request"' c.json)" -eq 5 ]
}

@test "of several triggers of a function the shortest counts" {
    PY=$(a_python)
    codesnap-run --trigger '*:handle>1h' --trigger '__main__:handle>50ms' -o t.json "$PY" serves.py 'handle(0.1)'
    holds serves.py t.json t.1.__main__-handle-50ms.json
    says 'codesnap: t.json: *'
}

@test "a function with a trigger is not throttled" {
    PY=$(a_python)
    "$PY" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || skip "no Python 3.12 or newer"
    "$RUN" -q --max-overhead 1% --trigger 'fails>1h' -o t.json "$PY" serves.py 'for i in range(200000): safe()'
    codesnap info t.json
    grep -q '^throttled.*safe' <<<"$output"
    run ! grep -q '^throttled.*fails' <<<"$output"
}

@test "a function that is left out is recorded where it is a trigger" {
    PY=$(a_python)
    "$RUN" -q --own --exclude '*:handle' --trigger 'handle>50ms' -o t.json "$PY" serves.py 'handle(0.1)'
    grep -q '"handle (serves.py' t.1.handle-50ms.json
}

@test "what is no trigger is said beforehand" {
    for text in handle 'handle>' 'handle>5' '>5ms' 'exceptions' 'exception:' ' b>5ms'; do
        codesnap-run -2 --trigger "$text" true
        says "codesnap: --trigger: '$text' *"
    done
    # shellcheck disable=SC2046
    codesnap-run -2 $(printf -- '--trigger f%d>1s ' {1..16}) true
    says 'codesnap: --trigger is given more than 15 times*'
    codesnap-run -2 --tracer python --trigger exception true
    says 'codesnap: the tracer in Python writes no snapshots*'
    CODESNAP_TRIGGER='exclude=a' codesnap-run -2 true
    says "codesnap: CODESNAP_TRIGGER: 'exclude=a' is not a rule; give trigger=TRIGGER*"
}
