#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap diff: what became of each function between two recordings, whether that
# is more than noise, and conditions that fail.

setup() {
    load ../helpers
    sealed
}

# recording NAME "FUNCTION = DURATIONS"...: one with these calls, tests/recording.py.
recording() { "$PYTHON" "$TESTS/recording.py" "$@"; }

# changes ARGUMENT...: "CHANGE NAME" of each row, without its place, in order.
changes() {
    "$CODESNAP_BUILD/codesnap" diff --json "$@" 3>&- 4>&- | "$PYTHON" -c '
import json, sys
for row in json.load(sys.stdin)["functions"]:
    print(row["self"]["change"], row["name"].split(" (")[0])'
}

# python EXPRESSION ARGUMENT...: what it says of the comparison in JSON.
python() {
    "$CODESNAP_BUILD/codesnap" diff --json "${@:2}" 3>&- 4>&- |
        "$PYTHON" -c "import json, sys; data = json.load(sys.stdin); print($1)"
}

# a_shop FOLDER: record a program there, as a session, a page and JSON.
a_shop() {
    mkdir -p "$1/pkg"
    cat >"$1/pkg/shop.py"
    (cd "$1" && "$CODESNAP_BUILD/codesnap-run" -q --keep -o s.html -o s.json -o s.json.gz \
        "$(a_python)" pkg/shop.py 3>&- 4>&-)
}

two_shops() {
    a_shop old <<'END'
import time
def steady(): time.sleep(0.001)
def slower(): time.sleep(0.001)
def removed(): return len("")
def often(): return 1
for i in range(10): steady(); slower(); often(); removed()
END
    a_shop new/deep <<'END'
import time


def added(): return len("")
def steady(): time.sleep(0.001)
def slower(): time.sleep(0.2)
def often(): return 1
for i in range(10): steady(); slower(); often(); often(); added()
END
}

@test "two versions of a program: slower, gone, new, more calls; lines and folders moved" {
    two_shops
    codesnap diff old/s.html new/deep/s.html
    [[ ${lines[0]} == 'old/s.html -> new/deep/s.html: functions by difference of self time' ]]
    grep -E ' 10 +20 +calls \+100% +often \(shop.py:7\)$' <<<"$output"
    grep -E ' 10 +0 +gone +removed \(shop.py:4\)$' <<<"$output"
    grep -E ' 0 +10 +new +added \(shop.py:4\)$' <<<"$output"
    [ "$(grep -cE '^[^:]*(gone|new)  ' <<<"$output")" = 2 ]
    codesnap diff --sort total old/s.html new/deep/s.html
    grep -E '^ +\+[0-9.]+ m?s .* (each|typical) x[0-9]+ +slower \(shop.py:6\)$' <<<"$output"
    [ "$(python '[row["total"]["change"] for row in data["functions"] if row["name"].startswith("slower")]' old/s.html new/deep/s.html)" = "['slower']" ]
}

@test "a session, a page and JSON of the same recording are the same" {
    two_shops
    for format in s.html s.json s.json.gz; do
        changes old/s.html.codesnap new/deep/s.html.codesnap | sort >expected
        changes old/$format new/deep/s.html.codesnap | sort | diff expected -
        changes old/s.html.codesnap new/deep/$format | sort | diff expected -
    done
    changes old/s.html.codesnap old/s.html >same
    [ "$(cut -d ' ' -f 1 same | sort -u)" = small ]
    tar cS -C old s.html.codesnap | codesnap diff - old/s.html
}

@test "the code of a module is the same in a session and in what is made of it" {
    mkdir m
    echo 'len("")' >m/part.py
    echo 'import part' >m/main.py
    (cd m && "$CODESNAP_BUILD/codesnap-run" -q --keep -o s.html -o s.json "$(a_python)" main.py 3>&- 4>&-)
    for format in s.html s.json; do
        changes m/s.html.codesnap "m/$format" | grep -x 'small import part'
    done
}

@test "what lies within the spread of calls is noise, what does not is a change" {
    steady=("a (app.py:1) = normal(50, 9000, 900, 1)" "b (app.py:2) = [500, 700] * 60"
        "c (app.py:3) = normal(90, 4000, 40, 2)" "math.sqrt = [30, 40] * 20" "d (app.py:4) = [800, 810] * 9")
    recording before.json "${steady[@]}" "same (app.py:7) = normal(200, 50000, 9000, 3)" \
        "slow (app.py:8) = normal(200, 50000, 9000, 4)" "once (app.py:9) = [100000]"
    recording after.json "${steady[@]}" "same (app.py:7) = normal(200, 51000, 9000, 5)" \
        "slow (app.py:8) = normal(200, 60000, 9000, 6)" "once (app.py:9) = [900000]"
    changes --function '[so][aln]*' before.json after.json >rows
    assert_same - rows <<'END'
slower slow
single once
noise same
END
    changes after.json before.json | grep -x 'faster slow'
}

@test "a single call that took long is noise" {
    recording before.json "f (app.py:1) = [1000, 1010] * 50" "g (app.py:2) = [3000] * 9"
    recording after.json "f (app.py:1) = [1000, 1010] * 49 + [1000, 90000]" "g (app.py:2) = [3000] * 9"
    [ "$(changes before.json after.json)" = $'noise f\nsmall g' ]
}

@test "a machine that was busy for a while is noise, though many calls were longer" {
    recording before.json "f (app.py:1) = [1000, 1010] * 500"
    recording busy.json "f (app.py:1) = [1000, 1010] * 400 + [2000, 2010] * 100"
    recording slower.json "f (app.py:1) = [1200, 1210] * 500"
    [ "$(changes before.json busy.json)" = 'noise f' ]
    [ "$(changes before.json slower.json)" = 'slower f' ]
}

@test "where all functions differ as much, that is noise of the machine" {
    names=(a b c d e f g h)
    recording before.json "${names[@]/%/ (app.py:1) = [1000, 1010] * 20}"
    recording after.json "${names[@]/%/ (app.py:1) = [1300, 1310] * 20}"
    [ "$(changes before.json after.json | cut -d ' ' -f 1 | sort -u)" = noise ]
    codesnap diff before.json after.json
    [[ ${lines[-2]} == 'no change beyond noise, 8 noise' ]]
    [[ ${lines[-1]} == 'the second run was 1.3 times slower altogether' ]]
}

@test "one function that got slower beyond the whole machine is found, and comes first" {
    names=(a b c d e f g h)
    recording before.json "${names[@]/%/ (app.py:1) = normal(40, 4000, 90, 1)}" "slow (app.py:9) = normal(5, 9000, 400, 2)"
    recording after.json "${names[@]/%/ (app.py:1) = normal(39, 5200, 90, 3) + [90000]}" "slow (app.py:9) = normal(5, 30000, 400, 4)"
    changes before.json after.json >rows
    [ "$(head -1 rows)" = 'slower slow' ]
    [ "$(grep -c slower rows)" = 1 ]
}

@test "calls of which some were interrupted tell by what is typical of them" {
    recording before.json "f (app.py:1) = normal(150, 9000, 300, 1) + [900000] * 2"
    recording after.json "f (app.py:1) = normal(150, 15000, 300, 2) + [800000] * 2"
    codesnap diff before.json after.json
    [[ ${lines[2]} == *' typical +6'?'% '*' f (app.py:1)' ]]
    recording worse.json "f (app.py:1) = normal(150, 9000, 300, 2) + [4000000] * 2"
    [ "$(changes before.json worse.json)" = 'noise f' ]
}

@test "more calls and slower calls are told apart, and add up" {
    recording before.json "f (app.py:1) = [1000, 1010] * 50"
    recording after.json "f (app.py:1) = [2000, 2010] * 100"
    codesnap diff before.json after.json
    [[ ${lines[2]} == *' calls +100%, each +100% f (app.py:1)' ]]
    [ "$(python '[row["self"] for row in data["functions"]]' before.json after.json)" = \
        "[{'change': 'slower', 'difference_ns': 300500, 'by_calls_ns': 100500, 'by_each_ns': 200000, 'each': 0.9950248756218905}]" ]
}

@test "a few calls more do not make noise a change" {
    recording before.json "f (app.py:1) = normal(200, 50000, 9000, 3)" "g (app.py:9) = [9000000] * 3"
    recording after.json "f (app.py:1) = normal(201, 51000, 9000, 5)" "g (app.py:9) = [9000000] * 3"
    codesnap diff before.json after.json
    [[ ${lines[2]} == *' calls +0.5%, noise '*'f (app.py:1)' ]]
}

@test "functions of one name in one file are matched in the order of their lines" {
    recording before.json "<lambda> (x/app.py:3) = [1000] * 9" "<lambda> (x/app.py:5) = [7000] * 9"
    recording after.json "<lambda> (y/app.py:13) = [1000] * 9" "<lambda> (y/app.py:15) = [7000] * 9"
    recording more.json "<lambda> (y/app.py:13) = [1000] * 9" "<lambda> (y/app.py:15) = [7000] * 9" \
        "<lambda> (y/app.py:16) = [100] * 9"
    [ "$(python '[row["self"]["difference_ns"] for row in data["functions"]]' before.json after.json)" = '[0, 0]' ]
    codesnap diff before.json more.json
    [[ ${lines[2]} == *', all of that name: 2 before, 3 after' && ${lines[3]} == '' || ${#lines[@]} == 5 ]]
}

@test "functions of files that only have their name in common are not taken for each other" {
    recording before.json "run (x/a/__init__.py:3) = [1000] * 9" "go (x/app.py:3) = [1000] * 9"
    recording after.json "run (x/b/__init__.py:3) = [1000] * 9" "go (x/old/app.py:8) = [1000] * 9"
    [ "$(changes before.json after.json | sort)" = $'gone run\nnew run\nsmall go' ]
}

@test "--fail-if: status 1 and a line with both figures where it holds, else nothing" {
    recording before.json "f (app.py:1) = [1000000] * 20" "g (lib.py:1) = [1000] * 20"
    recording after.json "f (app.py:1) = [1500000] * 20" "g (lib.py:1) = [1000] * 30" "h (lib.py:3) = [10]"
    codesnap diff before.json after.json --fail-if 'total(f) > +60%' --fail-if 'self(*lib.py) > +1ms' \
        --fail-if 'calls(g) > +10' --fail-if 'mean(f) < -0%'
    says
    codesnap -1 diff before.json after.json --fail-if 'total(app:*) > +20%' --fail-if 'calls(g)>+9' \
        --fail-if 'self(*) > +1s' --fail-if 'mean(f) > +499us' --fail-if 'calls(h) > +0'
    says 'codesnap: total(app:\*) > +20%: 20 ms before, 30 ms after (+50.0%)' \
        'codesnap: calls(g)>+9: 20 before, 30 after (+50.0%)' \
        'codesnap: mean(f) > +499us: 1 ms before, 1.5 ms after (+50.0%)' \
        'codesnap: calls(h) > +0: 0 before, 1 after'
    codesnap -1 diff after.json before.json --fail-if 'total(f) < -10%'
}

@test "--fail-if: the total of several functions has no time twice" {
    a_shop old <<<$'def f(n): return n and g(n - 1)\ndef g(n): return n and f(n - 1)\nf(30)'
    [ "$(python 'len({c["before"] for c in data["conditions"]})' old/s.html old/s.html \
        --fail-if 'total(*) > +1s' --fail-if 'self(*) > +1s')" = 1 ]
    [ "$(python 'data["conditions"][0]["before"] < 31 * data["conditions"][1]["before"]' old/s.html old/s.html \
        --fail-if 'total(shop.py) > +1s' --fail-if 'mean(shop.py) > +1s')" = True ]
}

@test "--fail-if: what can't be read is one line with the way out, and so is a pattern without a function" {
    recording a.json "f (app.py:1) = [1000] * 9"
    for wrong in 'f > +1ms' 'total(f' 'total() > +1ms' 'total(f) +1ms' 'total(f) > 1ms' 'self(f) > +1' \
        'calls(f) > +1ms' 'self(f) > +1ms or so' 'self(f) > +ms'; do
        codesnap -2 diff a.json a.json --fail-if "$wrong"
        says "codesnap: --fail-if: can't read '*': *; give MEASURE(PATTERN) > +AMOUNT, as in *"
    done
    codesnap -125 diff a.json a.json --fail-if 'total(g) > +1ms' --fail-if 'calls(f) < +1'
    says 'codesnap: --fail-if: no function in either recording matches *' 'codesnap: calls(f) < +1: 9 before, 9 after (+0.0%)'
}

@test "it takes two recordings, each of which can be read" {
    recording a.json "f (app.py:1) = [1000] * 9"
    codesnap -2 diff a.json
    says 'codesnap: diff takes two recordings, *BEFORE AFTER'
    codesnap -125 diff a.json nowhere
    says 'codesnap: nowhere: no such file, and no session folder*'
    codesnap -2 compare a.json a.json
    says "*did you mean codesnap diff?"
    codesnap -125 diff a.json a.json --function nothing
    holds a.json
}

@test "--sort, --limit and a narrow terminal" {
    recording before.json "f (app.py:1) = [1000] * 90" "g (app.py:2) = [5000000] * 2" "h (app.py:3) = [7] * 9"
    recording after.json "f (app.py:1) = [1000] * 99" "g (app.py:2) = [6000000] * 2" "h (app.py:3) = [7] * 9"
    [ "$(changes --limit 1 before.json after.json)" = 'slower g' ]
    [ "$(changes --sort calls --limit 1 before.json after.json)" = 'more_calls f' ]
    codesnap diff --sort name --limit 2 before.json after.json
    [[ ${lines[2]} == *' f (app.py:1)' && ${lines[4]} == *' 1 more functions (--limit 0 shows all)' ]]
    for width in 60 80 140 200; do
        COLUMNS=$width codesnap diff before.json after.json
        grep -q ' g (app' <<<"$output"
        run ! grep -qE "^.{$((width + 1))}" <<<"${output%%$'\n\n'*}"
    done
}
