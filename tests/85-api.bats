#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# `import codesnap`: under the launcher with nothing installed, and as a package
# that loads the agent by itself.

setup() {
    load helpers
    load pythons
    load record
    ROOT=$BATS_TEST_DIRNAME/..
    AGENT=$CODESNAP_BUILD/libcodesnap_agent.so
    cd "$BATS_TEST_TMPDIR" || return 1
}

# packaged COMMAND...: with the package on the path, and no agent before it.
packaged() {
    PYTHONPATH=$ROOT/share/python CODESNAP_AGENT=$AGENT PYTHONDONTWRITEBYTECODE=1 \
        timeout --kill-after=5 100 "$@" 3>&- 4>&-
}

# both SCRIPT: run it in either way; what it prints is the same.
both() {
    record whole.json "$PY" "$1" >under
    packaged "$PY" "$1" >alone
    diff -u under alone
}

# calls TRACE SCRIPT: names of the script's calls and named spans.
calls() { tree "$1" "$2" | plain_names; }

@test "each example of the README runs, under the launcher and as a package" {
    "$PYTHON" - "$ROOT/README.md" <<'END'
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
    cat >parts.py <<'END'
import codesnap, os
def work(n):
    return n
def deep(act):
    act()
work(0)
snap = codesnap.CodeSnap(*os.environ.get("TRACER", "c").split())
for name in ("one.json", "two.json"):
    snap.start()
    work(1)
    codesnap.pause()
    work(2)
    codesnap.resume()
    work(3)
    snap.stop(name)
    work(4)
deep(snap.start)
work(5)
deep(lambda: snap.stop("three.json"))
snap.cleanup()
END
    both parts.py
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
TypeError counter('c') wants at least one value, as in counter('c', 3) or counter('c', used=3)
ValueError counter('c'): a must be finite, not nan
ValueError counter('c'): b must be finite, not -inf
TypeError instant() wants a name (a str), not None
TypeError trace() wants a name (a str) or a function, not None
TypeError @ignore wants a Python function, not <built-in function len>
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

in_python() {
    local target
    for target in calls generators coroutines exceptions threads; do
        record c.json "$PY" "$TARGETS/$target.py" >/dev/null
        record p.json --tracer python "$PY" "$TARGETS/$target.py" >/dev/null
        diff -u <(tree c.json $target.py) <(tree p.json $target.py)
        packaged "$PY" -m codesnap -q --tracer python -o m.json "$TARGETS/$target.py" >/dev/null
        diff -u <(tree c.json $target.py) <(tree m.json $target.py)
    done
    TRACER=python packaged "$PY" "$BATS_TEST_TMPDIR/parts.py"
    [ "$(calls two.json parts.py | grep -c work)" -eq 2 ]
}

@test "the tracer in Python sees the same calls" {
    sed -n "/^import codesnap, os/,/^END/p" "$BATS_TEST_FILENAME" | sed '/^END/,$d' >parts.py
    each_python in_python
}

met_at_once() {
    cat >at_once.py <<'END'
import threading
from codesnap._names import Names, PYTHON
class Spool:
    lock, ids, slow = threading.RLock(), 0, threading.Event()
    def name_function(self, *fields):
        self.slow.wait(0.1)
        self.ids += 1
        return self.ids
names, found = Names(Spool(), None), []
def meet():
    found.append(names.intern(PYTHON, "module", "name"))
threads = [threading.Thread(target=meet) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found)
END
    [ "$(packaged "$PY" at_once.py)" = "[1, 1, 1]" ]
}

@test "in the tracer in Python a function that threads meet at once has one id" {
    each_python met_at_once
}

alone() {
    rm -rf package out.* session.codesnap
    cp -r "$ROOT/share/python" package # no library beside it, none named
    cp "$CODESNAP_BUILD/viewer.html" package/codesnap
    cat >alone.py <<'END'
import codesnap, os, shutil, threading
def work(n):
    return sorted(range(n))
def steps():
    with codesnap.trace("suspended"):
        yield work(1)
        yield work(2)
@codesnap.trace("resumed")
def more():
    yield work(3)
def fails():
    raise KeyError
def deep(act):
    act()
snap = codesnap.CodeSnap()
deep(snap.start)
list(steps()), list(more())
try:
    with codesnap.trace("raises \u20ac"):
        fails()
except KeyError:
    codesnap.instant("point", text="\u2603", n=[1, None])
codesnap.counter("pair", used=1.5, free=2)
codesnap.pause(), work(4), codesnap.resume(), work(5)
thread = threading.Thread(target=work, args=(6,), name="other")
thread.start(), thread.join()
pid = os.fork()
if pid == 0:
    work(7)
    os._exit(0)
os.waitpid(pid, 0)
deep(lambda: snap.stop("out.json"))
shutil.copytree(snap._recording.folder, "session.codesnap")
snap.save("out.html")
os.unlink("package/codesnap/viewer.html")
for name in ("out.prof", "more.html"):
    try:
        snap.save(name)
    except ValueError as error:
        print(error)
snap.cleanup()
END
    timeout --kill-after=5 100 env PYTHONPATH=package PYTHONDONTWRITEBYTECODE=1 PATH=/nowhere \
        "$1" -W ignore alone.py >said 3>&- 4>&-
    grep -q '^out.prof: that format needs the program codesnap.* without it there is .json and .html$' said
    grep -q '^more.html: this copy of the package has no viewer.html' said
    codesnap convert -q session.codesnap -o same.json -o same.html
    same_page out.html same.html
    "$PYTHON" - out.json same.json <<'END'
import json, sys
ours, theirs = [json.load(open(path, encoding="utf-8")) for path in sys.argv[1:]]
flows = [e for e in theirs["traceEvents"] if e["ph"] in "sf"]  # only C draws arrows between processes
theirs["traceEvents"] = [e for e in theirs["traceEvents"] if e not in flows]
for mine, other in zip(ours["traceEvents"], theirs["traceEvents"]):
    assert mine == other, (mine, other)
assert len(ours["traceEvents"]) == len(theirs["traceEvents"])
a, b = ours["otherData"], theirs["otherData"]
assert (a["command"], a["calls"], a["host"]) == (b["command"], b["calls"], b["host"]), (a, b)
assert a["anomalies"] == b["anomalies"] == b["damaged_bytes"] == 0, (a, b)
assert sorted(map(str, ours["functions"])) == sorted(map(str, theirs["functions"]))
assert a["threads"] == b["threads"], (a, b)
spans = [e["name"] for e in ours["traceEvents"] if e.get("cat") == "span"]
assert sorted(spans) == ["raises \u20ac"] + ["resumed"] * 2 + ["suspended"] * 3, spans
assert sum(e["name"].startswith("work ") for e in ours["traceEvents"]) == 6
assert {e["ph"] for e in ours["traceEvents"]} == set("MXiCB"), ours["traceEvents"]
END
}

# same_page ONE OTHER: the viewer's own code finds the same in both.
same_page() {
    command -v node >/dev/null || return 0
    local page
    for page in "$@"; do
        node "$ROOT/tests/viewer/spans.mjs" "$page" >"$page.spans"
    done
    diff -u "$1.spans" "$2.spans"
    [ "$(wc -l <"$1.spans")" -gt 80 ]
}

alone_in_each() {
    [[ $HOW == chroot ]] || alone "$PY"
}

@test "without the agent the tracer, the JSON and the page are in Python, and say the same" {
    each_python alone_in_each
}

@test "PyPy is traced in Python" {
    needs pypy3
    alone "$(command -v pypy3)"
}

suspended() {
    cat >suspended.py <<'END'
import asyncio, codesnap
@codesnap.trace("around")
async def leaf(n):
    await asyncio.sleep(0)
    return n
async def main():
    with codesnap.trace("inside"):
        await asyncio.sleep(0)
    return await asyncio.gather(leaf(1), leaf(2))
@codesnap.trace
def answers():
    got = yield 1
    try:
        yield got
    except KeyError:
        yield "caught"
    return "end"
def outer():
    return (yield from answers())
print(asyncio.new_event_loop().run_until_complete(main()))
it = outer()
print(next(it), it.send("sent"), it.throw(KeyError("x")))
try:
    next(it)
except StopIteration as end:
    print(end.value)
END
    local tracer
    for tracer in c python; do
        [ "$(record t.json --tracer $tracer "$PY" suspended.py | tr '\n' ' ')" = "[1, 2] 1 sent caught end " ]
        "$PYTHON" - t.json <<'END'
import collections, json, sys
trace = json.load(open(sys.argv[1]))
assert trace["otherData"]["anomalies"] == 0, trace["otherData"]["anomalies"]
found = collections.Counter(e["name"] for e in trace["traceEvents"] if e.get("cat") == "span")
assert found == {"around": 4, "inside": 2, "answers": 4}, found
END
    done
}

@test "a span in a coroutine or generator, or around it, comes again with each step" {
    each_python suspended
}

spans_of_generators() {
    cat >steps.py <<'END'
import asyncio, codesnap, threading
class Type:
    @codesnap.trace
    @staticmethod
    def method(): pass
def body(): pass
def steps():
    with codesnap.trace("whole"):
        for n in range(2):
            with codesnap.trace("part"):
                body()
                yield n
    yield 2
@codesnap.trace("each")
async def numbers():
    yield 1
    await asyncio.sleep(0)
async def main():
    with codesnap.trace("main"):
        async for number in numbers(): body()
def enters(span):
    span.__enter__()
    leaves(span)
    body()
def leaves(span):
    span.__exit__(None, None, None)
    body()
Type().method()
list(steps())
one, other = steps(), steps()
next(one), next(other), next(one)
thread = threading.Thread(target=next, args=(other,))
thread.start(), thread.join()
one.close(), other.close()
enters(codesnap.trace("left elsewhere"))
asyncio.new_event_loop().run_until_complete(main())
END
    cat >expected <<'END'
<module>
  Type
  Type.method*
    Type.method
  steps
    whole*
      part*
        body
  steps
    whole*
      part*
      part*
        body
  steps
    whole*
      part*
  steps
  steps
    whole*
      part*
        body
  steps
    whole*
      part*
        body
  steps
    whole*
      part*
      part*
        body
  steps
    whole*
      part*
  steps
    whole*
      part*
  enters
    left elsewhere*
      leaves
        body
      body
  main
    main*
      each*
        numbers
      body
      each*
        numbers
  main
    main*
      each*
        numbers
steps
  whole*
    part*
    part*
      body
END
    local options
    for options in --c-calls=yes --c-calls=no --tracer=python; do
        record t.json $options "$PY" steps.py
        "$PYTHON" - t.json >actual <<'END'
import json, sys
trace = json.load(open(sys.argv[1]))
assert trace["otherData"]["anomalies"] == 0
ours = [e for e in trace["traceEvents"] if e["ph"] in "XB" and (e["cat"] == "span" or "(steps.py" in e["name"])]
open_until, thread = [], None
for e in sorted(ours, key=lambda e: (e["tid"] != e["pid"], e["ts"])):
    if e["tid"] != thread:
        open_until, thread = [], e["tid"]
    while open_until and not open_until[-1][0] <= e["ts"] < open_until[-1][1]:
        open_until.pop()
    print("  " * len(open_until) + e["name"].split(" (")[0] + ("*" if e["cat"] == "span" else ""))
    open_until.append((e["ts"], e["ts"] + e.get("dur", 1e12)))
END
        diff -u expected actual
    done
}

@test "a with-span of a generator goes on when that does, on whatever thread" {
    each_python spans_of_generators
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

pauses() {
    cat >pauses.py <<'END'
import codesnap
def leaf(): pass
def pausing():
    leaf()
    codesnap.pause()
def resuming():
    codesnap.resume()
    leaf()
def key(n):
    with codesnap.trace("key"):
        pausing(), leaf(), resuming(), leaf()
    return n
def outer():
    with codesnap.trace("ends in the pause"):
        codesnap.pause()
    codesnap.resume()
    leaf()
    with codesnap.trace("goes on"):
        sorted([1], key=key)
        leaf()
outer()
END
    local tracer
    for tracer in c python; do
        record $tracer.json --tracer $tracer "$PY" pauses.py
        "$PYTHON" - $tracer.json >$tracer.tree <<'END'
import json, sys
trace = json.load(open(sys.argv[1]))
assert trace["otherData"]["anomalies"] == 0, sys.argv
ours = [e for e in trace["traceEvents"] if e["ph"] in "XB" and (e["cat"] == "span" or "(pauses.py" in e["name"] or e["name"] in ("builtins.sorted", "(gap)"))]
ends = []
for e in sorted(ours, key=lambda e: e["ts"]):
    while ends and ends[-1] <= e["ts"]:
        ends.pop()
    print("  " * len(ends) + e["name"].split(" (")[0])
    ends.append(e["ts"] + e.get("dur", 1e12))
END
    done
    diff -u - c.tree <<'END'
<module>
  outer
    ends in the pause
    (gap)
    leaf
    goes on
      builtins.sorted
        key
          key
            pausing
              leaf
            (gap)
            resuming
              leaf
            leaf
      leaf
END
    diff -u c.tree python.tree
}

@test "a pause ends no call that goes on, and what ends in it is over" {
    each_python pauses
}

forked() {
    cat >forked.py <<'END'
import codesnap, os, sys, threading
def before(): pass
def child(): pass
def parent(): pass
snap = codesnap.CodeSnap(tracer="python").start()
before()
with codesnap.trace("around"):
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            with codesnap.trace("child's"):
                child()
            thread = threading.Thread(target=child)
            thread.start(), thread.join()
            os._exit(0)
        os.waitpid(pid, 0)
    parent()
snap.stop("forked.json")
snap.cleanup()
pid = os.fork()
if pid == 0:
    child()
    os._exit(sys.getprofile() is not None or codesnap.is_recording())
assert os.waitpid(pid, 0)[1] == 0
END
    packaged "$PY" -W ignore forked.py
    "$PYTHON" - forked.json <<'END'
import collections, json, sys
trace = json.load(open(sys.argv[1]))
calls = collections.Counter()
for e in trace["traceEvents"]:
    if e["ph"] in "XB" and (e["cat"] == "span" or "(forked.py" in e["name"]):
        calls[e["pid"], e["name"].split(" (")[0]] += 1
root = min(pid for pid, name in calls if name == "before")
ours = {name: n for (pid, name), n in calls.items() if pid == root}
assert ours == {"before": 1, "parent": 1, "around": 1}, calls
children = sorted({pid for pid, _ in calls} - {root})
assert len(children) == 2, calls
for pid in children:
    assert {name: n for (p, name), n in calls.items() if p == pid} == {"child": 2, "child's": 1}, calls
assert trace["otherData"]["anomalies"] == 0
END
}

@test "the tracer in Python records a forked child by itself" {
    each_python forked
}

with_pytest() {
    "$PY" -c 'import pytest' 2>/dev/null || return 0
    touch "$BATS_TEST_TMPDIR/seen"
    printf 'def inner(): pass\ndef test_one(): inner()\ndef test_two(): assert 0\n' >test_it.py
    packaged "$PY" -m pytest -q -p no:cacheprovider -p codesnap.pytest_plugin \
        --codesnap=tests.json test_it.py >out || [ $? -eq 1 ]
    grep -q 's  test_it.py::test_one' out
    grep -qx "timeline of 2 tests: $PWD/tests.json" out
    packaged "$PY" -m pytest -q -p no:cacheprovider -p codesnap.pytest_plugin \
        --codesnap=one.json test_it.py::test_one >out
    grep -qx "timeline of 1 test: $PWD/one.json" out
    "$PYTHON" - tests.json <<'END'
import json, sys
events = [e for e in json.load(open(sys.argv[1]))["traceEvents"] if e["ph"] == "X"]
inside = {}
for span in events:
    if span["cat"] == "span":
        end = span["ts"] + span["dur"]
        inside[span["name"]] = [e["name"].split()[0] for e in events
                                if span["ts"] < e["ts"] < end and "(test_it.py" in e["name"]]
assert inside["test_it.py::test_one"] == ["inner", "test_one"], inside
assert inside["test_it.py::test_two"] == ["test_two"], inside
END
}

@test "pytest --codesnap has a span for each test, with what it calls" {
    each_python with_pytest
    [ -e seen ] || skip "no Python here has pytest"
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

xdist() {
    [[ $HOW == chroot || -e seen ]] && return
    "$PY" -m venv venv
    venv/bin/pip install -q --disable-pip-version-check --only-binary :all: \
        pytest pytest-xdist >&2 || return 0
    touch seen
    printf 'import pytest\n@pytest.mark.parametrize("n", range(6))\ndef test_it(n): pass\n' >test_it.py
    PATH=$CODESNAP_BUILD:$PATH packaged venv/bin/python -m pytest -q -p no:cacheprovider \
        -p codesnap.pytest_plugin -n 2 --codesnap=all.json test_it.py >out
    grep -qx "timeline of 6 tests: $PWD/all.json" out
    "$PYTHON" - all.json <<'END'
import json, sys
spans = [e for e in json.load(open(sys.argv[1]))["traceEvents"] if e.get("cat") == "span"]
assert sorted(e["name"] for e in spans) == ["test_it.py::test_it[%d]" % n for n in range(6)], spans
END
}

@test "pytest-xdist's workers are in one timeline" {
    each_python xdist
    [ -e seen ] || skip "pip has no pytest here"
}
