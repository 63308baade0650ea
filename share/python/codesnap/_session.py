# SPDX-License-Identifier: Apache-2.0
"""A session of the tracer in Python as its outputs tell it: processes, tracks,
and times without ties.  For where the agent can't be, and the program codesnap
neither.
"""

import os

from codesnap import spool
from codesnap._core import hide_all


TROUBLES = "stray_exit", "unseen_exit", "gap"
KEPT = 5  # places of each


class Track(spool.Track):
    """Times in whole nanoseconds since zero, no two alike; and what does not fit."""

    def __init__(self, file, key, zero):
        spool.Track.__init__(self, file, key)
        self.zero, self.scale = zero, 1
        self.first, self.calls = self.last - 1, 0  # as stamp counts
        self.forget_troubles()
        self.told = None  # called with each span that starts: function, ns, how

    def stamp(self, ticks):
        self.last = max(self.last + 1, ticks)
        return self.last

    def push(self, number, ticks, opened):
        spool.Track.push(self, number, ticks, opened)
        if self.told is not None and not self.collecting:
            function = number if isinstance(number, spool.Function) else self.function(number)
            self.told(function, self.ns(self.last), opened)

    def restart(self):
        self.calls = 0
        self.forget_troubles()
        spool.Track.restart(self)

    def forget_troubles(self):
        self.troubles = {kind: [] for kind in TROUBLES}  # the first places of each
        self.counts = dict.fromkeys(TROUBLES, 0)

    def note(self, kind, number, ticks, end=None):
        place = {"ns": int(self.ns(ticks))}
        if end is not None:
            place["end_ns"] = int(self.ns(end))
        place.update(pid=self.key[0], tid=self.tid, thread=self.name)
        if number is not None:
            place["function"] = self.function(number).name
        self.counts[kind] += 1
        if self.counts[kind] <= KEPT:
            self.troubles[kind].append(place)

    def gap(self, begin, end, left):
        for event in spool.Track.gap(self, begin, end, left):
            if type(event) is spool.Gap:
                start = self.zero + event.start_ns
                self.note("gap", None, start, start + event.duration_ns)
            yield event

    def take(self, ticks, word, payload, behind):
        if word & 15 in (1, 2):
            self.calls += self.function(word >> 4 & 0xFFFFFF).kind != spool.SPAN
        return spool.Track.take(self, ticks, word, payload, behind)

    def last_moment(self):
        return self.last + 1

    @property
    def start_ns(self):
        return self.first + 1 - self.zero

    @property
    def end_ns(self):
        return max(self.last + 1 - self.zero, 0)


class Process:
    """What an output says of a process."""

    def __init__(self, key, image, zero):
        self.key, self.pid, self.image = key, key[0], image
        self.name = name_of(image) or "process %d" % self.pid
        self.start_ns = max(0, image.start_ns - zero)
        self.end_ns = self.start_ns

    def command(self):
        return " ".join(map(quote, self.image.arguments))

    def about(self):
        image = self.image
        return {
            "pid": self.pid,
            "parent_pid": image.parent_pid,
            "forked_from": None,
            "name": self.name,
            "command": self.command(),
            "interpreter": image.interpreter,
            "directory": image.directory,
            "start_ns": self.start_ns,
            "end_ns": self.end_ns,
            "ended": image.ended,
            "python_call_ps": 0,
            "c_call_ps": 0,
            "startup_ns": 0,
            "filter": "",
            "origin": None,
            "status": None,
            "replaced": False,
        }


def quote(word):
    """As for a shell."""
    if word and not any(letter < " " or letter in " \"'\\$`!*?[](){}<>|&;#~" for letter in word):
        return word
    return "'%s'" % word.replace("'", "'\\''")


def name_of(image):
    """The script's, else the executable's."""
    words = [word for word in image.arguments[1:2] if word]
    return os.path.basename(words[0] if words else image.executable)


class Trace:
    """A session: its processes and their tracks, in the order of their starts."""

    def __init__(self, folder):
        spools = [spool.Spool(path) for path in spool.spool_files(folder)]
        lanes = [(file, key) for file in spools for key in file.tracks]
        images = sorted((image.start_ns, key) for file in spools for key, image in file.images.items())
        starts = [file.tracks[key][0].base for file, key in lanes] or [begin for begin, _ in images]
        self.zero = min(starts) if starts else 0
        self.realtime_ns = self.zero + spools[0].realtime - spools[0].monotonic if spools else 0
        self.host = spools[0].host if spools else ""
        found = {key: image for file in spools for key, image in file.images.items()}
        self.processes = [Process(key, found[key], self.zero) for _, key in images]
        self.of = {process.key: process for process in self.processes}
        self.tracks = [Track(file, key, self.zero) for file, key in lanes]
        self.tracks.sort(key=lambda track: (self.of[track.key[:2]].start_ns,) + track.key)

    def command(self):
        return self.processes[0].command() if self.processes else ""

    def notes(self):
        for process in self.processes:
            for note in process.image.notes:
                yield (process,) + note

    def is_still(self, file, found):
        """Is it, as os.stat found it, what the code was loaded from?  As
        formats/reader/loaded.c."""
        told = [(process, *source[1:]) for process in self.processes for source in process.image.sources if source[0] == file]
        for process, known, size, modified_ns in told:
            began_ns = process.image.began_ns - self.zero + self.realtime_ns
            if (found.st_size, found.st_mtime_ns) != (size, modified_ns) if known else found.st_mtime_ns > began_ns:
                return False
        return bool(told) or found.st_mtime_ns <= self.realtime_ns + self.sums()["duration_ns"]

    def events(self, track):
        with open(track.spool.path, "rb") as track.spool.file:
            yield from track.events()
        process = self.of[track.key[:2]]
        process.end_ns = max(process.end_ns, track.end_ns)

    def sums(self):
        """What is known when all tracks were read."""
        return {
            "duration_ns": max([track.end_ns for track in self.tracks] or [0]),
            "calls": sum(track.calls for track in self.tracks),
            "tracer_cost_ns": 0,
            "anomalies": sum(self.count(kind) for kind in TROUBLES[:2]),
            "lost": 0,
            "damaged_bytes": 0,
            "troubles": [self.trouble(kind) for kind in TROUBLES if self.count(kind)],
        }

    def count(self, kind):
        return sum(track.counts[kind] for track in self.tracks)

    def trouble(self, kind):
        first = [place for track in self.tracks for place in track.troubles[kind]]
        return {"kind": kind, "count": self.count(kind), "first": first[:KEPT]}


hide_all(globals())
