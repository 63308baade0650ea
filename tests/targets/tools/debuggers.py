"""Stops and traces as debuggers do, and prints where."""

import bdb
import io
import pdb
import sys
import threading


def stops(make):
    commands, out = io.StringIO("n\nn\n" + 9 * "c\n"), io.StringIO()
    make(pdb.Pdb(nosigint=True, readrc=False, stdin=commands, stdout=out))
    sys.settrace(None)
    return [line for line in out.getvalue().splitlines() if line.startswith(("->", ">"))]


def stopped(debugger):
    debugger.set_trace()
    x = 1
    return x


def stopped_in_a_generator(debugger):
    def generator():
        yield 0
        debugger.set_trace()
        yield 1

    return list(generator())


def stopped_again(debugger):
    for x in range(2):
        debugger.set_trace()
        x += 1


EVENTS = []


def trace_opcodes(frame, wanted):
    if hasattr(frame, "f_trace_opcodes"):  # 3.7
        frame.f_trace_opcodes = wanted


def tracer(frame, event, _):
    if frame.f_code.co_filename == __file__ and frame.f_code is not begin.__code__:
        EVENTS.append((event, frame.f_code.co_name, frame.f_lineno, frame.f_lasti))
        trace_opcodes(frame, OPCODES)
    return tracer


def begin(way):
    frame = sys._getframe(1)
    frame.f_trace = tracer
    trace_opcodes(frame, True)
    way(tracer)


def traced(way):
    begin(way)
    x = 1
    sys.settrace(None)
    return x


def called():
    return [x for x in steps()]


def steps():
    yield 1
    yield 2


def traced_from_the_call():
    sys.settrace(tracer)
    called()
    sys.settrace(None)


def traced_late():
    """Opcodes are asked for while a generator waits, before anybody traces."""
    generator = late()
    next(generator)
    sys.settrace(tracer)
    list(generator)
    sys.settrace(None)


def late():
    frame = sys._getframe()
    frame.f_trace = tracer
    trace_opcodes(frame, True)
    yield 1
    yield 2


class Counting(bdb.Bdb):
    """Counts the lines of a program."""

    seen = 0

    def user_line(self, frame):
        self.seen += frame.f_code.co_filename == __file__
        self.set_step()


for function in stopped, stopped_in_a_generator, stopped_again:
    print(function.__name__, stops(function))
for OPCODES in True, False:
    ways = [sys.settrace, getattr(threading, "settrace_all_threads", sys.settrace)]
    for way in ways:
        traced(way)
    traced_from_the_call()
    traced_late()
    print(OPCODES, EVENTS)
    del EVENTS[:]
counting = Counting()
counting.runcall(called)
print(counting.seen)
