# SPDX-License-Identifier: Apache-2.0
"""The tracer in Python: sys.setprofile and threading.setprofile.  It records the
same calls as the agent, many times slower, and serves where the agent can't be.
Its functions are those of the agent's module.
"""

import os
import struct
import sys
import threading
import types

from codesnap._core import HERE
from codesnap._writer import Spool, Track, close_session, make_session, now

version = "0.1.0"
agent = None  # the agent's module where it is in this process, too

ENTER, ENTER_C, EXIT, EXCEPTION, RESUME, YIELD, THROW = 1, 2, 3, 4, 5, 6, 7
GAP, COUNTER, INSTANT = 1, 7, 8
PYTHON, C, SPAN, INSTANT_NAME, SERIES = 1, 2, 3, 4, 5
GENERATOR = 0x20 | 0x80 | 0x200
METHOD_TYPES = type(list.append), type(dict.__dict__["fromkeys"])
NEWER = sys.version_info

# == OPCODES: what a frame does at f_lasti ====================================


def opcodes(*names):
    from opcode import opmap

    return frozenset(opmap[name] for name in names if name in opmap)


RETURNS = opcodes("RETURN_VALUE", "RETURN_CONST")
YIELDS = opcodes("YIELD_VALUE")
YIELD_FROM = opcodes("YIELD_FROM")  # before 3.11: f_lasti stands before it
RESUMES = opcodes("RESUME")


class Function:
    """What is known of a code object."""

    __slots__ = ("code", "low", "bytes", "generator")

    def __init__(self, code, number):
        self.code, self.low = code, number << 4
        self.bytes, self.generator = None, bool(code.co_flags & GENERATOR)

    def opcode(self, at):
        if self.bytes is None:
            self.bytes = self.code.co_code
        return self.bytes[at] if 0 <= at < len(self.bytes) else -1

    def entry(self, frame):
        """How a generator's step begins."""
        at = frame.f_lasti
        if NEWER < (3, 11):
            return ENTER if at < 0 else RESUME
        if self.opcode(at) not in RESUMES:
            return THROW
        return RESUME if self.opcode(at + 1) & 3 else ENTER

    def exit(self, frame, value):
        at = frame.f_lasti
        opcode = self.opcode(at)
        if self.generator and (opcode in YIELDS or self.opcode(at + 2) in YIELD_FROM):
            return YIELD
        return EXIT if value is not None or opcode in RETURNS else EXCEPTION


# == NAMES ====================================================================


class Names:
    """The ids of one spool."""

    def __init__(self, spool):
        self.spool = spool
        self.functions, self.c, self.ids, self.prefixes = {}, {}, {}, {}
        if NEWER < (3, 11):
            self.learn()

    def intern(self, *fields):
        """Equal functions share an id."""
        if fields not in self.ids:
            self.ids[fields] = self.spool.name_function(*fields)
        return self.ids[fields]

    def meet(self, code, frame):
        """A Function, or None for what is not recorded."""
        file = code.co_filename
        known = None
        if file.startswith("<codesnap>") or os.path.dirname(file) == HERE or id(code) in hidden:
            self.functions[id(code)] = None
            self.functions[id(code), 0] = code  # keeps it alive
            return None
        module = frame.f_globals.get("__name__")
        module = module if isinstance(module, str) else ""
        number = self.intern(PYTHON, module, self.qualified_name(code), file, max(0, code.co_firstlineno), code.co_flags)
        known = self.functions[id(code)] = Function(code, number)
        return known

    # Before 3.11 a code object does not know its qualified name; but its parent
    # has it among its constants, and ran before.

    def qualified_name(self, code):
        if NEWER >= (3, 11):
            return code.co_qualname
        name = self.prefixes.get(id(code), "") + code.co_name
        self.name_children(code, name)
        return name

    def name_children(self, code, name):
        prefix = name + (".<locals>." if code.co_flags & 1 else ".")
        if code.co_name == "<module>":
            prefix = ""
        for child in code.co_consts:
            if isinstance(child, types.CodeType) and id(child) not in self.prefixes:
                self.prefixes[id(child)] = prefix
                self.name_children(child, prefix + child.co_name)

    def learn(self):
        """Functions that were made before, found in their modules."""
        for module in list(sys.modules.values()):
            if isinstance(module, types.ModuleType):
                self.learn_namespace(vars(module), True)

    def learn_namespace(self, namespace, deeper):
        for value in list(namespace.values()):
            if isinstance(value, (staticmethod, classmethod)):
                value = value.__func__
            if isinstance(value, types.FunctionType):
                self.learn_function(value)
            elif type(value) is type and deeper:
                self.learn_namespace(vars(value), False)

    def learn_function(self, function):
        code, name = function.__code__, function.__qualname__
        if id(code) not in self.prefixes and name.endswith(code.co_name):
            self.prefixes[id(code)] = name[: len(name) - len(code.co_name)]
            self.name_children(code, name)

    # C functions

    def meet_c(self, key, function):
        owner = definer(function)
        if agent and owner is agent.trace:  # what `with` calls, from 3.12 on
            self.c[key] = -1
            return -1
        if owner is None:
            module = function.__module__
            number = self.intern(C, module if isinstance(module, str) else "", function.__name__)
        else:
            flags = 2 if isinstance(function.__self__, type) else 1
            number = self.intern(C, owner.__qualname__, function.__name__, "", 0, flags)
        self.c[key] = number << 4
        return number << 4


def definer(function):
    """The type that a C function is a method of; None for a module's."""
    owner = function.__self__
    if owner is None or isinstance(owner, types.ModuleType):
        return None
    candidates = type(owner).__mro__ + (owner.__mro__ if isinstance(owner, type) else ())
    for kind in candidates:
        if isinstance(vars(kind).get(function.__name__), METHOD_TYPES):
            return kind
    return type(owner)


def c_key(function):
    owner = function.__self__
    if owner is None or isinstance(owner, types.ModuleType):
        return function.__module__, function.__name__
    return owner if isinstance(owner, type) else type(owner), function.__name__


# == THREADS ==================================================================

hidden = {}  # id of a code object that is not recorded: the object
local = threading.local()
recording = None  # the Recording that is running
folder_now = None


class Recording:
    def __init__(self, folder, c_calls):
        self.folder, self.c_calls, self.paused = folder, c_calls, False
        self.pause_ticks, self.pauses = 0, 0
        self.tracks = []
        self.spool = Spool(folder)
        self.names = Names(self.spool)

    def begin(self):
        threading.setprofile(first_event)
        if NEWER >= (3, 12):
            threading.setprofile_all_threads(first_event)
        sys.setprofile(first_event)

    def end(self):
        threading.setprofile(None)
        if NEWER >= (3, 12):
            threading.setprofile_all_threads(None)
        sys.setprofile(None)
        for thread in self.tracks:
            thread.name_again()
        self.spool.end()


class Thread:
    """A thread's track, and its profile function."""

    def __init__(self, recording):
        self.recording, self.ident = recording, threading.get_ident()
        main = threading.main_thread().ident == self.ident
        native = getattr(threading, "get_native_id", threading.get_ident)
        tid = os.getpid() if main else native() & 0xFFFFFFFF
        self.track = Track(recording.spool, tid)
        self.muted, self.pauses, self.name = 0, recording.pauses, None
        self.spans = []  # named ones that are open: the id, and the frame it is in
        recording.tracks.append(self)
        self.name_again()
        self.profile = self.make_profile()

    def name_again(self):
        python_thread = threading._active.get(self.ident)
        name = getattr(python_thread, "_name", None)
        if name and name != self.name:
            self.name = name
            self.recording.spool.name_track(self.track.number, name)

    def make_profile(self):
        recording, put, names = self.recording, self.track.put, self.recording.names
        functions, c = names.functions, names.c
        c_calls, clock = recording.c_calls, now
        forks_told = hasattr(os, "register_at_fork")

        def profile(frame, event, value):
            if recording.paused or self.muted or recording is not current():
                return
            if not forks_told and os.getpid() != recording.spool.pid:
                adopt()
                return
            ticks = clock()
            if self.pauses != recording.pauses:
                self.write_gap(ticks)
            known = functions.get(id(frame.f_code), 0)
            if known == 0:
                known = names.meet(frame.f_code, frame)
            if known is None:
                return
            if event == "call" or event == "return":
                if event == "call":
                    put(ticks, known.low | (known.entry(frame) if known.generator else ENTER))
                    return
                if self.spans:
                    self.forget_spans(frame)
                if value is None or known.generator:
                    put(ticks, known.low | known.exit(frame, value))
                else:
                    put(ticks, known.low | EXIT)
            elif c_calls:
                key = c_key(value)
                low = c.get(key)
                if low is None:
                    low = names.meet_c(key, value)
                if low < 0:
                    return
                put(ticks, low | (ENTER_C if event == "c_call" else EXIT if event == "c_return" else EXCEPTION))

        return profile

    def put_span(self, number, record):
        """A named span begins, or ends unless what it was in ended before."""
        if record == ENTER:
            self.spans.append((number, self.recorded_frame()))
        else:
            at = len(self.spans) - 1
            while at >= 0 and self.spans[at][0] != number:
                at -= 1
            if at < 0:
                return
            del self.spans[at:]
        self.track.put(now(), number << 4 | record)

    def recorded_frame(self):
        """The innermost one that a reader sees."""
        frame, functions = sys._getframe(1), self.recording.names.functions
        while frame is not None and functions.get(id(frame.f_code)) is None:
            frame = frame.f_back
        return frame

    def forget_spans(self, frame):
        """The frame ends or is suspended, and with it what is open in it."""
        for at, (_, where) in enumerate(self.spans):
            if where is frame:
                del self.spans[at:]
                return

    def write_gap(self, ticks):
        self.pauses = self.recording.pauses
        del self.spans[:]
        self.track.put_extended(ticks, GAP, (self.recording.pause_ticks, 2, 0))


def current():
    return recording


def first_event(frame, event, value):
    """The first event of a thread: from here on it has a function of its own."""
    if recording is None:
        sys.setprofile(None)
        return
    thread = this_thread()
    sys.setprofile(thread.profile)
    thread.profile(frame, event, value)


def this_thread():
    """This thread's Thread; None where nothing is recorded."""
    if recording is None:
        return None
    thread = getattr(local, "thread", None)
    if thread is None or thread.recording is not recording:
        function = sys.getprofile()
        sys.setprofile(None)  # what this does is no part of the program
        thread = local.thread = Thread(recording)
        sys.setprofile(thread.profile if function is first_event else function)
    return thread


def adopt():
    """In a forked child: a spool of its own in the same session."""
    global recording
    if recording is not None:
        recording = Recording(recording.folder, recording.c_calls)
        local.thread = None
        recording.begin()


class Muted:
    """What this thread does inside is not recorded."""

    def __enter__(self):
        self.thread = this_thread()
        self.thread.muted += 1
        if self.thread.pauses != self.thread.recording.pauses:
            self.thread.write_gap(now())
        return self.thread

    def __exit__(self, *exception):
        self.thread.muted -= 1


# == WHAT THE PACKAGE CALLS ===================================================


def was_first():
    return False


def begin(output, c_calls=True):
    return launch(make_session(output), c_calls)


def launch(folder, c_calls=True):
    """Record into a session that is there."""
    global recording
    recording = Recording(folder, c_calls)
    if agent:
        agent.delegate(sys.modules[__name__])
    recording.begin()
    return folder


def launch_for_agent(folder, c_calls, paused):
    """--tracer python: the agent calls this before the program's first frame."""
    global agent
    import atexit

    from codesnap._core import core

    agent = core
    launch(folder, bool(c_calls))
    recording.paused = bool(paused)
    atexit.register(end_in_order)
    if NEWER >= (3, 12):  # the event of that frame is over
        sys.getprofile()(sys._getframe(1), "call", None)


def end_in_order():
    if recording is not None:
        recording.end()


def end(folder):
    global recording
    ended, recording = recording, None
    if agent:
        agent.delegate(None)
    if ended is not None:
        ended.end()
    close_session(folder)


def folder():
    return recording and recording.folder


def pause():
    if recording is None or recording.paused:
        return False
    recording.pause_ticks = now()
    recording.paused = True
    return True


def resume():
    if recording is None:
        return False
    if recording.paused:
        recording.pauses += 1
        recording.paused = False
    return True


def is_recording():
    thread = this_thread()
    return thread is not None and not recording.paused and not thread.muted


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
    if recording is not None:
        recording.names.functions.pop(id(code), None)
    for child in code.co_consts:
        if isinstance(child, types.CodeType):
            hide(child)


# == ANNOTATIONS ==============================================================


def check_name(function, name):
    if not isinstance(name, str):
        raise TypeError("%s() wants a name (a str), not %r" % (function, name))


class trace(object):
    """trace(name) -> a named span, as a context manager or a decorator."""

    __slots__ = ("name",)

    def __new__(cls, name):
        if callable(name):
            from codesnap._spans import decorate

            return decorate(None, name)
        if not isinstance(name, str):
            raise TypeError("trace() wants a name (a str) or a function, not %r" % (name,))
        span = object.__new__(cls)
        span.name = name
        return span

    def __enter__(self):
        if recording is not None:
            put_span(self.name, ENTER)
        return self

    def __exit__(self, kind, error, traceback):
        if recording is not None:
            put_span(self.name, EXIT if kind is None else EXCEPTION)

    def __call__(self, function):
        from codesnap._spans import decorate

        if not callable(function):
            raise TypeError("@trace(%r) wants a function, not %r" % (self.name, function))
        return decorate(self.name, function)


def put_span(name, record):
    """A named span begins or ends."""
    if is_recording():
        with Muted() as thread:
            number = recording.names.intern(SPAN, "", name)
            thread.put_span(number, record)


def instant(name, **args):
    """Mark this point in time on this thread's track; args are shown with it."""
    check_name("instant", name)
    if not is_recording():
        return
    from codesnap._spans import to_json

    with Muted() as thread:
        text = to_json(args).encode() if args else b""
        padded = text + b"\0" * (-len(text) % 8)
        number = recording.names.intern(INSTANT_NAME, "", name)
        payload = (number, len(text)) + struct.unpack("<%dQ" % (len(padded) // 8), padded)
        thread.track.put_extended(now(), INSTANT, payload)


def counter(*args, **values):
    """counter(name, value) or counter(name, **values): sample a counter."""
    if not 1 <= len(args) <= 2:
        raise TypeError("counter() wants a name, and one value or named ones")
    name = args[0]
    check_name("counter", name)
    series = [("value", args[1])] if len(args) == 2 else []
    series += values.items()
    if not series:
        raise TypeError("counter(%r) wants at least one value, as in counter(%r, 3) or counter(%r, used=3)" % (name, name, name))
    bits = [double_bits(name, key, value) for key, value in series]
    if not is_recording():
        return
    with Muted() as thread:
        payload = []
        for (key, _), word in zip(series, bits):
            payload += [recording.names.intern(SERIES, name, key), word]
        thread.track.put_extended(now(), COUNTER, payload)


def double_bits(name, key, value):
    try:
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    except (TypeError, OverflowError, struct.error):
        raise TypeError("counter(%r): %s must be a number, not %r" % (name, key, value))
    if bits >> 52 & 0x7FF == 0x7FF:
        raise ValueError("counter(%r): %s must be finite, not %r" % (name, key, value))
    return bits
