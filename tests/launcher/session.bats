#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# From the program's end to the closing line: what is written, what is kept,
# and what is said about it.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    RUN=$CODESNAP_BUILD/codesnap-run
    SOME='print(len("abc"))'
    # What leaves a process behind, which goes on until `go` appears.
    STAYS='import os, time
if os.fork() == 0:
    for fd in range(3): os.close(fd)
    with open("pid.tmp", "w") as file: file.write(str(os.getpid()))
    os.rename("pid.tmp", "pid")
    until = time.time() + 100
    while not os.path.exists("go") and time.time() < until: time.sleep(0.01)
os._exit(0)'
}

teardown() { touch go; }

# let_end: the process that STAYS left behind.
let_end() {
    until_there pid
    touch go
    until_ended "$(cat pid)"
    rm pid go
}

@test "result.html is what a run without options leaves" {
    codesnap-run "$PY" -c "$SOME"
    [ "$output" = 3 ]
    holds result.html
    says 'codesnap: result.html: * calls, 1 process, 1 thread, *s (tracing took *%*)'
}

@test "--quiet drops the closing line" {
    codesnap-run --quiet "$PY" -c "$SOME"
    says
    [ -s result.html ]
}

@test "-o can be given several times" {
    codesnap-run -o a.json -ob.html --output=c.json "$PY" -c "$SOME"
    says 'codesnap: a.json, b.html, c.json: *'
    holds a.json b.html c.json
}

@test "--format goes before the suffix" {
    codesnap-run --format=json -o trace.html "$PY" -c "$SOME"
    "$PYTHON" -m json.tool trace.html >/dev/null
}

@test "%p in the name is the program's pid" {
    codesnap-run -o t-%p.json "$PY" -c 'import os; print(os.getpid())'
    holds "t-$output.json"
}

@test "%n and %t in the name are the program's name and the time" {
    printf 'pass\n' >'my app.py'
    codesnap-run -o '%n-%t.json' "$PY" 'my app.py'
    local made=(my_app.py-*.json)
    [[ ${made[0]} =~ ^my_app.py-20[0-9]{6}-[0-9]{6}.json$ ]]
}

@test "they stay the same without the launcher, past an exec" {
    printf 'pass\n' >two.py
    printf 'import os, sys, time\ntime.sleep(1.1)\nos.execv(sys.executable, [sys.executable, "two.py"])\n' >one.py
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="%n-%t-%p.json" "$PY" one.py 3>&- 4>&-
    local made=(*.json)
    [ ${#made[@]} = 1 ]
    [[ ${made[0]} =~ ^one.py-20[0-9]{6}-[0-9]{6}-[0-9]+.json$ ]]
}

@test "--spool keeps the session elsewhere while it is written" {
    mkdir spool
    codesnap-run --spool spool "$PY" -c 'import os; print(os.environ["CODESNAP_SESSION"])'
    [ "$output" = "$PWD/spool/result.html.codesnap" ]
    holds result.html spool
    cd spool && holds
}

@test "the session of an earlier run does not block" {
    mkdir result.html.codesnap
    codesnap-run "$PY" -c "$SOME"
    says 'codesnap: result.html: *'
    holds result.html result.html.codesnap
}

@test "a program that fails is recorded, with its status" {
    codesnap-run -3 "$PY" -c 'import sys; sys.exit(3)'
    says 'codesnap: result.html: *'
    codesnap-run -137 "$PY" -c 'import os; len("abc"); os.kill(os.getpid(), 9)'
    says 'codesnap: result.html: * calls*'
}

@test "where nothing is recorded an older output stays" {
    echo old >result.html
    codesnap-run sh -c :
    codesnap-run env -i "$PY" -c pass
    codesnap-run -2 "$PY" /no/such/script.py
    holds result.html
    [ "$(cat result.html)" = old ]
}

@test "a session folder that is moved or deleted meanwhile is said to be gone" {
    mkdir out
    codesnap-run -3 -o out/t.json "$PY" -c 'import os; os.rename("out", "moved"); os._exit(3)'
    says 'codesnap: *out/t.json.codesnap: the session folder is gone (moved, deleted or replaced); nothing was written'
    [ -d moved/t.json.codesnap ]
    codesnap-run -o t.json "$PY" -c 'import shutil; shutil.rmtree("t.json.codesnap")'
    says 'codesnap: *t.json.codesnap: the session folder is gone *'
}

@test "a process that goes on is counted, and its session kept" {
    codesnap-run -o t.json "$PY" -c "$STAYS"
    says 'codesnap: t.json: *; still running: 1 process, *codesnap convert t.json.codesnap -o t.json'
    [ -d t.json.codesnap ]
    let_end
    codesnap convert t.json.codesnap -o all.json
    says 'codesnap: all.json: *2 processes*'
}

@test "a process that was forked at the last moment is not forgotten" {
    for _ in {1..10}; do
        codesnap-run -q "$PY" -c "$STAYS"
        [ -d result.html.codesnap ]
        let_end
        rm -r result.html.codesnap
    done
}

@test "a process that ends a moment later holds nothing up" {
    # On a busy machine the moment can be longer than what it waits for.
    ended_soon() {
        codesnap-run -o t.json "$PY" -c 'import os, time
if os.fork() == 0:
    time.sleep(0.02)
    os._exit(0)'
        holds t.json || { rm -r t.json.codesnap*; return 1; }
    }
    until_true ended_soon
}

@test "an output that can't be written at the end keeps the session, and the status" {
    mkdir folder
    codesnap-run -4 -o folder/t.json --spool . "$PY" -c '
import os, sys
os.rmdir("folder")
sys.exit(4)'
    says 'codesnap: folder/t.json: can?t be written: *; * codesnap convert t.json.codesnap -o folder/t.json'
    codesnap convert t.json.codesnap
    [ -s t.json ]
}

@test "a full disk keeps the session, and the status" {
    needs_root
    mkdir small
    mount -t tmpfs -o size=16k codesnap-test small 2>/dev/null || skip "nothing can be mounted here"
    codesnap-run -4 -o small/t.json --spool . "$PY" -c '
import sys
for i in range(1000): len("abc")
sys.exit(4)' || failed=1
    ls -A small >left
    umount small
    says 'codesnap: small/t.json: *codesnap convert*'
    [ ! -s left ] && [ -z "${failed-}" ]
}

# slow: a recording whose conversion takes some seconds.
slow() {
    cat >slow.py <<'END'
import sys
for i in range(3000000): len("abc")
print("ran", flush=True)
sys.exit(6)
END
}

@test "Ctrl-C while it converts leaves the session and the program's status" {
    slow
    "$PYTHON" - "$RUN" "$PY" <<'END' 3>&-
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.argv[1], "-o", "t.json", sys.argv[2], "slow.py"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
child.stdout.read()  # the program has ended
while not any(name.startswith(".codesnap-") for name in os.listdir(".")):
    assert child.poll() is None, "converted too fast"
    time.sleep(0.001)
child.send_signal(signal.SIGINT)
error = child.communicate()[1].decode()
print(error)
assert child.returncode == 6, child.returncode
assert "interrupted" in error and "codesnap convert t.json.codesnap -o t.json" in error
END
    holds slow.py t.json.codesnap
    codesnap convert -q t.json.codesnap -o t.json
    [ -s t.json ]
}

@test "--open shows the result in the browser" {
    printf '#!/bin/sh\necho "$@" >shown.tmp; mv shown.tmp shown\n' >browse
    chmod +x browse
    BROWSER=/no/such:$PWD/browse codesnap-run --open "$PY" -c "$SOME"
    until_there shown
    [ "$(cat shown)" = "$PWD/result.html" ]
}

@test "--open without a browser says so, and keeps the status" {
    mkdir empty
    PATH=$PWD/empty:/usr/bin/no BROWSER='' "$RUN" --open "$PY" -c "$SOME" 2>said || rc=$?
    until_true grep -q 'no browser starts' said
    [ -z "${rc-}" ]
}

@test "a name that needs quotes is quoted in what is to be typed" {
    codesnap-run -o "it's a.json" "$PY" -c "$STAYS"
    # shellcheck disable=SC2154 # run sets it
    command=${stderr##*later: codesnap }
    let_end
    eval "codesnap $command"
    says "codesnap: 'it'\\\\''s a.json': *"
}
