#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A part of a session: by time, process, thread, function, duration, depth.

setup() {
    load helpers
    sealed
    cat >parts.py <<'END'
import threading, time
def leaf(): pass
def inner():
    for _ in range(3): leaf()
def outer(): inner(); time.sleep(0.02); inner()
def other(): leaf()
thread = threading.Thread(target=other, name="second")
thread.start(); thread.join()
outer()
END
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/s.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" parts.py 3>&- 4>&-
    S=s.json.codesnap
}

# only FILTER...: "depth name" of each call of parts.py that is left.
only() {
    codesnap convert -q "$@" "$S" --format csv -o out.csv
    calls=$(awk -F, '$10 ~ /parts.py/ { print $5, $10 }' out.csv | sed 's/ (.*//')
    echo "$calls"
}

@test "--function keeps its calls and what they call" {
    only --function outer
    [ "$(wc -l <<<"$calls")" = 9 ] # leaf six times, inner twice
    [[ $(tail -n 1 <<<"$calls") == '0 outer' && $(head -n 1 <<<"$calls") == '2 leaf' ]]
    only --function '*:inn*'
    [ "$(grep -c '0 inner' <<<"$calls")" = 2 ]
}

@test "--max-depth keeps so many levels" {
    only --max-depth 2
    [[ $calls == *'1 outer'* && $calls != *inner* ]]
}

@test "--min-duration keeps what lasts, and its callers" {
    only --min-duration 10ms
    [[ $calls == *outer*module* && $calls != *leaf* && $calls != *inner* ]]
}

@test "--thread and --process choose by name or number" {
    only --thread second
    [[ $calls == *other* && $calls != *outer* ]]
    only --process parts.py
    [[ $calls == *other* && $calls == *outer* ]]
    only --process 1
    [ -z "$calls" ]
}

@test "--window keeps what runs in it" {
    only --window ..1ns
    [[ $calls != *outer* ]]
    only --window 0ns..1m
    [[ $calls == *outer*module* ]]
}

@test "what is no window, duration or depth is said" {
    for wrong in '--window 1s' '--window 2s..1s' '--min-duration 5' '--max-depth 0' '--max-depth x'; do
        # shellcheck disable=SC2086 # two words
        codesnap -2 convert $wrong "$S" -o x.json
        says "codesnap: ${wrong% *}: *"
    done
    [ ! -e x.json ]
}
