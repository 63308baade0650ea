#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A part of a session: by time, process, thread, function, duration, depth.

setup() {
    load ../helpers
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

# nothing HINT FILTER...: nothing is left, which is told in one line, and an
# output of before stays.
nothing() {
    echo before >x.json
    codesnap -125 convert "${@:2}" "$S" -o x.json
    says "codesnap: $S: $1"
    [ "$(<x.json)" = before ]
    codesnap -125 report "${@:2}" "$S"
    says "codesnap: $S: $1"
    [ -z "$output" ]
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
}

@test "the closing line counts what was kept, and of how many" {
    codesnap convert --function outer "$S" -o x.json
    says 'codesnap: x.json: * of * calls, 1 process, 1 of 2 threads, * ms of * ms'
    read -r kept whole < <(sed -E 's/.*: ([0-9,]+) of ([0-9,]+) calls.*/\1 \2/' <<<"${stderr-}")
    [ "$kept" = 10 ] # inner and sleep inside outer, and itself
    codesnap convert "$S" -o x.json
    says "codesnap: x.json: $whole calls, 1 process, 2 threads, *"
    codesnap convert --window 0ns..1m "$S" -o x.json
    says "codesnap: x.json: $whole calls, 1 process, 2 threads, * ms of * ms"
    # What a thread that was passed over holds is not known.
    codesnap convert --thread second --function other "$S" -o x.html
    says 'codesnap: x.html: 2 calls, 1 process, 1 of 2 threads, *'
    for view in --sort=self --tree --slow --threads --processes '--slowest=*'; do
        "$CODESNAP_BUILD/codesnap" report "$view" --function outer "$S" >out 3>&- 4>&-
        [[ $(tail -n 1 out) == "10 of $whole calls, 1 process, 1 of 2 threads, "*' of '* ]]
    done
    "$CODESNAP_BUILD/codesnap" report --json --function outer "$S" 3>&- 4>&- |
        "$PYTHON" -c 'import json, sys; data = json.load(sys.stdin)
assert data["calls"] == sum(f["calls"] for f in data["functions"]) == 10 < data["of_calls"], data'
}

@test "a page and JSON say which options left calls out of them" {
    codesnap convert --thread second --max-depth 9 "$S" -o part.html -o part.json
    grep -F '"part":"--thread second --max-depth 9"' part.html
    grep -F '"part":"--thread second --max-depth 9"' part.json
    codesnap convert --window 0ns..1m "$S" -o whole.html -o whole.json
    run ! grep -F '"part":' whole.html whole.json
}

@test "what nothing fits is told, with what there is instead" {
    nothing "no function matches --function 'inn'; near: inner, *; codesnap report *" --function inn
    nothing "no function matches --function 'Shop.outr'; near: outer; *" --function Shop.outr
    nothing "no function matches --function '?-?-?-?-?'; codesnap report lists them all" --function '?-?-?-?-?'
    nothing "no process matches --process '1'; codesnap report --processes *" --process 1
    nothing "no process matches --process 'part.py'; near: parts.py; *" --process part.py
    nothing "no thread matches --thread 'secnd'; near: second; *" --thread secnd
    nothing "the recording lasts * ms, --window 1m.. starts after its end" --window 1m..
    nothing "no call in it matches --function 'leaf' --min-duration '1s'" --function leaf --min-duration 1s
    codesnap -125 report --slowest inn "$S"
    says "codesnap: $S: no function matches --slowest 'inn'; near: inner, *"
}

@test "a run of which nothing fits keeps its session" {
    codesnap-run --function nosuch -o t.html "$(a_python)" -c 'len("")'
    says "codesnap: *t.html.codesnap: no function matches --function 'nosuch'; *; the recording is kept, to make it later: codesnap convert t.html.codesnap -o t.html"
    [ ! -e t.html ] && [ -d t.html.codesnap ]
}

@test "--window keeps what runs in it" {
    only --window ..20ms # the second inner is later than that
    [[ $calls == *module* && $(grep -c ' inner' <<<"$calls") -le 1 ]]
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

@test "--own leaves the program's own code, and its calls into libraries" {
    cat >mine.py <<'END'
import json
def key(x): return len(str(x))
def mine():
    json.dumps({"a": [1, 2]}, indent=1)
    return sorted([3, 1], key=key)
mine()
END
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/m.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" mine.py 3>&- 4>&-
    codesnap convert -q m.json.codesnap --own --format csv -o own.csv
    codesnap convert -q m.json.codesnap --format csv -o all.csv
    "$PYTHON" - <<'END'
import csv
def read(name):
    with open(name) as stream:
        return [row for row in csv.DictReader(stream)]
own, everything = read("own.csv"), read("all.csv")
calls = [(int(row["depth"]), row["function"].split(" (")[0]) for row in own]
assert (2, "dumps") in calls and (2, "builtins.sorted") in calls and (3, "key") in calls, calls
assert (4, "builtins.len") in calls, calls
assert not any("encode" in row["function"] for row in own), calls
assert any("encode" in row["function"] for row in everything)
time = {name: [int(row["duration_ns"]) for row in rows if row["function"].startswith("mine (")]
        for name, rows in (("own", own), ("all", everything))}
assert time["own"] == time["all"], time
END
    codesnap report --own --json m.json.codesnap
    "$PYTHON" -c 'import json, sys
names = [f["name"].split(" (")[0] for f in json.load(sys.stdin)["functions"]]
assert "dumps" in names and "iterencode" not in names and "JSONEncoder.encode" not in names, names' <<<"$output"
    codesnap convert m.json.codesnap --own -o m.html
    grep -q -- '--own' m.html
}

@test "with --own an import is one call, called after its module" {
    mkdir -p shop
    touch shop/__init__.py
    echo 'len("")' >shop/cart.py
    printf 'import http.client, json\nimport shop.cart\n' >app.py
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/i.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" app.py 3>&- 4>&-
    codesnap convert -q i.json.codesnap --own --format csv -o own.csv
    codesnap convert -q i.json.codesnap --format csv -o all.csv
    "$PYTHON" - <<'END'
import collections, csv
def read(name):
    with open(name) as stream:
        return [(int(row["depth"]), row["function"].split(" (")[0], row["duration_ns"]) for row in csv.DictReader(stream)]
own, everything = read("own.csv"), read("all.csv")
found = sorted((depth, name) for depth, name, _ in own if "import" in name or "load" in name)
assert found == [(1, "import http.client"), (1, "import json"), (1, "import shop"), (2, "import shop.cart")], found
own, everything = (collections.Counter(time for depth, name, time in rows if depth == 1 and name != "(codesnap)") for rows in (own, everything))
assert not own - everything, (own, everything)
END
}

@test "whose code a function is is written with it when it runs, and a module's code is called an import" {
    mkdir -p own/lib
    echo 'import lib.tool, json; exec("def made(): pass"); made()' >own/main.py
    echo 'def use(): return [].append(1)
use()' >own/lib/tool.py
    (cd own && codesnap-run -q -o own.db "$(a_python)" main.py)
    "$PYTHON" - own/own.db <<'END'
import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute("select name, own from functions where name not like '<module> (<string>%'")
own = {name.split(" (")[0]: own for name, own in rows}
wanted = {"<module>": 1, "import lib.tool": 1, "use": 1, "made": 1, "import json": 0, "list.append": 0}
assert {name: own.get(name) for name in wanted} == wanted, own
END
}
