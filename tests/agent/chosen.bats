#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Only some functions are recorded, and only some levels: exactly what the whole
# recording says that these are.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# chosen RULE... -- FLAG...: with these flags a recording holds what of the whole one
# is left by the rules (see chosen.py), with C calls and without.
chosen() {
    local rules=() c_calls
    for (( ; $# > 0; )); do
        [[ $1 != -- ]] || break
        rules+=("$1")
        shift
    done
    for c_calls in yes no; do
        record part.json --c-calls=$c_calls "${@:2}" "$PY" "$TARGETS/calls/chosen.py"
        tree part.json chosen.py >actual
        "$PYTHON" "$TESTS/chosen.py" "${rules[@]}" <whole.$c_calls >wanted
        diff -u wanted actual
    done
}

whole() {
    local c_calls
    for c_calls in yes no; do
        record whole.json --c-calls=$c_calls "$PY" "$TARGETS/calls/chosen.py"
        tree whole.json chosen.py >whole.$c_calls
    done
}

excluded() {
    whole
    chosen without=mid without=steps -- --exclude '*:mid' --exclude '__main__:steps'
    chosen without=work without=top without=again without=sorts -- \
        --include '*chosen.py' --exclude work --exclude top \
        --exclude '__main__:again' --exclude '*:sorts'
    chosen without=fails without=builtins.len -- --exclude fails --exclude 'builtins:len'
}

@test "an excluded function is not recorded, and what it calls is" {
    each_python excluded
}

excluded_trees() {
    whole
    chosen inside=top inside=steps -- --exclude-tree top --exclude-tree '*:steps'
    chosen inside=again inside=fails -- --exclude-tree again --exclude-tree fails
}

@test "of an excluded tree nothing is recorded" {
    each_python excluded_trees
}

included() {
    whole
    chosen only=leaf only=mid -- --include leaf --include '__main__:mid'
    chosen -- --include '*/chosen.py'
}

@test "included functions are recorded with the C functions that they call, and no others" {
    each_python included
}

sleeping() {
    cat >sleeps.py <<'END'
import threading
import time


def sleeps(long):
    if long:
        time.sleep(0.001)


sleeps(False)
threads = [threading.Thread(target=sleeps, args=(True,)) for _ in range(3)]
for thread in threads:
    thread.start()
    thread.join()
END
    record t.json --exclude '*' --include 'time:sleep' "$PY" sleeps.py
    "$PYTHON" "$COMPARE" names t.json | diff -u <(echo '3 time.sleep') -
}

@test "a C function that is wanted is recorded, whoever calls it, and nothing else is" {
    each_python sleeping
}

through_excluded() {
    cat >deep.py <<'END'
import sys
import threading


def kept(depth):
    return left_out(depth - 1) if depth else 0


def left_out(depth):
    return kept(depth - 1) if depth else 0


sys.setrecursionlimit(20000)
threading.stack_size(256 << 20)
thread = threading.Thread(target=kept, args=(9999,))
thread.start()
thread.join()
END
    record t.json --exclude '*:left_out' "$PY" deep.py
    "$PYTHON" "$COMPARE" names t.json deep.py | grep -q '^5000 kept '
    codesnap info t.json
    [[ $output != *unseen* ]]
}

@test "a recursion through excluded code is as deep as it is" {
    each_python through_excluded
}

# 3.11 alone keeps calls off the C stack, unless frames are evaluated by others.
no_deeper_than_plain() {
    [[ $VERSION == 3.11* ]] || return 0
    cat >recursion.py <<'END'
import sys

import codesnap


def one(depth):
    return other(depth - 1) if depth else 0


def other(depth):
    return one(depth - 1) if depth else 0


sys.setrecursionlimit(10**6)
print(one(50000), codesnap.ignore(one)(50000))
END
    for c_calls in yes no; do
        for option in --max-depth=5 '--exclude=*:one' '--exclude=*' '--exclude-tree=other'; do
            record t.json --c-calls=$c_calls "$option" "$PY" recursion.py >said
            [ "$(cat said)" = "0 0" ]
        done
    done
}

@test "whatever is left out, on 3.11 a recursion takes no C stack" {
    each_python no_deeper_than_plain
}

main_thread() { sed -n '1p; 2,/^thread/ { /^thread/d; p }'; }

levels() {
    local most c_calls
    whole
    for most in 1 3 5; do
        for c_calls in yes no; do
            CODESNAP_OUT=part.json CODESNAP_MAX_DEPTH=$most CODESNAP_C_CALLS=$c_calls \
                LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so \
                plainly "$PY" "$TARGETS/calls/chosen.py"
            tree part.json chosen.py | main_thread >actual
            main_thread <whole.$c_calls | "$PYTHON" "$TESTS/chosen.py" depth=$most >wanted
            diff -u wanted actual
        done
    done
}

@test "no more levels of calls are recorded than are asked for" {
    each_python levels
}

@test "what left calls out is said by info, and in the page and JSON" {
    PY=$(a_python)
    record t.html --exclude 'json.*:*' --include '*:loads' --max-depth 7 "$PY" -c 1
    codesnap info t.html
    [[ $output == *'recorded with --exclude=json.*:* --include=*:loads --max-depth=7'* ]]
    grep -qF '"filter":"--exclude=json.*:* --include=*:loads --max-depth=7"' t.html
}

profiled() {
    cat >told.py <<'END'
import sys


def told(calls):
    sys.setprofile(lambda frame, event, it: calls.append((event, getattr(it, "__name__", it))))
    len("abc")
    sys.setprofile(None)
    return calls


print(told([]), told([]))
END
    plainly "$PY" told.py >expected
    record t.json "$@" "$PY" told.py >actual
    diff -u expected actual
}

@test "a profile function in what is left out hears what it hears untraced" {
    each_python profiled --exclude told
    each_python profiled --exclude-tree told
    each_python profiled --exclude 'sys:*'
}

profiled_again() {
    cat >again.py <<'END'
import sys


def kept():
    return len("abc")


def on():
    sys.setprofile(lambda *told: None)


for _ in range(3):
    on()
    sys.setprofile(None)
    kept()
END
    record t.json --exclude '*:on' "$PY" again.py
    "$PYTHON" "$COMPARE" names t.json again.py | grep -F again.py | diff -u - <(
        echo '1 <module> (again.py:1)'
        echo '3 kept (again.py:4)'
    )
}

@test "where excluded code sets a profile function what is open goes on" {
    each_python profiled_again
}

two_processes() {
    cat >outer.py <<'.'
import subprocess
import sys

subprocess.check_call([sys.executable, "inner.py"])
.
    echo "len('inner')" >inner.py
}

@test "only processes with the name that is asked for are recorded" {
    PY=$(a_python)
    two_processes
    record t.json --process 'inner*' "$PY" outer.py
    codesnap report --processes --json t.json
    [[ $output == *inner.py* && $output != *outer.py* ]]
    CODESNAP_OUT=u.json CODESNAP_PROCESS='inner*' \
        LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so plainly "$PY" outer.py
    codesnap report --processes --json u.json
    [[ $output == *inner.py* && $output != *outer.py* ]]
}

@test "no process with that name is said, with and without the launcher" {
    PY=$(a_python)
    codesnap-run --process other -o t.json "$PY" -c 1
    says 'codesnap: nothing recorded: no Python process fits --process other*'
    CODESNAP_OUT=u.json CODESNAP_PROCESS=other \
        LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so plainly "$PY" -c 1 2>said
    grep -q 'no process fits CODESNAP_PROCESS (other); nothing is recorded' said
    [ ! -e u.json ] && [ ! -e u.json.codesnap ]
}

@test "that nothing fits what is included is said" {
    codesnap-run --include 'nosuch:*' -o t.json "$(a_python)" -c 1
    says 'codesnap: no function that ran fits --include*'
    CODESNAP_FILTER='exclude=*' codesnap-run -o t.json "$(a_python)" -c 1
    says 'codesnap: t.json: 0 calls*'
}

without_effect() {
    cat >kept.py <<'END'
def kept():
    return abs(1)


kept()
END
    codesnap-run -o t.json --exclude '*:kept' --exclude 'nosuch:*' --exclude 'time:sleep' \
        --include 'builtins:abs' "$PY" kept.py
    says "codesnap: t.json: *; without effect: --exclude 'nosuch:?', --exclude 'time:sleep'"
}

@test "rules that fitted no function are in the closing line" {
    each_python without_effect
}

@test "a rule that a child process needed is not said to be without effect" {
    PY=$(a_python)
    two_processes
    codesnap-run -o t.json --exclude 'inner.py' --exclude 'json:*' "$PY" outer.py
    says "codesnap: t.json: *; without effect: --exclude 'json:?'"
}

@test "without the launcher a variable of a name that one would guess is said" {
    CODESNAP_EXCLUDE=x CODESNAP_OUT=t.json LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so \
        plainly "$(a_python)" -c 1 2>said
    [ "$(cat said)" = "codesnap: CODESNAP_EXCLUDE: there is no such variable, but CODESNAP_FILTER; passed over" ]
}

@test "a rule that is none is said before the program starts" {
    CODESNAP_FILTER='exclud=x' codesnap-run -2 echo started
    says "codesnap: CODESNAP_FILTER: 'exclud=x' is not a rule*"
    codesnap-run -2 --exclude 'a;b' echo started
    says "codesnap: --exclude: 'a;b' has a , or ; in it*"
    codesnap-run -2 --max-depth 0 echo started
    says "codesnap: --max-depth: can't read '0'*"
    [ -z "$output" ]
}
