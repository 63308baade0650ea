#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `import codesnap`: under the launcher with nothing installed, and as a package
# that loads the agent by itself.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../package
    cd "$BATS_TEST_TMPDIR" || return 1
}

@test "each example of the Python API runs, under the launcher and as a package" {
    "$PYTHON" - "$ROOT/share/doc/python.md" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
text = re.search(r"<!-- api.*?<!-- end -->", text, re.S).group(0)
for number, code in enumerate(re.findall(r"```python\n(.*?)```", text, re.S)):
    open("example%d.py" % number, "w").write(code)
END
    [ -s example3.py ]
    each_python examples
}

examples() {
    for script in example*.py; do
        rm -f ./*.html [a-z]*.json
        both "$script"
        # Python 3.15 may warn; what a warning is about is not ours.
    done
    "$PYTHON" -c 'import json, sys; json.load(open("log.json"))'
}

deep_twice() {
    at_least 3.13 || return 0
    cat >deep_twice.py <<'END'
import codesnap, os, sys
sys.setrecursionlimit(10**6)
def star(n, **options):
    return 1 + star(*(n - 1,), **options) if n else 0
first, second = codesnap.CodeSnap(), codesnap.CodeSnap()
first.start()
star(5000, option=1)
if os.fork() == 0:
    star(1)
    os._exit(0)
os.wait()
first.stop("first.json")
second.start()
star(1)
second.stop("second.json")
END
    packaged "$PY" deep_twice.py
    "$CODESNAP_BUILD/codesnap" info first.json >told
    [ "$(grep -c '^note .* took much C stack' told)" -eq 2 ]
    "$CODESNAP_BUILD/codesnap" info second.json >told
    [ "$(grep -c '^note .* took much C stack' told)" -eq 1 ]
}

@test "what a recording can't see any more, forked children and the next one say, too" {
    each_python deep_twice
}

annotations() {
    cat >notes.py <<'END'
import codesnap
def work(n):
    return n
with codesnap.trace("outer"):
    work(1)
    with codesnap.trace("inner"):
        work(2)
@codesnap.trace
def plain():
    work(3)
@codesnap.trace("given")
def named():
    work(4)
plain(), named()
try:
    with codesnap.trace("raises"):
        raise KeyError
except KeyError:
    pass
codesnap.instant("point", text="\u2603", other=object, n=[1, 2])
codesnap.counter("gauge", 3)
codesnap.counter("pair", used=1.5, free=2)
END
    record t.json "$PY" notes.py
    "$PYTHON" - t.json <<'END'
import json, sys
events = json.load(open(sys.argv[1]))
events = events["traceEvents"] if isinstance(events, dict) else events
spans = sorted((e["ts"], e["name"].split(" ")[0], e["ts"] + e["dur"]) for e in events if e["ph"] == "X")
spans = [s for s in spans if s[1] in ("outer", "inner", "work", "plain", "given", "named", "raises")]
depths = [(sum(o[0] < s[0] and s[2] < o[2] for o in spans), s[1]) for s in spans]
assert depths == [(0, "outer"), (1, "work"), (1, "inner"), (2, "work"), (0, "plain"), (1, "plain"),
                  (2, "work"), (0, "given"), (1, "named"), (2, "work"), (0, "raises")], depths
point = [e for e in events if e["ph"] == "i" and e["name"] == "point"]
assert len(point) == 1 and point[0]["args"]["text"] == "\u2603" and point[0]["args"]["n"] == [1, 2], point
values = {e["name"]: e["args"] for e in events if e["ph"] == "C"}
assert values["gauge"] == {"value": 3} and values["pair"] == {"used": 1.5, "free": 2}, values
END
}

@test "named spans, instants and counters are in the trace" {
    each_python annotations
}

parts() {
    both "$TARGETS/calls/parts.py"
    for trace in one two; do
        [ "$(calls $trace.json parts.py | grep -c work)" -eq 2 ]
    done
    [ "$(calls three.json parts.py | grep -c work)" -eq 1 ]
    calls whole.json parts.py >actual
    [ "$(grep -c work actual)" -eq 8 ]
}

@test "a recording is what lies between start and stop, the launcher's is whole" {
    each_python parts
}

threads() {
    cat >running.py <<'END'
import codesnap, threading
def work():
    return 1
def loop(go, done):
    while not done.is_set():
        go.wait(60)
        work()
        go.clear()
        done.wait(0.001)
go, done = threading.Event(), threading.Event()
thread = threading.Thread(target=loop, args=(go, done), name="worker")
thread.start()
snap = codesnap.CodeSnap().start()
for _ in range(20):
    go.set()
    while go.is_set():
        pass
snap.stop("t.json")
done.set(), go.set()
thread.join()
snap.cleanup()
END
    packaged "$PY" running.py
    tree t.json running.py | sed -n '/^thread worker/,/^thread M/p' | grep -c work | grep -qx '1[89]\|2[0-2]'
}

@test "threads that run already are recorded" {
    each_python threads
}

paused() {
    cat >later.py <<'END'
import codesnap
def work(n):
    return n
class Late:
    def method(self):
        work(2)
work(1)
before = codesnap.is_recording()
codesnap.resume()
Late().method()
print(before, codesnap.is_recording())
END
    timeout 100 "$CODESNAP_BUILD/codesnap-run" -q --start=paused -o t.json "$PY" later.py >out 3>&- 4>&-
    [ "$(cat out)" = "False True" ]
    calls t.json later.py >actual
    diff -u <(printf '%s\n' 'thread MainThread' '<module>' '  Late.method' '    work' '  builtins.print') actual
}

@test "a program that never asks for its recording is told how to" {
    "$CODESNAP_BUILD/codesnap-run" --start=paused -o t.json "$PYTHON" -c pass 2>err 3>&- 4>&-
    grep -x 'codesnap: nothing recorded: it started paused, and neither the program nor codesnap ctl resumed it' err
}

@test "--start=paused records nothing before the program asks for it" {
    each_python paused
}

mistakes() {
    cat >mistakes.py <<'END'
import codesnap, os
snap = codesnap.CodeSnap()
os.mkdir("folder") if not os.path.isdir("folder") else None
def tell(act):
    try:
        act()
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])
    else:
        print("no error")
tell(lambda: codesnap.CodeSnap("rust"))
tell(snap.stop)
tell(snap.save)
snap.start()
tell(snap.start)
tell(codesnap.CodeSnap().start)
tell(lambda: snap.stop("t.xyz"))
tell(lambda: snap.stop("nowhere/t.json"))
tell(lambda: snap.stop("folder"))
tell(lambda: codesnap.counter("c", "many"))
tell(lambda: codesnap.counter("c"))
tell(lambda: codesnap.counter("c", a=float("nan")))
tell(lambda: codesnap.counter("c", 1, b=-float("inf")))
tell(lambda: codesnap.instant(None))
tell(lambda: codesnap.trace(None))
tell(lambda: codesnap.ignore(len))
snap.stop("t.json")
tell(snap.stop)
print(os.path.getsize("t.json") > 500)
END
    both mistakes.py
    record p.json --tracer python "$PY" mistakes.py | grep -c 'must be finite, not' | grep -qx 2
    sed -i "s:$PWD/::" alone
    diff -u - alone <<'END'
ValueError tracer must be 'c' or 'python', not 'rust'
RuntimeError stop() without start(): nothing is being recorded
RuntimeError there is no finished recording to save: start() and stop() it first
RuntimeError this CodeSnap is recording already: stop() it first
RuntimeError another CodeSnap is recording already: stop() it first
ValueError t.xyz: no format has that suffix; it must be one of .json, .html, .json.gz, .pftrace, .speedscope.json, .firefox.json, .folded, .csv, .prof, .callgrind, .db
FileNotFoundError nowhere/t.json: there is no folder nowhere: make it first
ValueError folder: no format has that suffix; it must be one of .json, .html, .json.gz, .pftrace, .speedscope.json, .firefox.json, .folded, .csv, .prof, .callgrind, .db
TypeError counter('c'): value must be a number, not 'many'
TypeError counter('c') needs at least one value, as in counter('c', 3) or counter('c', used=3)
ValueError counter('c'): a must be finite, not nan
ValueError counter('c'): b must be finite, not -inf
TypeError instant() needs a name (str), not None
TypeError trace() needs a name (str) or a function, not None
TypeError @ignore needs a Python function, not <built-in function len>
RuntimeError this recording has ended already: save() it, or start() another one
True
END
}

@test "each misuse is an exception that says what to do, and the recording goes on" {
    each_python mistakes
}

paths() {
    cat >paths.py <<'END'
import codesnap, os, pathlib
class Place:
    def __fspath__(self):
        return b"place.json"
snap = codesnap.CodeSnap().run("abs(1)", b"run.json")
snap.start()
print(os.path.basename(codesnap.snapshot(b"snapshot.json")))
snap.stop(b"stop.json")
for path in (b"save.json", Place(), pathlib.Path("path.json")):
    print(os.path.basename(snap.save(path)))
for path in (b"by.xyz", 5):
    try:
        snap.save(path)
    except (TypeError, ValueError) as error:
        print(str(error)[:34])
END
    rm -f ./*.json
    both paths.py
    for path in run.json snapshot.json stop.json save.json place.json path.json; do
        [ -s "$path" ]
    done
    diff -u - alone <<'END'
snapshot.json
save.json
place.json
path.json
by.xyz: no format has that suffix;
expected str, bytes or os.PathLike
END
}

@test "a path may be bytes, or what stands for them" {
    each_python paths
}

bad_reprs() {
    cat >bad.py <<'END'
import codesnap
class Bad:
    def __repr__(self):
        raise ValueError("no")
codesnap.instant("direct", x=Bad())
codesnap.instant("nested", x=[Bad(), {(1,): Bad()}], y=1)
END
    local tracer
    for tracer in c python; do
        record t.json --tracer $tracer "$PY" bad.py
        "$PYTHON" - t.json <<'END'
import json, sys
found = {e["name"]: e["args"] for e in json.load(open(sys.argv[1]))["traceEvents"] if e["ph"] == "i"}
assert found["direct"] == {"x": "<Bad: repr() raised ValueError>"}, found
assert found["nested"] == {"x": "<list: repr() raised ValueError>", "y": "1"}, found
END
    done
}

@test "an argument of an instant whose repr raises is said to do so" {
    each_python bad_reprs
}

as_module() {
    printf 'import sys\nprint(sys.argv, __name__)\ndef f(): pass\nf()\nsys.exit(3)\n' >script.py
    local status=0
    packaged "$PY" -m codesnap -o m.json script.py -x y >out 2>err || status=$?
    [ "$status" -eq 3 ]
    [ "$(cat out)" = "['script.py', '-x', 'y'] __main__" ]
    grep -x "codesnap: $PWD/m.json" err
    calls m.json script.py | grep -x '  f'
    packaged "$PY" -m codesnap -q -o m.json -c 'import sys; print(sys.argv)' a | grep -x "\['-c', 'a'\]"
    packaged "$PY" -m codesnap -q -o m.html -m timeit -n 1 -r 1 pass | grep -q loop
    grep -q codesnap-end m.html
    status=0
    packaged "$PY" -m codesnap -o m.xyz script.py 2>err || status=$?
    [ "$status" -eq 2 ] && grep -q 'm.xyz: no format' err
}

@test "python3 -m codesnap runs a script, a module or code" {
    each_python as_module
}

own_module_wins() {
    mkdir -p own
    echo 'mine = 1' >own/codesnap.py
    echo 'import codesnap; print(codesnap.mine)' >own/main.py
    [ "$(record t.json "$PY" own/main.py)" = 1 ]
    [ "$(record t.json "$PY" -c 'import sys; print("codesnap" in sys.modules, "_codesnap" in sys.modules)')" = "False False" ]
}

@test "a module codesnap of the program's own wins, and nothing is imported unasked" {
    each_python own_module_wins
}

cleaned() {
    packaged "$PY" - <<'END'
import codesnap, glob, os, tempfile
def work():
    for n in range(20000):
        abs(n)
def used():
    with open("/proc/self/statm") as stream:
        pages = int(stream.read().split()[0])
    return pages * 4096, len(glob.glob(os.path.join(tempfile.gettempdir(), "codesnap-%d.*" % os.getpid())))
snap = codesnap.CodeSnap()
def one():
    snap.start()
    work()
    snap.stop()
    snap.cleanup()
for _ in range(5):
    one()
before = used()
for _ in range(30):
    one()
after = used()
assert after[1] == 0, after
assert after[0] - before[0] < 8 << 20, (before, after)
END
}

@test "thirty recordings take no more memory or disk than one" {
    each_python cleaned
}
