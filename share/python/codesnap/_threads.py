# SPDX-License-Identifier: Apache-2.0
"""The recording of the tracer in Python: each thread has a profile function of
its own, which knows the calls that are open, and writes into its own track."""

import os
import sys
import threading

from codesnap._names import ENTER, ENTER_C, EXCEPTION, EXIT, NEWER, RESUME, SPAN, UNOPENED, YIELD, Names, c_key, prefixes
from codesnap._writer import Spool, Track, now

GAP, PAUSED = 1, 2
FORKS_TOLD = hasattr(os, "register_at_fork")  # not in 3.6
local = threading.local()
recording = None  # the Recording that is running
suspended = {}  # key of a generator's frame: its open named spans, outermost first


class Recording:
    def __init__(self, folder, c_calls, span_type):
        self.folder, self.c_calls, self.paused = folder, c_calls, False
        self.pause_ticks, self.pauses = 0, 0
        self.tracks = []
        self.spool = Spool(folder)
        self.names = Names(self.spool, span_type)

    def begin(self):
        threading.setprofile(first_event)
        if NEWER >= (3, 12):
            threading.setprofile_all_threads(first_event)
        else:
            self.note_others()
        sys.setprofile(first_event)

    def note_others(self):
        """Up to 3.11 a profile function can be set by its own thread alone."""
        known = threading._active
        others = [ident for ident in sys._current_frames() if ident != threading.get_ident()]
        if others:
            names = ", ".join(getattr(known.get(ident), "_name", None) or "?" for ident in others)
            text = "threads that ran before are not recorded before Python 3.12: " + names
            self.spool.note(len(others), text)

    def end(self):
        threading.setprofile(None)
        if NEWER >= (3, 12):
            threading.setprofile_all_threads(None)
        sys.setprofile(None)
        for thread in self.tracks:
            thread.name_again()
        self.spool.end()
        self.paused = False  # so that other threads notice
        prefixes.clear()
        suspended.clear()


def thread_id():
    """The system's: the next thread may have the same threading.get_ident()."""
    if hasattr(threading, "get_native_id"):  # from 3.8 on
        return threading.get_native_id() & 0xFFFFFFFF
    try:
        return int(os.path.basename(os.readlink("/proc/thread-self")))
    except OSError:
        return threading.get_ident() & 0xFFFFFFFF


def key_of(frame, known):
    """What a call is known by: an address alone is soon another frame's."""
    return id(frame) | known.high


class Open:
    """A named span that is open, and the key of the frame it is in."""

    __slots__ = ("number", "frame")

    def __init__(self, number, frame):
        self.number, self.frame = number, frame


class Thread:
    """A thread's track, and its profile function.  A signal handler may come in
    at any place."""

    def __init__(self, recording):
        self.recording, self.ident = recording, threading.get_ident()
        main = threading.main_thread().ident == self.ident
        self.track = Track(recording.spool, os.getpid() if main else thread_id())
        self.muted, self.pauses, self.name = 0, recording.pauses, None
        self.busy, self.waiting = False, []
        # What a reader sees open: keys of frames, None for C functions, Open.
        self.open = []
        self.before = frames_of(sys._getframe())  # ids of frames that run already
        recording.tracks.append(self)
        self.name_again()
        self.profile = self.make_profile()

    def name_again(self):
        python_thread = threading._active.get(self.ident)
        name = getattr(python_thread, "_name", None)
        if name and name != self.name:
            self.name = name
            self.recording.spool.name_track(self.track.number, name)

    # -- calls --

    def make_profile(self):
        recording, put, names = self.recording, self.track.put, self.recording.names
        functions, c, opened = names.functions, names.c, self.open
        c_calls, clock = recording.c_calls, now

        def profile(frame, event, value):
            if recording.paused or self.muted or self.busy:
                return
            if recording is not current() or not FORKS_TOLD and os.getpid() != recording.spool.pid:
                hand_over(frame, event, value)
                return
            self.busy = True
            try:
                ticks = clock()
                if self.pauses != recording.pauses:
                    self.write_gap(ticks, frame.f_back if event == "call" else frame)
                known = functions.get(id(frame.f_code), 0)
                if known == 0:
                    known = names.meet(frame.f_code, frame, event == "call")
                if known is None:
                    return
                if event == "call":
                    if known.plain:
                        put(ticks, known.low | ENTER)
                        opened.append(id(frame) | known.high)
                    else:
                        self.enter(ticks, known, frame)
                elif event == "return":
                    if known.plain and value is not None and opened and opened[-1] == id(frame) | known.high:
                        del opened[-1]
                        put(ticks, known.low | EXIT)
                    else:
                        self.leave(ticks, known, frame, value)
                elif c_calls:
                    key = c_key(value)
                    low = c.get(key)
                    if low is None:
                        low = names.meet_c(key, value)
                    if low < 0:
                        return
                    if event == "c_call":
                        opened.append(None)
                        put(ticks, low | ENTER_C)
                        return
                    if opened and opened[-1] is None:
                        del opened[-1]
                    elif not opened:
                        put(ticks, low | UNOPENED)
                        return
                    put(ticks, low | (EXIT if event == "c_return" else EXCEPTION))
            finally:
                self.busy = False
                if self.waiting:
                    self.catch_up()

        return profile

    def enter(self, ticks, known, frame):
        """A step of a generator, or a function with a span of its own."""
        kind, key = known.entry(frame) if known.generator else ENTER, key_of(frame, known)
        if known.span is not None:
            self.open_span(ticks, known.span, kind, key)
        self.track.put(ticks, known.low | kind)
        self.open.append(key)
        if kind != ENTER:
            for number in suspended.get(key, ()):
                self.open_span(ticks, number, RESUME, key)

    def leave(self, ticks, known, frame, value):
        kind = known.exit(frame, value) if value is None or known.generator else EXIT
        key = key_of(frame, known)
        if key in self.open:
            while self.open.pop() != key:
                pass
            self.track.put(ticks, known.low | kind)
        else:
            unseen = id(frame) in self.before
            self.before.discard(id(frame))
            self.track.put(ticks, known.low | (UNOPENED if unseen else kind))
        if known.span is not None and self.open and getattr(self.open[-1], "frame", None) == key:
            self.close_span(ticks, kind)
        if kind != YIELD:
            suspended.pop(key, None)

    # -- what the program marks --

    def mark(self, put, *arguments):
        """At once, or as soon as what a handler interrupted is done."""
        self.waiting.append((put, arguments))
        self.catch_up()

    def catch_up(self):
        while self.waiting and not self.busy:
            self.busy = True
            try:
                if self.pauses != self.recording.pauses and not self.recording.paused:
                    self.write_gap(now(), sys._getframe())
                while self.waiting:
                    put, arguments = self.waiting.pop(0)
                    put(*arguments)
            finally:
                self.busy = False

    def open_span(self, ticks, number, kind, frame):
        self.open.append(Open(number, frame))
        self.track.put(ticks, number << 4 | kind)

    def close_span(self, ticks, kind):
        self.track.put(ticks, self.open.pop().number << 4 | kind)

    def put_span(self, ticks, frame, name, kind):
        """`with` enters or leaves a named span."""
        key, known = self.recorded_frame(frame)
        number = self.recording.names.intern(SPAN, "", name)
        if kind != ENTER:
            drop_last(suspended.get(key, []), number)
            self.leave_span(ticks, number, kind)
            return
        if known is not None and known.generator:
            suspended.setdefault(key, []).append(number)
        self.open_span(ticks, number, ENTER, key)

    def leave_span(self, ticks, number, kind):
        """The innermost of that name, unless a call was entered since."""
        for at in range(len(self.open) - 1, -1, -1):
            span = self.open[at]
            if type(span) is not Open:
                return
            if span.number == number:
                del self.open[at + 1 :]
                self.close_span(ticks, kind)
                return

    def forget_span(self, frame, name):
        """It is left in a pause: what is open above it ended before."""
        key, number = self.recorded_frame(frame)[0], self.recording.names.intern(SPAN, "", name)
        drop_last(suspended.get(key, []), number)
        for at in range(len(self.open) - 1, -1, -1):
            span = self.open[at]
            if type(span) is Open and span.number == number and span.frame == key:
                del self.open[at:]
                return

    def recorded_frame(self, frame):
        """The key and the Function of the innermost frame that a reader sees."""
        return next(self.recorded_frames(frame), (None, None))

    def recorded_frames(self, frame):
        names = self.recording.names
        while frame is not None:
            known = names.functions.get(id(frame.f_code), 0)
            known = names.meet(frame.f_code, frame) if known == 0 else known
            if known is not None:
                yield key_of(frame, known), known
            frame = frame.f_back

    # -- pauses --

    def write_gap(self, ticks, frame):
        """What is open still of that which was when the pause started."""
        self.pauses, keep = self.recording.pauses, 0
        running = {key for key, _ in self.recorded_frames(frame)}
        for at, call in enumerate(self.open):
            if call is not None and getattr(call, "frame", call) not in running:
                break
            if call is not None:
                keep = at + 1
        del self.open[keep:]
        self.before |= frames_of(frame)
        self.track.put_extended(ticks, GAP, (self.recording.pause_ticks, PAUSED, keep))


def frames_of(frame):
    """The ids of a frame and those that it was called from."""
    found = set()
    while frame is not None:
        found.add(id(frame))
        frame = frame.f_back
    return found


def drop_last(numbers, number):
    for at in range(len(numbers) - 1, -1, -1):
        if numbers[at] == number:
            del numbers[at]
            return


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


def hand_over(frame, event, value):
    """The thread's recording has ended, or is its parent's."""
    sys.setprofile(None)
    if recording is not None and os.getpid() != recording.spool.pid:
        adopt()
    if recording is not None:
        sys.setprofile(first_event)
        first_event(frame, event, value)


def this_thread():
    """This thread's Thread; None where nothing is recorded."""
    if recording is None:
        return None
    if not FORKS_TOLD and os.getpid() != recording.spool.pid:
        adopt()
    thread = getattr(local, "thread", None)
    if thread is None or thread.recording is not recording:
        if getattr(local, "making", False):  # a signal handler came in below
            return None
        local.making = True
        try:
            function = sys.getprofile()
            sys.setprofile(None)  # what this does is not part of the program
            thread = local.thread = Thread(recording)
            sys.setprofile(thread.profile if function is first_event else function)
        finally:
            local.making = False
    return thread


def begin(folder, c_calls, span_type):
    global recording
    recording = Recording(folder, c_calls, span_type)
    recording.begin()


def end():
    """The Recording that ran, or None."""
    global recording
    ended, recording = recording, None
    if ended is not None:
        ended.end()


def adopt():
    """In a forked child: a spool of its own in the same session, as long as that
    is there."""
    global recording
    parent, recording = recording, None
    local.thread = None
    if parent is None or not os.path.isdir(parent.folder):
        sys.setprofile(None)
        threading.setprofile(None)
    else:
        begin(parent.folder, parent.c_calls, parent.names.span_type)
        recording.paused, recording.pause_ticks = parent.paused, now()
