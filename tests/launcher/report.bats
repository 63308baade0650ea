#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap report and info: what they say, on a terminal and in a pipe.

setup() {
    load ../helpers
    sealed
    printf 'def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(10)\nlen("")\n' >fib.py
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/s.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" "$PWD/fib.py" 3>&- 4>&-
    S=s.json.codesnap
}

# json WORD...: of the report in JSON, what the Python expression says.
json() {
    "$CODESNAP_BUILD/codesnap" report --json "${@:2}" "$S" 3>&- 4>&- |
        "$PYTHON" -c "import json, sys; data = json.load(sys.stdin); print($1)"
}

@test "the table counts every call, and no time twice" {
    codesnap report "$S"
    [ "${lines[0]}" = 'fib.py: functions by self time' ]
    [[ ${lines[1]} == *calls*total*self*share*mean*max*function ]]
    [ "$(awk '{ for (i = 1; i <= NF; i++) if ($i ~ /%$/) { sum += $i; break } } END { print (sum > 99 && sum < 101) }' <<<"$output")" = 1 ]
    grep -E '^ +177 .* fib \(fib.py:1\)$' <<<"$output"
    grep -E '^ +1 .* builtins.len$' <<<"$output"
    [ "$(json '[f["calls"] for f in data["functions"] if f["name"].startswith("fib ")]')" = '[177]' ]
    [ "$(json 'all(f["total_ns"] >= f["self_ns"] for f in data["functions"])')" = True ]
    [ "$(json 'max(f["total_ns"] for f in data["functions"]) <= data["duration_ns"]')" = True ]
}

@test "--sort and --limit order and cut it" {
    codesnap report --sort calls --limit 1 "$S"
    [[ ${lines[0]} == *'by calls' && ${lines[2]} == *fib* ]]
    [[ $output == *'more functions'* ]]
    [ "$(json '(lambda all: all == sorted(all, reverse=True))([f["total_ns"] for f in data["functions"]])' --sort total)" = True ]
    codesnap -2 report --limit many "$S"
}

@test "--tree shows who called what" {
    codesnap report --tree "$S"
    grep -E '<module> \(fib.py:1\)$' <<<"$output"
    grep -E '^ *[0-9.]+% .*   fib \(fib.py:1\)$' <<<"$output"
    [ "$(json 'sum(n["calls"] for n in data["tree"] if n["name"].startswith("fib "))' --tree)" = 177 ]
    [ "$(json 'max(n["depth"] for n in data["tree"])' --tree)" = 10 ]
    [ "$(json 'len(data["tree"])' --tree --limit 2)" = 2 ]
}

@test "--imports shows which module imported which" {
    echo 'import outer, inner' >app.py
    echo 'import inner' >outer.py
    echo 'def f(): pass
for i in range(1000): f()' >inner.py
    codesnap-run -q --keep -o i.json "$(a_python)" app.py
    codesnap report --imports i.json.codesnap
    grep -E '^ *[0-9.]+% .* 1  import outer \(outer.py:1\)$' <<<"$output"
    grep -E '^ *[0-9.]+% .* 1    import inner \(inner.py:1\)$' <<<"$output"
    run ! grep -E ' f \(' <<<"$output"
    codesnap -2 report --imports --tree "$S"
}

@test "--slowest lists single calls" {
    codesnap report --slowest 'fib*' --limit 3 "$S"
    [ "$(grep -c 'fib (fib.py:1), MainThread' <<<"$output")" = 3 ]
    [ "$(json 'sorted(data["slowest"], key=lambda c: -c["duration_ns"]) == data["slowest"]' --slowest '*')" = True ]
}

@test "a function is found by its file's name and its line, too" {
    [ "$(json 'sum(f["calls"] for f in data["functions"])' --function fib.py:1)" = 179 ]
    [ "$(json 'sum(f["calls"] for f in data["functions"])' --function '*/fib.py')" = 179 ]
    [ "$(json 'len(data["slowest"])' --slowest fib.py --limit 0)" = 178 ]
    codesnap -125 report --function fib.py:2 "$S"
    codesnap -125 report --function ib.py "$S"
}

@test "--threads and --processes have a row each" {
    codesnap report --threads "$S"
    [[ ${lines[2]} == *MainThread ]]
    codesnap report --processes "$S"
    [[ ${lines[2]} == *fib.py ]]
    [ "$(json 'len(data["threads"])' --threads --limit 1)" = 1 ]
    codesnap -2 report --threads --processes "$S"
}

@test "two windows side by side hold all self and total time between them" {
    local middle view window
    middle=$(json '"%dns" % (data["slowest"][0]["start_ns"] + data["slowest"][0]["duration_ns"] * 2 / 3)' --slowest '<module>*')
    for view in --sort=total --tree; do
        for window in 0ns.. "0ns..$middle" "$middle.."; do
            json '*("%s|%d|%d" % (f["name"], f["total_ns"], f["self_ns"]) for f in data.get("functions", data.get("tree"))), sep="\n"' $view --window "$window" >"$window"
        done
        [ "$(cat "0ns..$middle" "$middle.." | grep -c '^<module>.*|[1-9]')" = 2 ]
        for window in 0ns.. "0ns..$middle $middle.."; do
            # shellcheck disable=SC2086 # one file or two
            awk -F '|' '{ total[$1] += $2; self[$1] += $3 } END { for (name in total) print name, total[name], self[name] }' $window | sort >"$([ "$window" = 0ns.. ] && echo whole || echo parts)"
        done
        diff -u whole parts
    done
    # Of whole calls, with what the tracer took of them outside of the window.
    [ "$(json 'max(f["max_ns"] for f in data["functions"])' --window "0ns..$middle")" -ge "$(json 'max(f["max_ns"] for f in data["functions"])')" ]
}

@test "a process that a signal ended stands in line with the others" {
    cat >two.py <<'END'
import subprocess, sys
subprocess.run([sys.executable, "-c", "import os; os.kill(os.getpid(), 15)"])
END
    codesnap-run -q --keep -o two.json "$(a_python)" two.py
    codesnap report --processes two.json.codesnap
    [[ ${lines[1]} == *'  status'*process ]]
    at() { awk -v line="$1" -v what="$2" 'NR == line { print index($0, what) }' <<<"$output"; }
    [ "$(at 4 ' -c ')" -gt 1 ] && [[ ${lines[3]} == *'signal 15 (SIGTERM)'* ]]
    [ "$(at 2 process)" = "$(at 3 "$(a_python)")" ]
    [ "$(($(at 3 "$(a_python)") + 2))" = "$(at 4 "$(a_python)")" ]
}

@test "in a pipe there is no colour, on a terminal nothing is too wide" {
    codesnap report "$S"
    [[ $output != *$'\e'* ]]
    needs script
    COLUMNS=72 script -qec "'$CODESNAP_BUILD/codesnap' report --tree '$S'" /dev/null >shown 2>&1 3>&- 4>&-
    grep -q $'\e' shown
    ! sed 's/\x1b\[[0-9]*m//g; s/\r$//' shown | LC_ALL=C.UTF-8 grep -E '^.{73}' || return
}

@test "whoever reads no more of it hears nothing of that" {
    printf 'def f%d(): pass\n' $(seq 4000) >many.py
    printf 'f%d()\n' $(seq 4000) >>many.py
    "$CODESNAP_BUILD/codesnap-run" -q -o m.html "$(a_python)" many.py 3>&- 4>&-
    for verb in 'report m.html' 'diff m.html m.html'; do
        # shellcheck disable=SC2086 # words
        { "$CODESNAP_BUILD/codesnap" $verb 2>said 3>&- 4>&- || echo $? >status; } | head -1 | grep m
        [ "$(cat status)" = 141 ]
        [ ! -s said ]
    done
}

@test "on a narrow terminal a process and a thread still have their names" {
    COLUMNS=64 codesnap report --processes "$S"
    [[ ${lines[1]} == *calls*status*process && ${lines[2]} == *' exit 0 '*' python'*' '* && ${lines[2]} != *' /'*python* ]]
    COLUMNS=64 codesnap report --threads "$S"
    [[ ${lines[2]} == *' MainThread' ]]
    codesnap report --processes "$S"
    [[ ${lines[1]} == *threads*'starts at'*'in calls'* && ${lines[2]} == *" $(a_python) "* ]]
}

@test "a name does not send commands to the terminal" {
    "$(a_python)" -c 'print(1)'
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$PWD/h.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" -c 'exec(compile("def f(): pass\nf()", "\x1b[31m\n\u009b", "exec"))' 3>&- 4>&-
    for view in '' --tree --slow --threads --processes '--slowest *'; do
        # shellcheck disable=SC2086 # none or two words
        (set -f; "$CODESNAP_BUILD/codesnap" report $view h.json.codesnap) >out 3>&- 4>&-
        run ! grep -q $'\e' out
    done
}

@test "codesnap-run --report prints it instead of writing a file" {
    codesnap-run --report --limit 2 "$(a_python)" -c 'print("mine")'
    [ "$output" = mine ]
    grep -q "calls.*total.*function" <<<"${stderr-}"
    holds fib.py s.json.codesnap
}

@test "a generator goes on in steps, a fork in the middle of a call is none" {
    printf '%s\n' 'import os' 'def numbers():' '    yield 1' '    yield 2' \
        'def main():' '    if os.fork() == 0: os._exit(0)' '    os.wait(); list(numbers())' 'main()' >forks.py
    run -0 "$CODESNAP_BUILD/codesnap-run" -o t.json -o t.html -o t.db "$(a_python)" forks.py
    for S in t.json t.html; do
        [ "$(json '[(f["calls"], f["steps"]) for f in data["functions"] if f["name"].startswith(("main ", "numbers "))]' --sort calls)" = '[(1, 1), (1, 3)]' ]
    done
    [ "$("$PYTHON" -c 'import sqlite3; print(sqlite3.connect("t.db").execute("select calls, steps from function_times where name like ? or name like ? order by steps", ("main %", "numbers %")).fetchall())')" = '[(1, 1), (1, 3)]' ]
}

@test "info says what is there, and whether it is whole" {
    codesnap info "$S"
    grep -E '^processes +1$' <<<"$output"
    grep -E '^state +whole' <<<"$output"
    grep -E '^lost +0 events' <<<"$output"
    "$CODESNAP_BUILD/codesnap" info --json "$S" | "$PYTHON" -c 'import json, sys
assert json.load(sys.stdin)["calls"] >= 178'
    codesnap -125 info nowhere
    says 'codesnap: *nowhere*'
}
