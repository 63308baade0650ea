"""Sets profile functions in every way there is, and prints all events they get."""

import cProfile
import functools
import io
import profile
import re
import sys
import threading

LOG = []


def name(thing):
    return getattr(thing, "__name__", type(thing).__name__)


def told(frame, event, argument):
    LOG.append(
        (event, frame.f_code.co_name, name(argument) if event[:2] == "c_" else None)
    )


def told_too(frame, event, argument):
    LOG.append(("too", event, frame.f_code.co_name))


def leaf(x=0):
    return len("abc")


def steps():
    yield leaf()
    yield abs(-1)


def plainly():
    sys.setprofile(told)
    leaf()
    list(steps())
    sys.setprofile(None)


def begin(x):
    if x == 2:
        sys.setprofile(told)
    return x


def in_a_call_of_c():
    sorted([2, 1], key=begin)
    abs(1)
    leaf()
    sys.setprofile(None)


def in_two_calls_of_c():
    exec("sorted([1, 2], key=begin); leaf()", globals())
    leaf()
    abs(2)
    sys.setprofile(None)


def by_partial():
    functools.partial(sys.setprofile, told)()
    leaf()
    sys.setprofile(None)


def by_star():
    sys.setprofile(*(told,))
    leaf()
    sys.setprofile(*(None,))


def by_map():
    list(map(sys.setprofile, [told]))
    abs(3)
    leaf()
    sys.setprofile(None)


def twice():
    sys.setprofile(told)
    sys.setprofile(told_too)
    leaf()
    sys.setprofile(None)


def unsets_itself():
    def function(frame, event, argument):
        told(frame, event, argument)
        if len(LOG) == 3:
            sys.setprofile(None)

    sys.setprofile(function)
    leaf()
    leaf()
    abs(1)
    sys.setprofile(None)


def raises():
    def function(frame, event, argument):
        told(frame, event, argument)
        if len(LOG) == 3:
            raise KeyError("x")

    try:
        sys.setprofile(function)
        leaf()
        leaf()
    except KeyError:
        LOG.append(sys.getprofile())
    leaf()
    sys.setprofile(None)


def replaces_itself():
    def function(frame, event, argument):
        told(frame, event, argument)
        if len(LOG) == 2:
            sys.setprofile(told_too)

    sys.setprofile(function)
    leaf()
    leaf()
    abs(1)
    sys.setprofile(None)


def unset_in_a_callee():
    def unset():
        sys.setprofile(None)

    sys.setprofile(told)
    leaf()
    unset()
    abs(1)


def with_exceptions():
    sys.setprofile(told)
    try:
        int("x")
    except ValueError:
        pass
    sys.setprofile(None)


def after_an_error():
    try:
        sys.setprofile()
    except TypeError:
        pass
    sys.setprofile(told)
    leaf()
    sys.setprofile(None)


def in_a_thread():
    def work():
        leaf()
        abs(1)

    threading.setprofile(told)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    threading.setprofile(None)


def in_all_threads():
    """While another one waits in a call of C."""
    lock, begun, seen = threading.Lock(), threading.Event(), []

    def work():
        begun.set()
        with lock:
            leaf()
        lock.acquire()
        abs(1)

    def function(frame, event, argument):
        if frame.f_code.co_name in ("work", "leaf"):
            seen.append((event, frame.f_code.co_name))

    lock.acquire()
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    while sys._current_frames()[thread.ident].f_code is not work.__code__:
        pass
    threading.setprofile_all_threads(function)
    lock.release()
    thread.join()
    threading.setprofile_all_threads(None)
    LOG.extend(seen)


def while_traced():
    sys.settrace(lambda *_: None)
    sys.setprofile(told)
    leaf()
    sys.setprofile(None)
    sys.settrace(None)


def asked_for():
    sys.setprofile(told)
    LOG.append(sys.getprofile() is told)
    sys.setprofile(None)
    LOG.append(sys.getprofile())


def deep(levels):
    if levels:
        return deep(levels - 1)
    sys.setprofile(told)
    return abs(-1)


def from_below():
    deep(5)
    leaf()
    sys.setprofile(None)


class Sets:
    def __init__(self):
        sys.setprofile(told)

    def __del__(self):
        sys.setprofile(None)


def by_a_class():
    sets = Sets()
    leaf()
    del sets
    leaf()


def in_a_generator():
    def generator():
        sys.setprofile(told)
        yield 1
        yield leaf()
        sys.setprofile(None)

    for x in generator():
        abs(x)


def work():
    return sorted([leaf(x) for x in range(20)])


def key_of(function):
    return function[0].split("/")[-1], function[2]


def profiled(module):
    made = module.Profile()
    made.runcall(work)
    made.create_stats()
    rows = sorted(
        (key_of(function), row[0], row[1], sorted(key_of(c) for c in row[4]))
        for function, row in made.stats.items()
    )
    print(module.__name__, re.sub("0x[0-9a-f]+", "_", str(rows)))


def printed(module):
    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        module.run("work()")
    finally:
        out, sys.stdout = sys.stdout, out
    print(re.sub(r"\d+\.\d+", "_", out.getvalue()))


WAYS = [
    plainly,
    in_a_call_of_c,
    in_two_calls_of_c,
    by_partial,
    by_star,
    by_map,
    twice,
    unsets_itself,
    raises,
    replaces_itself,
    unset_in_a_callee,
    with_exceptions,
    after_an_error,
    in_a_thread,
    while_traced,
    asked_for,
    from_below,
    by_a_class,
    in_a_generator,
    plainly,
    in_a_call_of_c,
]
if hasattr(threading, "setprofile_all_threads"):
    WAYS.append(in_all_threads)
for way in WAYS:
    way()
    print(way.__name__, LOG)
    del LOG[:]
for profiler in profile, cProfile:
    profiled(profiler)
    printed(profiler)
print(repr(sys.setprofile), sys.setprofile.__doc__[:9], sys.setprofile.__self__)
