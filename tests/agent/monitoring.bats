#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What a program's own tools, profile and trace functions are told is what they
# are told without us, and where they are at work the recording is right, too.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../embedders
    sealed
}

# same_events TARGET [ARG...]: it prints the same, with and without C calls.
same_events() {
    local c_calls
    plainly timeout 100 "$PY" "$TARGETS"/*/"$1.py" "${@:2}" >plain
    [ -s plain ]
    for c_calls in yes no; do
        by_codesnap --c-calls="$c_calls" -o t.json "$PY" "$TARGETS"/*/"$1.py" "${@:2}" >recorded
        diff plain recorded
    done
}

@test "a profile function is told what it is told untraced, however it was set" {
    each_python same_events setprofile
}

# Up to 3.11 the end of the call that set it is told, see Limits.
from_c() {
    at_least 3.12 || return 0
    build_extension watcher || return 0
    same_events watched
    echo "watched $PY" >>watched
}

@test "a profile function that C code sets is told what it is told untraced" {
    each_python from_c
    [ -s watched ] || skip "no interpreter with headers"
}

@test "debuggers stop at the same line and trace the same instructions" {
    each_python same_events debuggers
}

tools() {
    at_least 3.12 || return 0
    PYTHONHASHSEED=0 same_events tools 0 60
}

@test "tools of sys.monitoring get the same events, whatever they ask for" {
    each_python tools
}

ids() {
    at_least 3.12 || return 0
    same_events toolids
    tree t.json toolids.py | plain_names | grep -oE '\b(with|between)_[0-9]$' | sort | uniq -c |
        awk '{ print $2, $1 }' >names
    diff names - <<<$'between_1 1\nbetween_2 1\nwith_0 1\nwith_1 1\nwith_2 1\nwith_3 1\nwith_4 1\nwith_5 1'
    record t.json "$PY" "$TARGETS/tools/toolids.py" all >/dev/null
    tree t.json toolids.py | plain_names >names
    grep -c before_all names
    grep -c after_all names
    run ! grep during_all names
}

@test "a tool gets the id that it asks for, and the recording goes on" {
    each_python ids
}

codelike() {
    at_least 3.13 || return 0
    "$PY" -c 'import _testcapi; _testcapi.CodeLike' 2>/dev/null || return 0
    same_events codelike
}

@test "what is told to tools as code need not be code" {
    each_python codelike
}

first_sight() {
    at_least 3.12 || return 0
    same_events firstsight
}

@test "the first sight of a function makes nothing that the collector counts" {
    each_python first_sight
}

# all_fits TARGET: no exit was left over, and no call without one.
all_fits() {
    at_least 3.12 || return 0
    "$CODESNAP_BUILD/codesnap-run" -o t.json "$PY" "$TARGETS"/*/"$1.py" 2>said 3>&-
    cat said
    run ! grep -E 'without a call|ended unseen' said
    tree t.json "$1.py" | plain_names >names
    [ "$(grep -cx ' *after' names)" -eq 1 ]
}

interrupted() {
    all_fits interrupted
    at_least 3.12 || return 0
    [ "$(grep -cx '  main' names)" -le 1 ]
}

@test "a signal handler that raises at a function's entry leaves nothing behind" {
    each_python interrupted
}

@test "whatever way a C function is called, its end is seen" {
    each_python all_fits methods
}

# under NAME: what was called by it and by nothing in between, one a line.
under() {
    awk -v name="$1" '{
        match($0, /^ */)
        if (RLENGTH == inside + 2 && found) print $1
        else if (RLENGTH <= inside) found = 0
        if ($1 == name) { found = 1; inside = RLENGTH }
    }'
}

raising() {
    at_least 3.12 || return 0
    same_events raisingtools
    record t.json "$PY" "$TARGETS/tools/raisingtools.py" >/dev/null
    tree t.json raisingtools.py | plain_names >names
    [ "$(under stopped <names | grep -cx between)" -eq 4 ]
    all_fits raisingtools
}

@test "a call that a tool ends by an exception ends there in the recording" {
    each_python raising
}

# On 3.11 it is EXIT_UNSEEN that ends it, written with the next event.
left_by_a_trace_function() {
    "$CODESNAP_BUILD/codesnap-run" -o t.json "$PY" "$TARGETS/tools/raisingtrace.py" 2>said 3>&-
    tree t.json raisingtrace.py | plain_names >names
    [ "$(under main <names | sort | uniq -c | tr -d '\n ')" = 10after10left10sys.settrace ]
    [ "$(under after <names | grep -cx leaf)" -eq 10 ]
    [[ $VERSION != 3.11.* ]] || grep '10 calls ended unseen (MainThread: left ' said
}

@test "a function that a trace function ends by an exception holds nothing of what follows" {
    each_python left_by_a_trace_function
}
