#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Tasks of asyncio: which steps are whose, how they end, who made them.

setup_file() {
    load ../venvs
    [[ ${TRIO_PYTHON-} ]] || TRIO_PYTHON=$(tac "$CODESNAP_PYTHONS" | first_with trio) || true
    export TRIO_PYTHON
}

setup() {
    load ../helpers
    load ../pythons
    load ../record
    sealed
    # What a recording says, a line for each task as asynctasks.py prints them.
    cat >told.py <<'END'
import json, sys
def function(name): return name.split(" (")[0].split(".")[-1]
tasks = json.load(open(sys.argv[1]))["tasks"]
of = {}
for task in tasks:
    of[task["pid"], task["number"]] = function(task["function"])
for row in sorted((function(t["function"]), t["steps"], t["ended"], function(of.get((t["pid"], t["parent"]), ""))) for t in tasks):
    print(*row)
END
}

# KIND...: in one process each of those kinds.
kinds() {
    rm -rf t.*
    "$CODESNAP_BUILD/codesnap-run" -q --keep "${flags[@]}" -o t.json "$PY" "$TARGETS/threads/asynctasks.py" "$@" >expected
    "$CODESNAP_BUILD/codesnap" report --tasks --json t.json.codesnap >tasks.json
    "$PYTHON" told.py tasks.json >actual
    diff -u expected actual
}

usual() {
    local kind
    for kind in simple nested gathered generators awaitable cancelled by_hand twice many threads python_tasks; do
        kinds "$kind"
    done
    kinds subclass
}

since() {
    [[ $(printf '%s\n' "3.$1" "$VERSION" | sort -V | head -n 1) == "3.$1" ]] || return 0
    shift
    kinds "$@"
}

@test "a task has as many steps as it is resumed, whatever awaits what in it" {
    flags=()
    each_python usual
}

@test "tasks of a group have it, too" {
    flags=()
    each_python since 11 groups failing_groups
}

@test "an eager task runs its first step where it is made" {
    flags=()
    each_python since 12 eager
}

@test "steps are the same without calls of C functions, and with few levels" {
    flags=(--c-calls no)
    each_python kinds gathered
}

@test "steps are the same in a ring" {
    flags=(--last 64M)
    each_python kinds gathered cancelled
}

named() {
    rm -rf t.*
    "$CODESNAP_BUILD/codesnap-run" -q --keep -o t.json "$PY" "$TARGETS/threads/asynctasks.py" groups >expected
    "$CODESNAP_BUILD/codesnap" report --tasks t.json.codesnap >text
    grep -q 'result  worker-2  steps (asynctasks.py:' text
}

@test "a task is shown by its name" {
    PY=$(a_python)
    "$PY" -c 'import asyncio; asyncio.TaskGroup' || skip "no TaskGroup"
    named
}

@test "without a loop nothing is asked, and --async no asks nothing" {
    PY=$(a_python)
    cat >plain.py <<'END'
async def coroutine(): pass
for i in range(3):
    try: coroutine().send(None)
    except StopIteration: pass
import sys; print("asyncio" in sys.modules)
END
    "$CODESNAP_BUILD/codesnap-run" -q --keep -o t.json "$PY" plain.py >seen
    [ "$(cat seen)" = False ]
    run ! grep -q '"cat":"task"' t.json
    "$CODESNAP_BUILD/codesnap-run" -q --async no -o u.json "$PY" "$TARGETS/threads/asynctasks.py" simple
    run ! grep -q '"cat":"task"' u.json
}

in_forms() {
    rm -rf t.*
    "$CODESNAP_BUILD/codesnap-run" -q -o t.json -o t.db "$PY" "$TARGETS/threads/asynctasks.py" nested cancelled >expected
    "$PYTHON" - <<'END'
import json, sqlite3
base = sqlite3.connect("t.db")
rows = base.execute("""select f.name, t.ended, p.name is null, (select count(*) from task_steps where task = t.id), t.start_ns <= t.end_ns
    from tasks t join functions f on f.id = t.function left join tasks p on p.id = t.parent""").fetchall()
told = sorted((name.split(" (")[0].split(".")[-1], steps, ended, "" if orphan else "main") for name, ended, orphan, steps, order in rows if order)
known = sorted((name, int(steps), ended, parent) for name, steps, ended, parent in ((line[:-1] + "  ").split(" ")[:4] for line in open("expected")))
assert told == known, (told, known)
awaits = {name.split(" (")[0] for name, in base.execute("select f.name from task_steps s join functions f on f.id = s.awaits")}
assert {"waits", "wait", "_wait"} & awaits and "waits" in awaits and awaits & {"sleep", "__sleep0"}, awaits
assert base.execute("select count(*) from task_steps where awaits is null").fetchone()[0] == len(rows)
events = [e for e in json.load(open("t.json"))["traceEvents"] if e.get("cat") == "task"]
begun, ended = [[(e["id"], e["name"]) for e in events if e["ph"] == ph] for ph in "be"]
assert sorted(begun) == sorted(ended) and len(begun) == len(rows) + sum(row[3] for row in rows)
END
}

@test "databases and JSON have tasks, their steps and what they await" {
    each_python in_forms
}

@test "trio's tasks are there, by their names" {
    [[ ${TRIO_PYTHON-} ]] || skip "no interpreter has trio: set TRIO_PYTHON"
    cat >trees.py <<'END'
import trio
async def steps(count):
    for _ in range(count): await trio.sleep(0)
async def forever(): await trio.sleep_forever()
async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(forever)
        for count in range(3): nursery.start_soon(steps, count, name="steps-%d" % count)
        await steps(5)
        nursery.cancel_scope.cancel()
trio.run(main)
END
    "$CODESNAP_BUILD/codesnap-run" -q --keep -o t.json "$TRIO_PYTHON" trees.py
    "$CODESNAP_BUILD/codesnap" report --tasks --json t.json.codesnap >tasks.json
    "$PYTHON" - <<'END'
import json
tasks = {t["name"]: (t["steps"], t["ended"]) for t in json.load(open("tasks.json"))["tasks"]}
assert [tasks["steps-%d" % count] for count in range(3)] == [(count + 1, "result") for count in range(3)], tasks
assert tasks["__main__.forever"] == (2, "cancelled"), tasks
END
}

@test "Perfetto has a track for each task, with its steps" {
    needs node
    [ -e "$CODESNAP_BUILD/readers/perfetto/engine.mjs" ] || skip "make readers was not run"
    "$CODESNAP_BUILD/codesnap-run" -q -o t.pftrace "$(a_python)" "$TARGETS/threads/asynctasks.py" gathered threads >expected
    TRACE_PROCESSOR=$CODESNAP_BUILD/readers/perfetto node "$TESTS/readers/perfetto-query.mjs" t.pftrace \
        "select count(*), count(distinct t.id) from slice s join track t on s.track_id = t.id where t.name like 'Task-%'" >told 2>/dev/null
    grep -q "\"rows\":\[\[$(awk '{ sum += $2 } END { print sum }' expected),$(wc -l <expected)\]\]" told
}

@test "info counts the steps, of a session and of a page; a report of a page says where tasks are" {
    "$CODESNAP_BUILD/codesnap-run" -q --keep -o t.html "$(a_python)" "$TARGETS/threads/asynctasks.py" simple nested >expected
    "$CODESNAP_BUILD/codesnap" info t.html.codesnap | grep -x 'task steps *10'
    "$CODESNAP_BUILD/codesnap" info t.html | grep -x 'task steps *10'
    "$CODESNAP_BUILD/codesnap" report --tasks t.html | grep 'an output does not tell tasks to a report'
}
