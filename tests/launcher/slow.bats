#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap report --slow: of programs with a planted cause it names the function,
# first and once; of programs without one it claims nothing.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    PLANTED=$("$PYTHON" -c '
import re, sys
table = re.search("PLANTED = {(.*?)}", open(sys.argv[1]).read(), re.S).group(1)
print(*(":".join(pair) for pair in re.findall(r"\"(\w+)\": \"(\w+)\"", table)))' "$TARGETS/calls/sporadic.py")
    STEADY=$("$PYTHON" -c '
import re, sys
print(*re.search("CASES = \"{3}(.*?)\"{3}", open(sys.argv[1]).read(), re.S).group(1).split())' "$TARGETS/calls/steady.py")
}

# session SCRIPT ARGUMENT: record it on PY, and keep the session in $S.
session() {
    rm -rf s.json.codesnap
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/s.json" \
        CODESNAP_EXIT_CONVERT=0 timeout 100 "$PY" "$TARGETS/calls/$1" "$2" >out 2>&1 3>&- 4>&- ||
        { cat out; return 1; }
    S=s.json.codesnap
}

# rows [ARGUMENT]...: of the report in JSON: FUNCTION SLOW-CALLS, a line each.
rows() {
    "$CODESNAP_BUILD/codesnap" report --slow --json "$@" 3>&- 4>&- | "$PYTHON" -c '
import json, sys
for row in json.load(sys.stdin): print(row["function"], row["slow_calls"])'
}

# is_busy: the recorded program waited longer for a processor than half of the time
# that it ran.  Then what a function takes by itself may not be told from that.
is_busy() {
    "$CODESNAP_BUILD/codesnap" report --processes --json "$S" 3>&- 4>&- | "$PYTHON" -c '
import json, sys
all = json.load(sys.stdin)["processes"]
sys.exit(2 * sum(one["delay_ns"] for one in all) < sum(one["cpu_ns"] for one in all))'
}

# finds CASE FUNCTION: in one of three recordings, or the machine is too busy.
finds() {
    local found='' try
    for try in 1 2 3; do
        session sporadic.py "$1"
        found=$(rows "$S")
        echo "$VERSION $1, try $try: ${found//$'\n'/, }"
        [[ ${found%% *} == "$2" ]] && break
    done
    [ -n "$found" ] || { is_busy && return; }
    [[ ${found%% *} == "$2" ]]
    [ "$(grep -c "^$2 " <<<"$found")" = 1 ]
}

finds_all() {
    local pair
    for pair in $PLANTED; do
        finds "${pair%:*}" "${pair#*:}"
    done
}

@test "a planted cause is found, named by its function, first and once" {
    [ "$(wc -w <<<"$PLANTED")" -ge 12 ]
    each_python finds_all
}

# What a busy machine does to one recording it does not do to two.
claims_nothing() {
    local case found
    for case in $STEADY; do
        session steady.py "$case"
        found=$(rows "$S" | cut -d ' ' -f 1 | sort)
        [ -n "$found" ] || continue
        echo "$VERSION $case: ${found//$'\n'/, }"
        session steady.py "$case"
        [ -z "$(comm -12 <(echo "$found") <(rows "$S" | cut -d ' ' -f 1 | sort))" ]
    done
}

@test "of a program with nothing planted nothing is claimed" {
    [ "$(wc -w <<<"$STEADY")" -ge 20 ]
    each_python claims_nothing
}

@test "a library that only hands calls on has no row" {
    PY=$(a_python)
    session sporadic.py dispatched
    rows "$S" >found
    grep '^answer ' found
    [ "$(grep -c wrapper found)" = 0 ]
}

@test "the report says how many there are, each with its cause" {
    PY=$(a_python)
    session sporadic.py cache
    codesnap report --slow "$S"
    [ "${lines[0]}" = '1 to look at: functions with calls that are far slower than usual' ]
    [[ ${lines[1]} == *lost*slow*'of calls'*usually*worst*'function, cause' ]]
    [[ ${lines[2]} == *' look_up (sporadic.py:'*')' ]]
    [[ ${lines[3]} == *'only slow calls call fetch'*'; seen by price_of' ]]
    "$CODESNAP_BUILD/codesnap" report --slow --json "$S" | "$PYTHON" -c '
import json, sys
(row,) = json.load(sys.stdin)
assert row["file"].endswith("/sporadic.py") and row["line"] > 1 and row["calls"] == 3000, row
assert row["usual_ns"] < row["threshold_ns"] <= row["worst_ns"] <= row["lost_ns"], row
assert row["seen_by"] == ["price_of"] and "fetch" in row["cause"], row'
}

@test "a session, its page and its JSON have the same rows, and --limit cuts them" {
    PY=$(a_python)
    session sporadic.py retry
    rows "$S" >expected
    [ -s expected ]
    codesnap convert "$S" -o t.html -o t.json.gz
    rows t.html | diff -u expected -
    rows t.json.gz | diff -u expected -
    [ "$(rows --limit 1 "$S" | wc -l)" = 1 ]
    # What the page itself shows, without reading all calls again.
    "$PYTHON" -c '
import json, re, sys
text = open(sys.argv[1]).read()
part = lambda name: json.loads(re.search("id=\"codesnap-" + name + "\">(.*?)</script>", text, re.S).group(1))
names = part("tables")["functions"]["name"]
for row in part("end")["slow"]: print(names[row["function"]].split(" ")[0], row["slow_calls"])' t.html |
        diff -u expected -
}

@test "where nothing stands out it says so" {
    PY=$(a_python)
    session steady.py numeric
    codesnap report --slow "$S"
    [[ ${lines[0]} == 'Nothing to look at: '* ]]
    [ "$("$CODESNAP_BUILD/codesnap" report --slow --json "$S" | tr -d '\n')" = '[]' ]
    codesnap -2 report --slow --tree "$S"
    says 'codesnap: one of --tree, --imports, --slow, *'
}
