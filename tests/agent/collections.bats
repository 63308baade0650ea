#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --gc: collections of garbage are spans, and what each one freed is a counter.

setup() {
    load ../helpers
    load ../pythons
    sealed
    # Prints {generation: collections}, and how many objects they freed.
    cat >litter.py <<'END'
import collections, gc, threading
counts, freed = collections.Counter(), [0]
def count(phase, information):
    if phase == "stop":
        counts[information["generation"]] += 1
        freed[0] += information["collected"]
class Node: pass
def litter(count):
    for i in range(count):
        a, b = Node(), Node()
        a.other, b.other = b, a
gc.callbacks.insert(0, count)
threads = [threading.Thread(target=litter, args=(3000,)) for i in range(2)]
for thread in threads: thread.start()
litter(3000)
for thread in threads: thread.join()
gc.collect()
gc.callbacks.remove(count)
gc.disable()
print(dict(sorted(counts.items())), freed[0])
END
    # The same of a trace, from the program's first call on.
    cat >told.py <<'END'
import collections, json
events = json.load(open("t.json"))["traceEvents"]
spans, freed = collections.Counter(), 0
first = min(e["ts"] for e in events if e["ph"] == "X" and e["name"].startswith("litter "))
for event in events:
    if event.get("ts", -1) < first: continue
    if event["ph"] == "X" and event["name"].startswith("gc, generation "): spans[int(event["name"].split()[-1])] += 1
    if event["ph"] == "C" and event["name"] == "gc": freed += int(event["args"]["collected"])
print(dict(sorted(spans.items())), freed)
END
}

collects() {
    "$CODESNAP_BUILD/codesnap-run" -q --gc -o t.json "$PY" litter.py >seen
    "$PYTHON" told.py >told
    "$PYTHON" - <<'END'
import ast
(seen, freed), (told, told_freed) = [(ast.literal_eval(line[: line.index("}") + 1]), int(line.split()[-1])) for line in (open("seen").read().strip(), open("told").read().strip())]
# Before the first call of litter() a thread or two start: that may collect, too.
missing = {k: n - told.get(k, 0) for k, n in seen.items()}
assert all(0 <= n <= 2 for n in missing.values()), (seen, told)
assert freed >= 12000 and abs(freed - told_freed) <= 2000, (freed, told_freed)
assert sum(told.values()) >= 3, told
END
}

@test "each collection is a span with its generation, and what it freed is a counter" {
    each_python collects
}

@test "nothing is looked at unasked" {
    PY=$(a_python)
    codesnap-run -q -o t.json "$PY" -c 'import gc; print(gc.callbacks); gc.collect()'
    [ "$output" = '[]' ]
    run ! grep -q '"gc, generation' t.json
}

@test "the tracer in Python does not record collections, and says so" {
    codesnap-run -2 --gc --tracer python true
    says 'codesnap: the tracer in Python does not record collections*'
}
