#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs that run are controlled from outside, and by a time that was set.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    # asks.py makes the calls of go() once for each line that it is given.
    cat >asks.py <<'END'
import os, sys
def dive(n):
    return dive(n - 1) if n else 0
def go():
    dive(3)
print(os.getpid(), flush=True)
while True:
    line = sys.stdin.readline()
    if not line:
        break
    go()
    print(line.strip(), flush=True)
END
    cat >busy.py <<'END'
import os, sys, time
def spin():
    return sum(range(100))
def step():
    for i in range(100):
        spin()
    time.sleep(0.0001)
print(os.getpid(), flush=True)
while not os.path.exists("stop"):
    step()
END
}

teardown() {
    touch stop
    [[ -z ${ASKS_PID-} ]] || kill "$ASKS_PID" 2>/dev/null || :
}

# asks OPTION...: start asks.py with t.json as the output.
asks() {
    rm -rf t.json t.json.codesnap*
    coproc ASKS { timeout 100 "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$@" "$PY" asks.py 3>&- 4>&-; }
    to=${ASKS[1]} from=${ASKS[0]} job=$ASKS_PID
    read -r _ <&"$from"
}
# say WORD: it makes its calls, and has made them.
say() { echo "$1" >&"$to"; read -r answer <&"$from"; [ "$answer" = "$1" ]; }
finish() { exec {to}>&-; wait "$job"; }

ctl() { timeout 60 "$CODESNAP_BUILD/codesnap" ctl "$@" 3>&- 4>&-; }
state() { ctl t.json | sed -E 's/^ *[0-9]+ +//; s/  +/ /'; }
is_state() { [ "$(state)" = "$1" ]; }

# rounds: for each go() in t.json how many calls it has in it, and the gaps.
rounds() {
    "$PYTHON" - <<'END'
import json
events = [e for e in json.load(open("t.json"))["traceEvents"] if e["ph"] in "XB"]
found = []
for event in sorted(events, key=lambda e: (e["ts"], -e.get("dur", 0))):
    name = event["name"].split(" ")[0]
    if name == "go":
        found.append(0)
    elif name == "dive":
        found[-1] += 1
    elif name == "(gap)":
        found.append("gap")
print(*found)
END
}

pauses() {
    asks
    say one
    ctl t.json pause >/dev/null
    say two
    say three
    is_state 'asks.py paused'
    ctl t.json resume >/dev/null
    say four
    is_state 'asks.py recording'
    finish
    [ "$(rounds)" = "4 gap 4" ]
}

paused_to_the_end() {
    asks
    say one
    ctl t.json pause
    say two
    finish
    [ "$(rounds)" = 4 ]
    "$CODESNAP_BUILD/codesnap" info t.json | grep -q 'it was paused when it ended'
}

@test "a pause that nobody ends is said" {
    each_python paused_to_the_end
}

@test "a program is paused and resumed at its very next call" {
    each_python pauses
}

busy() {
    rm -rf stop t.json*
    timeout 100 "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" busy.py >pid 3>&- 4>&- &
    until_true test -s pid
    until_true is_state 'busy.py recording'
    ctl "$(cat pid)" pause | grep -Eq '^ *[0-9]+ +busy.py +paused$'
    ctl "$(cat pid)" resume | grep -Eq '^ *[0-9]+ +busy.py +recording$'
    touch stop
    wait
    "$PYTHON" "$COMPARE" names t.json busy.py | grep -q 'step (busy.py'
}

@test "a busy program answers while ctl waits, by its pid" {
    each_python busy
}

paused_at_start() {
    asks --start=paused
    say one
    is_state 'asks.py paused'
    ctl t.json resume >/dev/null
    say two
    finish
    [ "$(rounds)" = 4 ]
}

@test "--start=paused waits for ctl" {
    each_python paused_at_start
}

children() {
    cat >parent.py <<'END'
import os, subprocess, sys
pipe = os.fork() and subprocess.Popen([sys.executable, "asks.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def go(): pass
go()
open("up%d" % os.getpid(), "w").close()
if pipe:
    print(pipe.stdout.readline().decode().strip(), flush=True)
sys.stdin.readline()
go()
END
    rm -rf up* t.json*
    coproc ASKS { timeout 100 "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" parent.py 3>&- 4>&-; }
    local to=${ASKS[1]} job=$ASKS_PID
    until_true three_answer
    ctl t.json pause >paused
    [ "$(wc -l <paused)" = 3 ]
    echo >&"$to"
    exec {to}>&-
    wait "$job" || :
}
three_answer() { [ "$(ctl t.json 2>/dev/null | grep -c recording)" = 3 ]; }

@test "all processes of a session get the order" {
    each_python children
}

delayed() {
    rm -f t.json
    record t.json --delay 300ms "$PY" -c '
import codesnap
def early(): pass
def spin(): pass
def late(): pass
early()
while not codesnap.is_recording():
    spin()
late()
'
    "$PYTHON" "$COMPARE" names t.json >names
    grep -q ' late (' names
    ! grep ' early (' names
}

@test "--delay records what comes after it, also of a program that is all one loop" {
    each_python delayed
}

bounded() {
    rm -f t.json
    "$CODESNAP_BUILD/codesnap-run" -o t.json --duration 200ms "$PY" -c '
import time
def early(): pass
def late(): pass
end = time.monotonic() + 1
early()
while time.monotonic() < end:
    time.sleep(0.001)
late()
' 2>err 3>&- 4>&-
    grep -q '; the recording ended after 200ms, as asked' err
    "$PYTHON" "$COMPARE" names t.json >names
    grep -q ' early (' names
    ! grep ' late (' names
    "$CODESNAP_BUILD/codesnap" info t.json | grep -q 'the recording ended after 200ms, as asked'
}

@test "--duration ends the recording, and says so" {
    each_python bounded
}

depth() {
    asks
    say one
    ctl t.json set max-depth=4 >/dev/null
    say two
    ctl t.json set max-depth=none >/dev/null
    say three
    finish
    [ "$(rounds)" = "4 2 4" ]
    "$CODESNAP_BUILD/codesnap" info t.json | grep -q -- '--max-depth was set to 4 while it ran'
}

@test "max-depth is set while the program runs" {
    each_python depth
}

# How long a tick takes shows in the first milliseconds.
duration() {
    asks
    say one
    status=0
    ctl t.json set min-duration=1h >said 2>&1 || status=$?
    say two
    sleep 0.02
    say three
    say four
    ctl t.json | grep -qx 'set while it runs: min-duration=1h'
    ctl t.json set min-duration=none >/dev/null
    say five
    finish
    if at_least 3.12; then
        [[ $(rounds | wc -w) -le 4 && $(rounds) == '4 '*' 4' ]]
        "$CODESNAP_BUILD/codesnap" info t.json | grep -q -- '--min-duration was set to 1h while it ran'
    else
        [ "$(rounds)" = '4 4 4 4 4' ]
    fi
}

@test "min-duration is set while the program runs, from 3.12 on" {
    each_python duration
}

# Up to 3.11 only another one than it was started with.
longer() {
    asks --min-duration 1us
    ctl t.json set min-duration=1h >/dev/null
    say one
    sleep 0.02
    say two
    say three
    finish
    [ "$(rounds | wc -w)" -le 2 ]
}

@test "another min-duration is set on each version" {
    each_python longer
}

overhead() {
    rm -rf t.json* stop
    timeout 100 "$CODESNAP_BUILD/codesnap-run" -q --max-size 500M -o t.json "$PY" busy.py 3>&- 4>&- &
    until_true is_state 'busy.py recording'
    status=0
    ctl t.json set max-overhead=1% >said 2>&1 || status=$?
    sleep 0.5
    touch stop
    wait
    "$CODESNAP_BUILD/codesnap" info t.json >>said
    if at_least 3.12; then
        [ "$status" = 0 ]
        grep -q -- '--max-overhead was set to 1% while it ran' said
        grep -q '^throttled .*spin' said
    else
        [ "$status" = 125 ]
        grep -q 'Python 3.12 or newer is needed to set it .* 1 of 1 processes' said
    fi
}

@test "max-overhead is set while the program runs, from 3.12 on" {
    each_python overhead
}

snapshot() {
    asks
    say one
    ctl t.json snapshot now.json 2>err
    "$PYTHON" "$COMPARE" names now.json asks.py | grep -x '4 dive (asks.py:2)'
    say two
    finish
    [ "$(rounds)" = "4 4" ]
}

@test "a snapshot holds what was recorded so far, and the program goes on" {
    each_python snapshot
}

of_program() {
    cat >self.py <<'END'
import codesnap, sys
codesnap.pause()
print("up", flush=True)
sys.stdin.readline()
codesnap.resume()
print("on", flush=True)
sys.stdin.readline()
END
    rm -rf t.json*
    coproc ASKS { timeout 100 "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" self.py 3>&- 4>&-; }
    local to=${ASKS[1]} from=${ASKS[0]} job=$ASKS_PID
    read -r _ <&"$from"
    is_state 'self.py paused by the program itself'
    ctl -q t.json resume
    ctl t.json | grep -q 'paused by the program itself; acts at its next call'
    echo >&"$to"
    read -r _ <&"$from"
    is_state 'self.py recording'
    exec {to}>&-
    wait "$job"
}

@test "a pause of the program's own is its own to end" {
    each_python of_program
}

signals() {
    cat >asks.py.new <<'END'
import signal
assert signal.getsignal(signal.SIGUSR2) == signal.SIG_DFL
END
    cat asks.py >>asks.py.new
    mv asks.py.new signalled.py
    rm -rf t.json*
    coproc ASKS { timeout 100 "$CODESNAP_BUILD/codesnap-run" -q --signal USR2 -o t.json "$PY" signalled.py 3>&- 4>&-; }
    to=${ASKS[1]} from=${ASKS[0]} job=$ASKS_PID
    read -r pid <&"$from"
    say one
    kill -USR2 "$pid"
    say two
    is_state 'signalled.py paused'
    kill -USR2 "$pid"
    say three
    finish
    [ "$(rounds)" = "4 gap 4" ]
}

@test "--signal pauses and resumes, and the program sees no handler" {
    each_python signals
}

handled() {
    cat >handles.py <<'END'
import codesnap, os, signal
count = sent = 0
def handler(*_):
    global count
    count += 1
signal.signal(signal.SIGUSR2, handler)
while codesnap.is_recording():
    os.kill(os.getpid(), signal.SIGUSR2)
    sent += 1
while not codesnap.is_recording():
    os.kill(os.getpid(), signal.SIGUSR2)
    sent += 1
print(count == sent > 0, signal.getsignal(signal.SIGUSR2) is handler)
END
    [ "$(record t.json --signal USR2 "$PY" handles.py)" = "True True" ]
}

@test "--signal leaves the program's own handler its signals" {
    each_python handled
}

@test "what can't be controlled is said in one line" {
    codesnap -125 ctl nothing.html status
    says 'codesnap: nothing.html: no session here; give its folder, its output or the pid of a process'
    codesnap -125 ctl $$ pause
    says 'codesnap: process * is not recorded'
    codesnap -125 ctl 999999999 pause
    says 'codesnap: there is no process 999999999'
    codesnap -2 ctl t.json stop
    says "codesnap: no action 'stop'; give status, pause, resume, snapshot FILE or set OPTION=VALUE"
    codesnap-run -q --keep -o t.json "$PYTHON" -c pass
    codesnap -125 ctl t.json pause
    says 'codesnap: t.json.codesnap: no process of it runs any more'
    codesnap -2 ctl t.json set depth=3
    says "codesnap: no option 'depth'; what can be set in a program that runs is max-depth, max-overhead and min-duration"
    codesnap -2 ctl t.json set max-depth
    says 'codesnap: max-depth needs a value, or none: set max-depth=VALUE'
    codesnap -2 ctl t.json set max-overhead=5
    says "codesnap: max-overhead: can't read '5'; give a share as 5% or 2.5%, from 0.1% on"
    codesnap -2 ctl t.json set 'include=*'
    says "codesnap: include can't be set in a program that runs, where it is decided once for each function: start it with --include, or take a part out later (codesnap convert --function)"
    codesnap -2 ctl t.json set last=5s
    says "codesnap: last can't be set in a program that runs: start it with --last"
    codesnap -2 run --delay 5 "$PYTHON" -c pass
    says "codesnap: --delay: can't read '5'; give a duration as 50us, 10s, 5m or 1h"
    codesnap -2 run --delay 5s --start=paused "$PYTHON" -c pass
    says 'codesnap: --start=paused and --delay are two ways to begin; leave one of them out'
    codesnap -2 run --signal USR2 --tracer=python "$PYTHON" -c pass
    says 'codesnap: the tracer in Python is not controlled from outside; leave out --delay, --duration and --signal, or --tracer=python'
}
