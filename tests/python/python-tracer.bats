#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The tracer in Python beside the one in C: the same calls, pauses and forks, and
# the same outputs where there is nothing but Python.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../package
    cd "$BATS_TEST_TMPDIR" || return 1
}

in_python() {
    local target
    for target in calls generators coroutines exceptions threads; do
        record c.json "$PY" "$TARGETS"/*/"$target.py" >/dev/null
        record p.json --tracer python "$PY" "$TARGETS"/*/"$target.py" >/dev/null
        diff -u <(tree c.json $target.py) <(tree p.json $target.py)
        packaged "$PY" -m codesnap -q --tracer python -o m.json "$TARGETS"/*/"$target.py" >/dev/null
        diff -u <(tree c.json $target.py) <(tree m.json $target.py)
    done
    TRACER=python packaged "$PY" "$TARGETS/calls/parts.py"
    [ "$(calls two.json parts.py | grep -c work)" -eq 2 ]
}

@test "the tracer in Python sees the same calls" {
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

in_handlers() {
    cat >handlers.py <<'END'
import codesnap, codesnap._writer as writer, os, signal
class Interrupted:
    ALLOCATIONGRANULARITY = writer.mmap.ALLOCATIONGRANULARITY
    handled = 0
    def mmap(self, *args, **more):
        os.kill(os.getpid(), signal.SIGUSR1)
        return real.mmap(*args, **more)
def handle(*_):
    Interrupted.handled += 1
    codesnap.instant("handled %d" % Interrupted.handled, n=Interrupted.handled)
real, writer.mmap = writer.mmap, Interrupted()
def leaf(): pass
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
snap = codesnap.CodeSnap(tracer="python").start()
signal.signal(signal.SIGUSR1, handle)
for n in range(8):
    space = {}
    exec("".join("def f%d_%d(): pass\n" % (n, i) for i in range(500)), space)
    for i in range(500):
        space["f%d_%d" % (n, i)]()
    for i in range(4000):
        leaf()
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
snap.stop("handlers.json")
snap.cleanup()
print(Interrupted.handled)
END
    packaged "$PY" handlers.py >said
    "$PYTHON" - handlers.json "$(cat said)" <<'END'
import collections, json, sys
trace, handled = json.load(open(sys.argv[1])), int(sys.argv[2])
points = [e["name"] for e in trace["traceEvents"] if e["ph"] in "iI"]
assert sorted(points) == sorted("handled %d" % (n + 1) for n in range(handled)) and handled > 10, (handled, points)
calls = collections.Counter(e["name"].split(" (")[0] for e in trace["traceEvents"] if e["ph"] == "X")
assert calls["leaf"] == 32000, calls["leaf"]
made = [name for name in calls if name.startswith("f") and name[1:2].isdigit()]
assert len(made) == 4000 and {calls[name] for name in made} == {1}, len(made)
other = trace["otherData"]
assert other["anomalies"] == other["damaged_bytes"] == 0, other
END
}

@test "what a signal handler marks while the tracer in Python writes is recorded" {
    each_python in_handlers
}

ended_among_threads() {
    cat >among.py <<'END'
import codesnap, sys, threading, time
wrong, go_on = [], True
def churn(k):
    n = 0
    while go_on:
        n += 1
        try:
            space = {}
            exec("".join("def g%d_%d_%d(): return abs(1)\n" % (k, n, i) for i in range(20)), space)
            for i in range(20):
                space["g%d_%d_%d" % (k, n, i)]()
        except BaseException as error:
            wrong.append(repr(error))
for _ in range(8):
    snap, go_on = codesnap.CodeSnap(tracer="python").start(), True
    threads = [threading.Thread(target=churn, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.03)
    snap.stop()
    time.sleep(0.02)
    go_on = False
    for thread in threads:
        thread.join()
    snap.cleanup()
sys.exit(wrong[0] if wrong else 0)
END
    packaged "$PY" among.py
}

@test "the tracer in Python ends while other threads go on, and none of them notices" {
    each_python ended_among_threads
}

late_point() {
    cat >late.py <<'END'
import codesnap, codesnap._tracer as tracer
snap = codesnap.CodeSnap(tracer="python").start()
codesnap.instant("soon")
now = tracer.now
tracer.now = lambda: now() + 100 * 10**9
codesnap.instant("late", n=1)
tracer.now = now
snap.stop("late.json")
snap.cleanup()
END
    packaged "$PY" late.py
    "$PYTHON" - late.json <<'END'
import json, sys
at = {e["name"]: e["ts"] for e in json.load(open(sys.argv[1]))["traceEvents"] if e["ph"] in "iI"}
assert 100e6 <= at["late"] - at["soon"] < 200e6, at
END
}

@test "in the tracer in Python a point may come after minutes of silence" {
    each_python late_point
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

# same_page ONE OTHER: the viewer's own code finds the same in both, except for
# the slow calls, which the writer in Python does not look for.
same_page() {
    command -v node >/dev/null || return 0
    local page
    for page in "$@"; do
        node "$ROOT/tests/viewer/spans.mjs" "$page" | grep -v '^end slow' >"$page.spans"
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
