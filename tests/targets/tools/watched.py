"""Has a profile function set from C (watcher.c), and prints what that is told."""

import sys
import threading

sys.path.insert(0, ".")
import watcher


def leaf(x=0):
    return len("abc")


def plainly():
    watcher.start()
    leaf()
    watcher.stop()


def again():
    watcher.start()
    leaf()
    watcher.stop()
    watcher.start()
    abs(1)
    watcher.stop()


def on_top():
    watcher.start()
    watcher.start()
    leaf()
    watcher.stop()


def begin(x):
    if x == 2:
        watcher.start()
    return x


def in_a_call_of_c():
    sorted([2, 1], key=begin)
    abs(1)
    leaf()
    watcher.stop()


def end(x):
    if x == 1:
        watcher.stop()
    return x


def in_one_call_of_c():
    watcher.start()
    sorted([1, 2], key=end)
    sorted([2, 3], key=begin)
    leaf()
    watcher.stop()


def in_two_calls_of_c():
    exec("sorted([1, 2], key=begin); leaf()", globals())
    leaf()
    abs(2)
    watcher.stop()


def deep(levels):
    if levels:
        return deep(levels - 1)
    watcher.start()
    return abs(-1)


def from_below():
    deep(5)
    leaf()
    watcher.stop()


def with_exceptions():
    watcher.start()
    try:
        int("x")
        sorted([1], key=int.real)
    except (ValueError, TypeError):
        pass
    try:
        "".join(1)
    except TypeError:
        pass
    watcher.stop()


def by_star():
    watcher.start(*())
    leaf()
    watcher.stop(*())


def by_map():
    for start in (watcher.start,):
        list(map(lambda function: function(), [start]))
    abs(3)
    watcher.stop()


def after_setprofile():
    sys.setprofile(lambda *_: None)
    watcher.start()
    leaf()
    watcher.stop()


def before_setprofile():
    watcher.start()
    sys.setprofile(lambda *_: None)
    watcher.start()
    leaf()
    watcher.stop()


def while_a_tool_sees_calls():
    monitoring = getattr(sys, "monitoring", None)
    if not monitoring:
        return
    monitoring.use_tool_id(2, "tool")
    monitoring.register_callback(2, monitoring.events.CALL, lambda *_: None)
    monitoring.set_events(2, monitoring.events.CALL)
    watcher.start()
    leaf()
    watcher.stop()
    monitoring.set_events(2, 0)
    monitoring.free_tool_id(2)


def in_all_threads():
    """While another one waits in a call of C."""
    lock, begun = threading.Lock(), threading.Event()

    def work():
        begun.set()
        with lock:
            leaf()
        lock.acquire()
        abs(1)

    lock.acquire()
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    while sys._current_frames()[thread.ident].f_code is not work.__code__:
        pass
    watcher.start_all()
    lock.release()
    thread.join()
    watcher.stop_all()
    return {"work", "leaf"}


for way in (
    plainly,
    again,
    on_top,
    in_a_call_of_c,
    in_one_call_of_c,
    in_two_calls_of_c,
    from_below,
    with_exceptions,
    by_star,
    by_map,
    after_setprofile,
    before_setprofile,
    while_a_tool_sees_calls,
    in_all_threads,
):
    for _ in range(2):
        only = way()
        rows = [row for row in watcher.take() if not only or row[1] in only]
        print(way.__name__, len(rows), *rows, sep="\n  ")
