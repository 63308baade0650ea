# SPDX-License-Identifier: Apache-2.0
"""The process that is measured, on Python 3.6 and newer, under one tracer.

    worker.py TRACER serve            answer requests on stdin, a line of JSON each
    worker.py TRACER script PATH ...  run a script, as `python PATH ...` does
    worker.py TRACER timed PATH       the same, and put its seconds of a core into SCRATCH/cpu
    worker.py TRACER steps            do what steps.c counts
    worker.py TRACER calls N          make N calls
    worker.py TRACER pauses N         make 2 N calls, print where time passed between

TRACER is `none` where nothing is to be started from the inside: for plain runs
and for codesnap, which is preloaded.  Requests are `run NAME TIMES`: the
nanoseconds that each piece of work took, and `count NAME`: the calls in it.
The tracer is on from the start, so that nothing is measured before it is warm.
"""

import gc
import json
import os
import runpy
import signal
import sys
import threading
import time

NULL = os.environ.get("BENCH_NULL")  # libbench_null.so
SCRATCH = os.environ.get("BENCH_SCRATCH")  # where a tracer may write

STEPS = 16  # the calls that steps.c counts the instructions of
MINOR = sys.version_info[1]
keep = []  # what must live as long as the process


# == TRACERS ===================================================================


def load_null():
    import ctypes

    null = ctypes.PyDLL(NULL)
    null.null_callback.argtypes = [ctypes.c_ssize_t]
    null.null_callback.restype = ctypes.py_object
    return null


def monitor(events, implied=()):
    """Register what returns at once for these events of sys.monitoring."""
    null, monitoring = load_null(), sys.monitoring
    monitoring.use_tool_id(4, "bench")
    mask = 0
    for name in tuple(events) + tuple(implied):
        event = getattr(monitoring.events, name)
        callback = null.null_callback(object.__basicsize__)
        monitoring.register_callback(4, event, callback)
        mask |= 0 if name in implied else event
    monitoring.set_events(4, mask)


PYTHON_EVENTS = ("PY_START", "PY_RESUME", "PY_THROW", "PY_RETURN", "PY_YIELD", "PY_UNWIND")


def profile_by_null(null):
    null.null_profile()
    # Each further thread sets it at its first event.
    threading.setprofile(lambda *_: null.null_profile())


def start_null():
    if MINOR >= 12:
        return monitor(PYTHON_EVENTS + ("CALL",), ("C_RETURN", "C_RAISE"))
    return profile_by_null(load_null())


def start_null_python():
    if MINOR >= 12:
        return monitor(PYTHON_EVENTS)
    return load_null().null_evaluate(MINOR)


def start_null_both():
    null = load_null()
    null.null_evaluate(MINOR)
    profile_by_null(null)


def start_null_frames():
    return load_null().null_evaluate(MINOR)


def start_null_mixed():
    load_null().null_evaluate(MINOR)
    return monitor(("CALL",), ("C_RETURN", "C_RAISE"))


def start_cprofile():
    import cProfile

    profile = cProfile.Profile()
    keep.append(profile)
    profile.enable()


def start_viztracer(**options):
    from viztracer import VizTracer

    tracer = VizTracer(verbose=0, **options)
    keep.append(tracer)
    tracer.start()
    if sys.argv[2] != "timed":
        fill_ring()


def fill_ring():
    """Its ring holds a million calls; what is measured is how it goes on."""
    import programs

    for _ in range(12):
        programs.recurse(23)


def start_trace0():
    from trace0 import Tracer

    tracer = Tracer(os.path.join(SCRATCH, "trace0.pb"), trace_subprocesses=False)
    keep.append(tracer)
    tracer.__enter__()


TRACERS = {
    "none": lambda: None,
    "null": start_null,
    "null-python": start_null_python,
    "null-both": start_null_both,
    "null-frames": start_null_frames,
    "null-mixed": start_null_mixed,
    "cprofile": start_cprofile,
    "viztracer": start_viztracer,
    "viztracer-exclude": lambda: start_viztracer(
        exclude_files=[os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs.py")]
    ),
    "viztracer-include": lambda: start_viztracer(include_files=[os.path.abspath(sys.argv[3])]),
    "viztracer-depth": lambda: start_viztracer(max_stack_depth=6),
    "viztracer-frozen": lambda: start_viztracer(ignore_frozen=True),
    "viztracer-python": lambda: start_viztracer(ignore_c_function=True),
    "trace0": start_trace0,
}


# == REQUESTS ==================================================================

if os.environ.get("BENCH_CLOCK") == "cpu":

    def clock_ns():
        return int(time.process_time() * 1e9)

elif hasattr(time, "perf_counter_ns"):
    clock_ns = time.perf_counter_ns
else:

    def clock_ns():
        return int(time.perf_counter() * 1e9)


def run(name, times):
    import programs

    function, repeat = programs.PROGRAMS[name]
    taken = []
    for _ in range(times):
        begin = clock_ns()
        for _ in range(repeat):
            function()
        taken.append(clock_ns() - begin)
    return taken


def count(name):
    """The calls in one piece of work, as sys.setprofile sees them."""
    import programs

    function, repeat = programs.PROGRAMS[name]
    found = {"call": 0, "c_call": 0}

    def see(_frame, event, _argument):
        if event in found:
            found[event] += 1

    function()
    threading.setprofile(see)
    sys.setprofile(see)
    function()
    sys.setprofile(None)
    threading.setprofile(None)
    # The one that ends it is seen as well.
    return {"python": found["call"] * repeat, "c": (found["c_call"] - 1) * repeat}


def answer(words):
    if words[0] == "run":
        return run(" ".join(words[1:-1]), int(words[-1]))
    if words[0] == "count":
        return count(" ".join(words[1:]))
    raise ValueError(words)


def serve():
    gc.collect()
    gc.disable()  # when it runs depends on what the tracers allocate
    say({"ready": True})
    for line in sys.stdin:
        try:
            say(answer(line.split()))
        except Exception as error:  # the driver says which
            say({"error": "%s: %s" % (type(error).__name__, error)})


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def script(path, *arguments):
    sys.argv = [path] + list(arguments)
    sys.path[0] = os.path.dirname(path)
    runpy.run_path(path, run_name="__main__")


def by_pyperf(path, *arguments):
    if os.environ.get("BENCH_CLOCK") == "cpu":
        time.perf_counter = time.process_time  # that is what it asks
    script(path, *arguments)


def timed(path):
    begin = time.process_time()
    try:
        script(path)
    except SystemExit:
        pass
    taken = time.process_time() - begin
    with open(os.path.join(SCRATCH, "cpu"), "w") as stream:
        stream.write("%r\n" % taken)
    os._exit(0)  # no tracer saves anything


def steps():
    import programs

    kill, pid, mark = os.kill, os.getpid(), int(signal.SIGUSR1)
    gc.disable()
    for work in programs.only_python_calls, programs.only_c_calls:
        work(3000)
        for n in 0, 0, STEPS:
            kill(pid, mark)
            work(n)
            kill(pid, mark)


def calls(n):
    """Two calls of fib's kind and a C call in three; the last thing is the time."""
    import programs

    left = int(n)
    while left > 0:
        piece = min(left // 3, 10000)
        programs.only_python_calls(2 * piece)
        programs.only_c_calls(piece)
        left -= 3 * piece or left
    sys.stderr.flush()


def open_waited():
    """A function: nanoseconds that this thread waited for a processor so far."""
    try:
        fd = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        return lambda: int(os.pread(fd, 100, 0).split()[1])
    except OSError:
        return lambda: 0


def pauses(n):
    """Make calls, and say when more than a millisecond passed between two, and
    how much of that the thread only waited for a processor."""
    import programs

    nothing, clock, found, waited = programs.nothing, clock_ns, [], open_waited()
    last, before = clock(), waited()
    for _ in range(int(n)):
        nothing()
        now = clock()
        if now - last > 1000000:
            sum_ns = waited()
            found.append((last, now - last, min(now - last, sum_ns - before)))
            before, now = sum_ns, clock()
        last = now
    offset = int(time.time() * 1e9) - clock_ns()
    say([(begin + offset, length, waiting) for begin, length, waiting in found])


def main():
    tracer, what, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    TRACERS[tracer]()
    {"serve": serve, "script": by_pyperf, "timed": timed, "steps": steps, "calls": calls, "pauses": pauses}[
        what
    ](*arguments)
    if what == "serve":
        os._exit(0)  # no tracer saves anything


if __name__ == "__main__":
    main()
