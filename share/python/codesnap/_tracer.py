# SPDX-License-Identifier: Apache-2.0
"""The tracer in Python: sys.setprofile and threading.setprofile.  It records the
same calls as the agent, many times slower, and serves where the agent can't be.
Its functions are those of the agent's module.
"""

import os
import struct
import sys
import types

from codesnap import _threads
from codesnap._names import ENTER, EXCEPTION, EXIT, NEWER, hidden, name_code
from codesnap._threads import adopt, this_thread
from codesnap._writer import close_session, make_session, now

version = "0.1.0"
agent = None  # the agent's module where it is in this process, too
COUNTER, INSTANT, INSTANT_NAME, SERIES = 7, 8, 4, 5

# == WHAT THE PACKAGE CALLS ===================================================


def was_first():
    return False


def begin(output, c_calls=True):
    return launch(make_session(output), c_calls)


def launch(folder, c_calls=True):
    """Record into a session that is there."""
    import_helpers()
    if agent:
        agent.delegate(sys.modules[__name__])
    _threads.begin(folder, c_calls, agent.trace if agent else trace)
    return folder


def import_helpers():
    """Now: a signal handler that comes in while they are imported finds a half."""
    import json

    import codesnap._spans


def launch_for_agent(folder, c_calls, paused):
    """--tracer python: the agent calls this before the program's first frame."""
    global agent
    import atexit

    from codesnap._core import core

    agent = core
    launch(folder, bool(c_calls))
    _threads.recording.paused = bool(paused)
    atexit.register(end_in_order)
    if NEWER >= (3, 12):  # the event of that frame is over
        sys.getprofile()(sys._getframe(1), "call", None)


def end_in_order():
    if _threads.recording is not None:
        _threads.recording.end()


def end(folder):
    if agent:
        agent.delegate(None)
    _threads.end()
    close_session(folder)


def folder():
    return _threads.recording and _threads.recording.folder


def pause():
    recording = _threads.recording
    if recording is None or recording.paused:
        return False
    recording.pause_ticks = now()
    recording.paused = True
    return True


def resume():
    recording = _threads.recording
    if recording is None:
        return False
    if recording.paused:
        recording.pauses += 1
        recording.paused = False
    return True


def is_recording():
    return recorded_thread() is not None


def recorded_thread():
    """This thread's Thread; None where what it does is not recorded now."""
    thread = this_thread()
    if thread is None or thread.recording.paused or thread.muted:
        return None
    return thread


def mute():
    thread = this_thread()
    if thread is not None:
        thread.muted += 1


def unmute():
    thread = this_thread()
    if thread is not None and thread.muted:
        thread.muted -= 1


# A child shares its parent's spool, and must write nothing into it.

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=mute, after_in_parent=unmute, after_in_child=adopt)


def hide(code):
    """Never record it, nor the functions that are made inside of it."""
    hidden[id(code)] = code
    if _threads.recording is not None:
        _threads.recording.names.functions.pop(id(code), None)
    for child in code.co_consts:
        if isinstance(child, types.CodeType):
            hide(child)


# == ANNOTATIONS ==============================================================


def check_name(function, name):
    if not isinstance(name, str):
        raise TypeError("%s() needs a name (str), not %r" % (function, name))


class trace(object):
    """trace(name) -> a named span, as a context manager or a decorator."""

    __slots__ = ("name",)

    def __new__(cls, name):
        if callable(name) or isinstance(name, (staticmethod, classmethod)):
            from codesnap._spans import decorate

            return decorate(None, name)
        if not isinstance(name, str):
            raise TypeError("trace() needs a name (str) or a function, not %r" % (name,))
        span = object.__new__(cls)
        span.name = name
        return span

    def __enter__(self):
        if _threads.recording is not None:
            put_span(self.name, ENTER)
        return self

    def __exit__(self, kind, error, traceback):
        if _threads.recording is not None:
            put_span(self.name, EXIT if kind is None else EXCEPTION)

    def __reduce__(self):
        return type(self), (self.name,)

    def __call__(self, function):
        from codesnap._spans import decorate

        if not callable(function) and not isinstance(function, (staticmethod, classmethod)):
            raise TypeError("@trace(%r) needs a function, not %r" % (self.name, function))
        return decorate(self.name, function)


def put_span(name, record):
    """A named span starts or ends."""
    frame = sys._getframe(1)
    thread = recorded_thread()
    if thread is not None:
        thread.mark(thread.put_span, now(), frame, name, record)
    elif record != ENTER and _threads.recording.paused:
        thread = this_thread()
        thread.mark(thread.forget_span, frame, name)


def instant(name, **args):
    """Mark this point in time on this thread's track; args are shown with it."""
    check_name("instant", name)
    thread = recorded_thread()
    if thread is not None:
        thread.mark(put_instant, thread, now(), name, muted_json(args) if args else b"")


def alarm(name, seconds):
    instant("trigger: " + name, took_us=int(seconds * 1e6))


def muted_json(args):
    """They are the program's own objects."""
    from codesnap._spans import to_json

    mute()
    try:
        return to_json(args).encode()
    finally:
        unmute()


def put_instant(thread, ticks, name, text):
    padded = text + b"\0" * (-len(text) % 8)
    number = thread.recording.names.intern(INSTANT_NAME, "", name)
    payload = (number, len(text)) + struct.unpack("<%dQ" % (len(padded) // 8), padded)
    thread.track.put_extended(ticks, INSTANT, payload)


def counter(*args, **values):
    """counter(name, value) or counter(name, **values): sample a counter."""
    if not 1 <= len(args) <= 2:
        raise TypeError("counter() needs a name, and one value or named ones")
    name = args[0]
    check_name("counter", name)
    series = [("value", args[1])] if len(args) == 2 else []
    series += values.items()
    if not series:
        raise TypeError("counter(%r) needs at least one value, as in counter(%r, 3) or counter(%r, used=3)" % (name, name, name))
    samples = [(key, double_bits(name, key, value)) for key, value in series]
    thread = recorded_thread()
    if thread is not None:
        thread.mark(put_counter, thread, now(), name, samples)


def put_counter(thread, ticks, name, samples):
    payload = []
    for key, bits in samples:
        payload += [thread.recording.names.intern(SERIES, name, key), bits]
    thread.track.put_extended(ticks, COUNTER, payload)


def double_bits(name, key, value):
    try:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    except (TypeError, OverflowError, struct.error):
        raise TypeError("counter(%r): %s must be a number, not %r" % (name, key, value))
    if bits >> 52 & 0x7FF == 0x7FF:
        raise ValueError("counter(%r): %s must be finite, not %r" % (name, key, value))
    return bits
