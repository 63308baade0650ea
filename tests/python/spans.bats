#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Named spans around and inside the steps of generators and coroutines.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../package
    cd "$BATS_TEST_TMPDIR" || return 1
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
