# SPDX-License-Identifier: Apache-2.0
"""codesnap for Python programs: record parts of a program from inside, name what
it does, and read recordings.

    import codesnap

    snap = codesnap.CodeSnap()
    snap.start()
    work()
    snap.stop(output_file="result.html")

    with codesnap.trace("load"):          # a named span
        load()
    codesnap.instant("cache miss", key=7) # a point in time
    codesnap.counter("queue", length=12)  # a line over time

The same works in a program that codesnap-run records, with nothing installed.
Times are nanoseconds unless a name says otherwise.  codesnap.spool reads
recordings.
"""

import sys

from codesnap._core import core, hide_all

codesnap = sys.modules[__name__]
trace = core.trace
instant = core.instant
counter = core.counter
__version__ = core.version
__all__ = [
    "CodeSnap",
    "LogHandler",
    "counter",
    "flush",
    "ignore",
    "instant",
    "is_recording",
    "pause",
    "resume",
    "snapshot",
    "trace",
    "watch",
]


def pause():
    """Record nothing until resume(), in all threads.  True, or False where
    nothing was being recorded."""
    return core.pause()


def resume():
    """Record again, after pause(), a pause by `codesnap ctl`, or in a program started
    by `codesnap-run --start=paused`.  True if it does; False where there is nothing
    to record into."""
    return core.resume()


def is_recording():
    """Is this thread being recorded now?"""
    return core.is_recording()


def flush():
    """See to it that what was recorded so far survives even a power failure.
    (A crash of the program loses nothing anyway.)"""
    import os

    folder = core.folder()
    for name in os.listdir(folder) if folder else ():
        descriptor = os.open(os.path.join(folder, name), os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def load_ipython_extension(shell):
    """%load_ext codesnap: adds the magic %%codesnap, see codesnap.magic."""
    from codesnap import magic

    magic.load_ipython_extension(shell)


class LazyModule(type(codesnap)):
    """What not every program uses is imported where it is."""

    PLACES = {"CodeSnap": "_recorder", "snapshot": "_recorder", "ignore": "_spans", "watch": "_spans", "LogHandler": "logs"}

    def __getattr__(self, name):
        if name not in self.PLACES:
            raise AttributeError("module 'codesnap' has no attribute %r" % name)
        module = __import__("codesnap." + self.PLACES[name], None, None, [name])
        value = vars(self)[name] = getattr(module, name)
        return value

    def __dir__(self):
        return sorted(set(vars(self)) | set(self.PLACES))


codesnap.__class__ = LazyModule
del codesnap, sys
hide_all(globals())
