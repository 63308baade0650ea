#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --args and --returns: what chosen functions are called with and return, without
# running any code of the program's.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    script=$TARGETS/calls/arguments.py
}

# told OUT FLAG... : what the trace of the target says of arguments.
told() {
    record "$1.json" "${@:2}" "$PY" "$script" >"$1.printed"
    "$PYTHON" "$TESTS/arguments.py" "$1.json" >"$1"
}

exact() {
    told seen --args '*arguments.py' --returns '*arguments.py'
    diff -u "$TARGETS/calls/arguments.expected" seen
    [ "$(cat seen.printed)" = 5 ] # nothing was asked
    told seen --c-calls=no --args '*arguments.py' --returns '*arguments.py'
    diff -u "$TARGETS/calls/arguments.expected" seen
}

@test "arguments and what is returned are told exactly, and nothing of the program's runs" {
    each_python exact
}

@test "only the functions that match are looked at, and each for what was asked" {
    PY=$(a_python)
    told seen --args '*:login' --returns '__main__:recurses'
    [ "$(cut -d' ' -f1 seen | sort | uniq -c | tr -s ' \n' ' ')" = ' 1 login 3 recurses ' ]
    grep -q '^recurses {"return": "bottom"}' seen
    run ! grep -q return <(grep login seen)
}

@test "unasked nothing is looked at" {
    PY=$(a_python)
    told seen
    [ ! -s seen ]
}

@test "names of one's own are redacted, too, wherever they are" {
    PY=$(a_python)
    told seen --args '*:login' --args '*:Order.total' --redact user --redact 'num*'
    grep -q '"user": "<redacted>"' seen
    grep -q '"number": "<redacted>", "items": \[1' seen
    grep -q '"token_count": 7' seen
}

@test "databases, tables of lines and pages have them, and JSON is read back with them" {
    PY=$(a_python)
    record t.json -o t.db -o t.csv -o t.html -o t.firefox.json --args login --args '*:Order.*' --returns login "$PY" "$script" >/dev/null
    "$PYTHON" - <<'END'
import csv, json, sqlite3
rows = sqlite3.connect("t.db").execute("select a.name, a.value from arguments a join spans s on s.id = a.span join functions f on f.id = s.function where f.name like 'login%'").fetchall()
assert dict(rows)["user"] == "u" and dict(rows)["token_count"] == 7 and dict(rows)["return"] == "done", rows
values = [row["value"] for row in csv.DictReader(open("t.csv", newline="")) if row["value"]]
assert len(values) == 4 and '"token_count":7' in values[-1], values
markers = [data["args"] for thread in json.load(open("t.firefox.json"))["threads"] for data in thread["markers"]["data"] if data["type"] == "call"]
assert markers == values, markers
END
    for output in t.json t.html; do
        codesnap info $output
        [[ $output =~ arguments\ +4\ calls ]]
    done
}

@test "--args-repr asks the program, and goes on where that fails" {
    PY=$(a_python)
    cat >own.py <<'END'
class Fine:
    def __repr__(self): return "fine " + "!" * 300
class Bad:
    def __repr__(self): raise ValueError("no")
def take(a, b, c): pass
take(Fine(), Bad(), [Fine()])
END
    record t.json --args take --args-repr "$PY" own.py
    "$PYTHON" "$TESTS/arguments.py" t.json >seen
    grep -q '"a": "fine !!!*\\u2026 and 50 more", "b": "<__main__.Bad>", "c": \["fine' seen
    [ "$(grep -c . seen)" = 1 ]
}

@test "an exception that is pending, and one that is being handled, stay as they are" {
    PY=$(a_python)
    cat >own.py <<'END'
import sys
class Context:
    def __exit__(self, *why): return take(*why)
    def __enter__(self): pass
def take(type, value, traceback): return sys.exc_info()[1] is value
with Context(): raise KeyError("mine")
try:
    try: raise KeyError("inner")
    finally: print(take(*sys.exc_info()))
except KeyError as error: print(error)
END
    record t.json --args 'own.py' --returns 'own.py' "$PY" own.py >seen
    [ "$(cat seen)" = "$(printf "%s\n" True "'inner'")" ]
}

@test "of too many calls a second some are not looked at, and how many is said" {
    PY=$(a_python)
    printf 'def take(a): pass\nfor i in range(60000): take(i)\n' >many.py
    record t.json --args take "$PY" many.py
    "$PYTHON" - <<'END'
import json
trace = json.load(open("t.json"))
calls = [e for e in trace["traceEvents"] if e["name"].startswith("take ")]
known = [e["args"]["arguments"]["a"] for e in calls if "args" in e]
assert len(calls) == 60000, len(calls)
assert known == sorted(set(known)) and 0 < len(known) < 60000, len(known)
assert trace["otherData"]["arguments_passed"] == 60000 - len(known)
END
    "$CODESNAP_BUILD/codesnap-run" --args take -o t.json "$PY" many.py 2>said
    grep -q 'arguments of [0-9,]* calls were not looked at: too many a second' said
}
