#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --exceptions: each exception is an instant where it is raised, and says who caught
# it.  What there is to be is written into the programs; up to 3.11 exceptions that do
# not leave the function that raises them are not seen.

setup() {
    load ../helpers
    load ../pythons
    sealed
    # Of a trace, those raised in functions of a file: "TYPE MESSAGE: FUNCTION LINE > WHO
    # CAUGHT IT, how many calls it ended".
    cat >told.py <<'END'
import json, sys
name = sys.argv[1]
short = lambda name: name and name.split(" (")[0].replace("builtins.", "")
for event in json.load(open("t.json"))["traceEvents"]:
    it = event.get("args", {})
    if event.get("cat") == "exception" and "(%s:" % name in it["function"]:
        print("%s %s: %s %s > %s, %d%s" % (event["name"], it["message"], short(it["function"]), it["line"],
            short(it.get("caught", "?")), it["calls"], " control" if it.get("control") else ""))
END
}

minor() {
    "$PY" -c 'import sys; print(sys.version_info[1])'
}

# Program $1 raises what its lines with #: say, and from 3.12 on those with #12:.
tells() {
    local lines='s/^#: //p'
    [ "$(minor)" -lt 12 ] || lines+='; s/^#12: //p'
    "$CODESNAP_BUILD/codesnap-run" -q --exceptions -o t.json "$PY" "$1" >output 2>&1
    sed -n "$lines" "$1" | sort >expected
    "$PYTHON" told.py "$1" | sort | diff expected -
}

@test "an exception is one, however many calls it leaves and however often it is raised again" {
    cat >calls.py <<'END'
def bad(what): raise ValueError(what)
def middle(what): bad(what)
def across():
    try: middle("across")
    except ValueError: pass
#: ValueError across: bad 1 > across, 2
def within():
    try: raise KeyError("within")
    except KeyError: pass
#12: KeyError within: within 8 > within, 0
def again():
    try: middle("again")
    except ValueError: raise
def around():
    try: again()
    except ValueError: pass
#: ValueError again: bad 1 > around, 3
def other():
    try: bad("cause")
    except ValueError as error: raise OSError(2, "no such file") from error
def outside():
    try: other()
    except OSError: pass
#: ValueError cause: bad 1 > other, 1
#: FileNotFoundError 2: no such file: other 20 > outside, 1
def cleans():
    try: bad("outer")
    finally:
        try: bad("inner")
        except ValueError: pass
def cleaned():
    try: cleans()
    except ValueError: pass
#: ValueError outer: bad 1 > cleaned, 2
#: ValueError inner: bad 1 > cleans, 1
def raises(error): raise error
def twice():
    try: bad("twice")
    except ValueError as error:
        try: raises(error)
        except ValueError: pass
#: ValueError twice: bad 1 > twice, 2
def many():
    for i in range(3):
        try: bad(i)
        except ValueError: pass
#: ValueError 0: bad 1 > many, 1
#: ValueError 1: bad 1 > many, 1
#: ValueError 2: bad 1 > many, 1
for function in across, within, around, outside, cleaned, twice, many: function()
END
    each_python tells calls.py
}

@test "with, generators and coroutines pass exceptions on, end by them or swallow them" {
    cat >steps.py <<'END'
import asyncio
def bad(what): raise ValueError(what)
class Manager:
    def __init__(self, swallows): self.swallows = swallows
    def __enter__(self): pass
    def __exit__(self, *about): return self.swallows
def swallowed():
    with Manager(True): bad("swallowed")
#: ValueError swallowed: bad 2 > swallowed, 1
def passes():
    with Manager(False): bad("passed")
def passed():
    try: passes()
    except ValueError: pass
#: ValueError passed: bad 2 > passed, 2
def steps():
    yield 1
    bad("step")
def consumed():
    try:
        for _ in steps(): pass
    except ValueError: pass
#: ValueError step: bad 2 > consumed, 2
def waits():
    try: yield 1
    finally: pass
def closed():
    generator = waits(); next(generator); generator.close()
#: GeneratorExit : waits 25 > generator.close, 1 control
class Ends:
    def __iter__(self): return self
    def __next__(self): raise StopIteration
def ended():
    for _ in Ends(): pass
#: StopIteration : Ends.__next__ 32 > ended, 1 control
def last():
    try: next(iter([]))
    except StopIteration: pass
#12: StopIteration : last 37 > last, 0 control
async def fails(): bad("awaited")
class Asynchronous:
    async def __aenter__(self): pass
    async def __aexit__(self, *about): await asyncio.sleep(0)
async def inside():
    async with Asynchronous(): await fails()
async def awaits():
    try: await inside()
    except ValueError: pass
#: ValueError awaited: bad 2 > awaits, 3
for function in swallowed, passed, consumed, closed, ended, last: function()
loop = asyncio.new_event_loop(); loop.run_until_complete(awaits()); loop.close()
END
    each_python tells steps.py
}

@test "C functions raise exceptions and swallow them" {
    cat >c.py <<'END'
class Lacks:
    def __getattr__(self, name): raise AttributeError(name)
def has():
    hasattr(Lacks(), "first"); getattr(Lacks(), "second", None)
#: AttributeError first: Lacks.__getattr__ 2 > hasattr, 1
#: AttributeError second: Lacks.__getattr__ 2 > getattr, 1
def nothing():
    hasattr(1, "none"); getattr(1, "none", None); next(iter([]), None); {}.get(1)
def parse(): int("x")
def parses():
    try: parse()
    except ValueError: pass
#: ValueError invalid literal for int() with base 10: 'x': parse 9 > parses, 1
def parses_here():
    try: int("y")
    except ValueError: pass
#12: ValueError invalid literal for int() with base 10: 'y': parses_here 15 > parses_here, 0
def key(item): raise KeyError(item)
def sorts():
    try: sorted([1], key=key)
    except KeyError: pass
#: KeyError 1: key 18 > sorts, 2
class Dies:
    def __del__(self): raise ValueError("in __del__")
def deletes():
    dies = Dies()
    del dies
#: ValueError in __del__: Dies.__del__ 24 > deletes, 1
for function in has, nothing, parses, parses_here, sorts, deletes: function()
END
    each_python tells c.py
}

# The rest, for versions from 3.$1 on.
since() {
    [ "$(minor)" -lt "$1" ] || "${@:2}"
}

@test "a group is one exception, and what except* leaves of it goes on" {
    cat >groups.py <<'END'
def group(): raise ExceptionGroup("two", [ValueError("a"), TypeError("b")])
def both():
    try: group()
    except* (ValueError, TypeError): pass
#: ExceptionGroup two: group 1 > both, 1
both()
END
    each_python since 11 tells groups.py
}

@test "a recursion that is too deep is one exception" {
    cat >deep.py <<'END'
def falls(): falls()
def recurses():
    try: falls()
    except RecursionError: pass
recurses()
END
    each_python tells_deep
}

tells_deep() {
    "$CODESNAP_BUILD/codesnap-run" -q --exceptions -o t.json "$PY" deep.py
    "$PYTHON" told.py deep.py >told
    [ "$(wc -l <told)" = 1 ]
    grep -q '^RecursionError maximum recursion depth exceeded.*: falls 1 > recurses, [0-9]\{3,\}$' told
}

@test "threads have their own, and Ctrl-C is one" {
    cat >threads.py <<'END'
import os, signal, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
def bad(what): raise ValueError(what)
def catches():
    for i in range(50):
        try: bad("in a thread")
        except ValueError: pass
def interrupted():
    os.kill(os.getpid(), signal.SIGINT)
    for i in range(1000): pass
def interrupts():
    try: interrupted()
    except KeyboardInterrupt: pass
interrupts()
threads = [threading.Thread(target=catches) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
END
    each_python tells_threads
}

tells_threads() {
    "$CODESNAP_BUILD/codesnap-run" -q --exceptions -o t.json "$PY" threads.py
    "$PYTHON" told.py threads.py | sed 's/interrupted [0-9]*/interrupted/' | sort | uniq -c | sed 's/^ *//' | diff - <(
        echo '1 KeyboardInterrupt : interrupted > interrupts, 1'
        echo '200 ValueError in a thread: bad 3 > catches, 1'
    )
}

@test "what nobody catches is recorded without --exceptions, too, and nothing else" {
    cat >dies.py <<'END'
import threading
def bad(what): raise ValueError(what)
def caught():
    try: bad("caught")
    except ValueError: pass
thread = threading.Thread(target=bad, args=("in a thread",))
thread.start(); thread.join()
caught()
def main(): bad("in the program")
main()
END
    each_python dies
}

dies() {
    run "$CODESNAP_BUILD/codesnap-run" -q -o t.json "$PY" dies.py
    [ "$status" = 1 ]
    "$PYTHON" told.py dies.py | sed 's/, [0-9]*$//' | sort | diff - <(
        echo 'ValueError in a thread: bad 2 > None'
        echo 'ValueError in the program: bad 2 > None'
    )
}

@test "a program that ends in order has none, and one that ends with a status has one" {
    PY=$(a_python)
    codesnap-run -q -o t.json "$PY" -c 'import sys; sys.exit(0)'
    run ! grep -q '"cat":"exception"' t.json
    codesnap-run -3 -q -o t.json "$PY" -c 'import sys; sys.exit(3)'
    grep -q '"cat":"exception","name":"SystemExit",.*"message":"3".*"caught":null' t.json
}

@test "a message is the first argument if that is plain, cut, and the program is not asked for it" {
    cat >plain.py <<'END'
class Text(str):
    def __str__(self): print("asked")
    __repr__ = __str__
class Own(Exception):
    def __str__(self): print("asked")
    __repr__ = __str__
    args = property(lambda self: print("asked"))
def bad(error): raise error
for error in (Own("x"), ValueError(Text("x")), ValueError([1]), ValueError("\u00e9\"\n" + "x" * 300),
              ValueError(7), ValueError(-0.5), ValueError(b"\x00a"), ValueError(10 ** 30), ValueError()):
    try: bad(error)
    except Exception: pass
END
    each_python plain
}

plain() {
    "$CODESNAP_BUILD/codesnap-run" -q --exceptions -o t.json "$PY" plain.py >output
    [ ! -s output ]
    "$PYTHON" - <<'END'
import json
told = [e["args"]["message"] for e in json.load(open("t.json"))["traceEvents"] if e.get("cat") == "exception" and "bad " in e["args"]["function"]]
assert told == ["", "", "", "\u00e9\"\n" + "x" * 197, "7", "-0.5", "b'\\x00a'", "", ""], told
END
}

@test "with --include an exception that comes out of what is left out says where it was raised" {
    cat >chosen.py <<'END'
def bad(): raise ValueError("left out")
def quiet():
    try: bad()
    except ValueError: pass
def passes(): bad()
def wanted():
    quiet()
    try: passes()
    except ValueError: pass
def around():
    try: outer()
    except ValueError: pass
def outer(): passes()
wanted()
around()
END
    each_python tells_chosen
}

# Up to 3.11 an exception is seen where it leaves a function that is recorded.
tells_chosen() {
    "$CODESNAP_BUILD/codesnap-run" -q --exceptions --include wanted --include around --include outer -o t.json "$PY" chosen.py
    {
        [ "$(minor)" -lt 12 ] || echo 'ValueError left out: bad 1 > wanted, 0'
        echo 'ValueError left out: bad 1 > around, 1'
    } >expected
    "$PYTHON" told.py chosen.py | diff expected -
}

@test "the tracer in Python does not record exceptions, and says so" {
    codesnap-run -2 --exceptions --tracer python true
    says 'codesnap: the tracer in Python does not record exceptions*'
}

@test "the database has a table of them" {
    cat >shop.py <<'END'
def pay(): raise ValueError("no money")
def visit():
    try: pay()
    except ValueError: pass
visit()
pay()
END
    PY=$(a_python)
    codesnap-run -1 -q --exceptions -o t.db "$PY" shop.py
    "$PYTHON" - <<'END'
import sqlite3
rows = sqlite3.connect("t.db").execute("select type, message, f.name, e.line, c.name, uncaught, control from exceptions e join functions f on f.id = function left join functions c on c.id = caught where f.name like '%shop.py%' order by time_ns").fetchall()
assert rows == [("ValueError", "no money", "pay (shop.py:1)", 1, "visit (shop.py:2)", 0, 0), ("ValueError", "no money", "pay (shop.py:1)", 1, None, 1, 0)], rows
END
}

@test "csv and Firefox have them, each in its place, and info counts them" {
    PY=$(a_python)
    echo 'def f(): raise KeyError("needle")
try: f()
except KeyError: pass' >find.py
    codesnap-run -q --exceptions -o t.csv -o t.firefox.json -o t.json "$PY" find.py
    grep -q 'exception,exception,KeyError,.*""message"":""needle""' t.csv
    grep -q '{"type":"exception","args":"{\\"message\\":\\"needle\\"' t.firefox.json
    codesnap info t.json
    [[ $output =~ exceptions\ +[0-9]+ ]]
}

@test "report --exceptions lists them by type and place, and leaves out what is no error" {
    cat >shop.py <<'END'
import time
def pay(): time.sleep(0.01); raise ValueError("no money")
def ask(): raise KeyError("who")
class Ends:
    def __next__(self): raise StopIteration
def visit():
    for function, times in (pay, 1), (ask, 3):
        for i in range(times):
            try: function()
            except (ValueError, KeyError): pass
    next(Ends(), None)
visit()
END
    PY=$(a_python)
    codesnap-run -q --exceptions --keep -o t.html "$PY" shop.py
    for what in t.html t.html.codesnap; do
        codesnap report --exceptions "$what"
        [[ ${lines[2]} =~ ^\ +1\ +1\ .*\ ms\ +ValueError:\ no\ money\ in\ pay\ .*caught\ by\ visit ]]
        [[ ${lines[3]} =~ ^\ +3\ +3\ .*KeyError:\ who\ in\ ask ]]
        [[ ${lines[4]} = '1 exception that is no error, such as StopIteration' ]]
    done
    codesnap report --exceptions --json t.html
    echo "$output" | "$PYTHON" -c 'import json, sys
rows = json.load(sys.stdin)["exceptions"]
told = [(r["type"], r["count"], r["calls"]) for r in rows if not r.get("control")]
assert told == [("ValueError", 1, 1), ("KeyError", 3, 3)], rows
assert [r["type"] for r in rows if r.get("control")] == ["StopIteration"], rows
assert rows[0]["calls_ns"] >= 10000000 and rows[0]["message"] == "no money", rows[0]'
}

@test "report --exceptions says why there are none, and of which functions calls ended by one" {
    cat >shop.py <<'END'
def pay(): raise ValueError("no money")
for i in range(3):
    try: pay()
    except ValueError: pass
END
    PY=$(a_python)
    codesnap-run -q -o t.html "$PY" shop.py
    codesnap report --exceptions t.html
    [[ $output = *'none was recorded; those that are caught are with codesnap run --exceptions'* ]]
    [[ $output = *' 3  pay (shop.py:1)'* ]]
}
