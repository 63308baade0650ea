# SPDX-License-Identifier: Apache-2.0
"""CodeSnap, a recording that the program starts and stops itself."""

import atexit
import os
import sys

from codesnap import _output
from codesnap._core import agent, core, hide_all

IDLE, RUNNING, STOPPED = "idle", "running", "stopped"
current = None  # the CodeSnap that is running: one at a time
folders = set()  # each Own that has one


@atexit.register
def leave_nothing():
    """The program ends: what it has not saved it did not want."""
    if current is not None:
        current.cleanup()
    for own in list(folders):
        own.remove()


class CodeSnap:
    """A recording of this process and the children it forks, from start() to
    stop().

        snap = codesnap.CodeSnap()
        snap.start()
        work()
        snap.stop(output_file="result.html")

    tracer is "c" (the agent, the default) or "python" (sys.setprofile, much
    slower, and the only one where the agent can't be: not CPython, not Linux).
    c_calls=False leaves calls of C functions out.

    start() may be followed by another start() after stop(): each recording is a
    new one.  In a program that codesnap-run records, the launcher's own result
    stays whole, and this one holds the part from start() to stop().
    """

    def __init__(self, tracer="c", c_calls=True):
        if tracer not in ("c", "python"):
            raise ValueError("tracer must be 'c' or 'python', not %r" % (tracer,))
        self.tracer = tracer
        self._c_calls = bool(c_calls)
        self._state = IDLE
        self._recording = None

    def __repr__(self):
        return "<CodeSnap tracer=%r, %s>" % (self.tracer, self._state)

    def start(self):
        """Begin to record all threads.  RuntimeError: a recording is running
        already; OSError: there is no room for it."""
        global current
        if current is not None:
            owner = "this CodeSnap" if current is self else "another CodeSnap"
            raise RuntimeError("%s is recording already: stop() it first" % owner)
        self.cleanup()
        self._recording = begin(self.tracer, self._c_calls)
        self._state = RUNNING
        current = self
        return self

    def stop(self, output_file=None):
        """End the recording, and save it if output_file is given.

        Calls that have not returned are marked as unfinished.  RuntimeError: it
        was not started; the others as save()."""
        global current
        if self._state == STOPPED:
            raise RuntimeError("this recording has ended already: save() it, or start() another one")
        if self._state != RUNNING:
            raise RuntimeError("stop() without start(): nothing is being recorded")
        with Muted():
            if output_file is not None:
                _output.check(output_file)
        self._recording.end()
        self._state = STOPPED
        current = None
        if output_file is not None:
            self.save(output_file)

    def save(self, output_file="result.html"):
        """Write the recording to a file; its suffix says what kind.  Returns the
        file's absolute path.

        May be called again, with other files, until cleanup().  ValueError: no
        format has that suffix; OSError: the file can't be written; RuntimeError:
        nothing was recorded, or it still is (see codesnap.snapshot)."""
        if self._state != STOPPED:
            what = "stop() it first, or use codesnap.snapshot()" if self._state == RUNNING else "start() and stop() it first"
            raise RuntimeError("there is no finished recording to save: " + what)
        with Muted():
            return self._recording.write(output_file)

    def run(self, code, output_file=None, globals=None):
        """Record the execution of source text (or of a code object), in
        __main__'s namespace unless globals is given.  What it raises comes
        through, when the recording is saved."""
        if isinstance(code, str):
            code = compile(code, "<string>", "exec")
        if output_file is not None:
            _output.check(output_file)
        if globals is None:
            globals = vars(sys.modules["__main__"])
        self.start()
        try:
            exec(code, globals)
        finally:
            self.stop(output_file)
        return self

    def cleanup(self):
        """Throw away what was recorded, and free what it takes on disk and in
        memory.  A recording that runs is stopped."""
        if self._state == RUNNING:
            self.stop()
        if self._recording is not None:
            self._recording.remove()
        self._recording = None
        self._state = IDLE

    def leave(self):
        """Give up the finished recording, whose folder is now the caller's."""
        folder, self._recording.folder = self._recording.folder, None
        folders.discard(self._recording)
        return folder

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        if self._state == RUNNING:
            self.stop()

    def __del__(self):
        if getattr(self, "_state", IDLE) == STOPPED:
            self.cleanup()


class Muted:
    """What this thread does inside is not recorded."""

    def __enter__(self):
        core.mute()

    def __exit__(self, *exception):
        core.unmute()


class Own:
    """A recording in a session of its own."""

    def __init__(self, core, c_calls):
        self.core, self.pid = core, os.getpid()
        self.folder = core.begin(os.path.join(spool_folder(), "codesnap-%d" % self.pid), c_calls)
        folders.add(self)

    def end(self):
        self.core.mute()
        own = os.getpid() == self.pid
        self.core.unmute()
        if own:
            self.core.end(self.folder)

    def write(self, path, small=False):
        return _output.write(self.folder, path, small=small)

    def remove(self):
        if self.folder and os.getpid() == self.pid:
            remove_folder(self.folder)
        self.folder = None
        folders.discard(self)


class Part:
    """The part of the launcher's recording between two moments."""

    def __init__(self, running):
        self.folder, self.pid = core.folder(), os.getpid()
        self.begin_ns, self.end_ns = core.now(), None
        self.resumed = not running
        if not self.folder or (self.resumed and not core.resume()):
            raise RuntimeError("the agent in this process can't record: its session was closed, or its disk is full")

    def end(self):
        if self.resumed:
            core.pause()
        self.end_ns = core.now()

    def write(self, path, small=False):
        return _output.write(self.folder, path, self.begin_ns, self.end_ns)

    def remove(self):
        pass


def begin(tracer, c_calls):
    if tracer == "c" and agent is None:
        tracer = "python"
    if tracer == "python":
        from codesnap import _tracer

        _tracer.agent = agent
        return Own(_tracer, c_calls)
    if core.was_first():
        running = core.is_recording()
        with Muted():
            return Part(running)
    if sys.version_info < (3, 12) and sys.getprofile() is not None:
        raise RuntimeError("%r is set as profile function: end it first, or use tracer='python' without it" % (sys.getprofile(),))
    return Own(core, c_calls)


def spool_folder():
    for name in ("CODESNAP_SPOOL", "TMPDIR"):
        if os.path.isdir(os.environ.get(name) or ""):
            return os.environ[name]
    if os.path.isdir("/tmp"):
        return "/tmp"
    from tempfile import gettempdir

    return gettempdir()


def remove_folder(folder):
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)


def snapshot(output_file="result.html"):
    """Write what has been recorded so far to a file, and go on recording.

    Returns the file's absolute path.  RuntimeError: nothing is being recorded;
    ValueError and OSError as CodeSnap.save()."""
    folder = core.folder() if current is None else current._recording.folder
    if not folder:
        raise RuntimeError("nothing is being recorded: start a CodeSnap, or run the program by codesnap-run")
    with Muted():
        return _output.write(folder, output_file)


hide_all(globals())
