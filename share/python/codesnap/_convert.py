# SPDX-License-Identifier: Apache-2.0
"""Writing outputs in Python, of sessions of the tracer in Python: for where the
agent can't be, and the program codesnap neither.  JSON as formats/json.c writes
it; one recording is read twice, since what was open before it began is known
only at the end.  Memory is bounded by names, tracks and depth.
"""

import json
import os

from codesnap import spool
from codesnap._core import hide_all

JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
CATEGORY = {spool.SPAN: "span", spool.TRACER.kind: "codesnap"}


# == READING ==================================================================


class Track(spool.Track):
    """Times in whole nanoseconds since zero, no two alike; and calls that were
    open before, whose exits alone are in the recording."""

    def __init__(self, file, key, zero):
        spool.Track.__init__(self, file, key)
        self.zero, self.scale = zero, 1
        self.first = self.last
        self.ghosts = None  # by gap: those that were open at its end
        self.haunts, self.anomalies, self.calls = [], 0, 0

    def stamp(self, ticks):
        self.last = max(self.last + 1, ticks)
        return self.last

    def begin(self):
        self.last = self.first - 1
        if self.ghosts is None:
            self.collect()
        self.last, self.segment = self.first - 1, 0
        self.anomalies = self.calls = 0
        self.open_ghosts()

    # -- the first time --

    def collect(self):
        """Only who leaves without having entered, in each part between gaps."""
        self.ghosts = [[]]
        for ticks, word, payload in self.spool.records(self.key):
            for _ in self.take(ticks, word, payload):
                pass
        self.haunts, self.stack, collected = [], [], self.ghosts
        self.ghosts = [list(reversed(part)) for part in collected]
        self.collecting = False

    collecting = True

    def leave_unopened(self, number, ticks, kind):
        if self.stack:
            self.anomalies += 1
        elif self.collecting:
            self.ghosts[-1].append(number)
        elif self.haunts:
            self.stack.append(self.haunts.pop())
            yield self.pop(self.stamp(ticks), spool.CLOSED[kind])

    # -- the second time --

    def open_ghosts(self):
        for number in self.ghosts[self.segment]:
            self.haunts.append((number, self.stamp(self.last), "before"))

    def gap(self, begin, end, left):
        yield from spool.Track.gap(self, begin, end, left)
        if self.collecting:
            self.ghosts.append([])
        else:
            self.segment += 1
            self.open_ghosts()

    def take(self, ticks, word, payload):
        if word & 15 in (1, 2):
            self.calls += self.function(word >> 4 & 0xFFFFFF).kind != spool.SPAN
        return spool.Track.take(self, ticks, word, payload)

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
    """A session: its processes and their tracks, in the order of their begins."""

    def __init__(self, folder):
        spools = [spool.Spool(path) for path in spool.spool_files(folder)]
        lanes = [(file, key) for file in spools for key in file.tracks]
        images = sorted((image.start_ns, key) for file in spools for key, image in file.images.items())
        begins = [file.tracks[key][0].base for file, key in lanes] or [begin for begin, _ in images]
        self.zero = min(begins) if begins else 0
        self.realtime_ns = self.zero + spools[0].realtime - spools[0].monotonic if spools else 0
        self.host = spools[0].host if spools else ""
        found = {key: image for file in spools for key, image in file.images.items()}
        self.processes = [Process(key, found[key], self.zero) for _, key in images]
        self.of = {process.key: process for process in self.processes}
        self.tracks = [Track(file, key, self.zero) for file, key in lanes]
        self.tracks.sort(key=lambda track: (self.of[track.key[:2]].start_ns,) + track.key)

    def command(self):
        return self.processes[0].command() if self.processes else ""

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
            "anomalies": sum(track.anomalies for track in self.tracks),
            "lost": 0,
            "damaged_bytes": 0,
        }


# == JSON =====================================================================


class Json:
    """Chrome trace events, one a line."""

    def __init__(self, trace, stream):
        self.trace, self.write = trace, stream.write
        self.prefixes, self.functions = {}, []
        ids = [(track.key[0], track.tid) for track in trace.tracks]
        self.reused = [pair in ids[i + 1 :] for i, pair in enumerate(ids)]

    def write_all(self):
        self.write('{"displayTimeUnit":"ns","traceEvents":[\n')
        self.write(",\n".join(JSON(event) for event in self.metadata()))
        for number, track in enumerate(self.trace.tracks):
            self.write_track(track, self.reused[number])
        about = {"command": self.trace.command(), "host": self.trace.host, "realtime_ns": str(self.trace.realtime_ns)}
        about.update(self.trace.sums())
        about["processes"] = [process.about() for process in self.trace.processes]
        about["threads"] = [
            {"name": track.name, "pid": track.key[0], "tid": track.tid, "calls": track.calls, "tracer_cost_ns": 0}
            for track in self.trace.tracks
        ]
        about["notes"] = []
        self.write('\n],\n"otherData":%s,\n"functions":%s}\n' % (JSON(about), JSON(self.functions)))

    def metadata(self):
        def both(kind, pid, tid, name, index):
            yield {"ph": "M", "name": kind + "_name", "pid": pid, "tid": tid, "args": {"name": name}}
            yield {"ph": "M", "name": kind + "_sort_index", "pid": pid, "tid": tid, "args": {"sort_index": index}}

        for number, process in enumerate(self.trace.processes):
            yield from both("process", process.pid, process.pid, process.name, number)
        last, index = None, 0
        for track in self.trace.tracks:
            index = index + 1 if track.key[:2] == last else 0
            last = track.key[:2]
            yield from both("thread", track.key[0], track.tid, track.name, index)

    def prefix(self, function):
        """An event up to its time, and what its function is, once."""
        category = CATEGORY.get(function.kind, "FEE")
        text = ',"cat":"%s","name":%s,"ts":' % (category, JSON(function.name))
        self.prefixes[function] = text
        if function.file:
            self.functions.append({"name": function.name, "file": function.file, "line": function.line})
        return text

    def write_track(self, track, reused):
        write, prefixes, unfinished = self.write, self.prefixes, 0
        suffix = ',"pid":%d,"tid":%d}' % (track.key[0], track.tid)
        self.sample = None
        for event in self.trace.events(track):
            if type(event) is not spool.Point:
                self.finish_sample(suffix)
            if type(event) is not spool.Span:
                self.write_other(event, suffix)
                continue
            prefix = prefixes.get(event.function) or self.prefix(event.function)
            if event.closed == "open" and not reused:  # no E ends it
                write(',\n{"ph":"B"%s%s%s' % (prefix, micro(event.start_ns), suffix))
                continue
            duration = event.duration_ns + unfinished
            unfinished += event.closed == "open"
            write(',\n{"ph":"X"%s%s,"dur":%s%s' % (prefix, micro(event.start_ns), micro(duration), suffix))
        self.finish_sample(suffix)

    def write_other(self, event, suffix):
        if type(event) is spool.Gap:
            begin = ',\n{"ph":"X","cat":"codesnap","name":"(gap)","ts":'
            self.write("%s%s,\"dur\":%s%s" % (begin, micro(event.start_ns), micro(event.duration_ns), suffix))
        elif event.counter is None:
            self.finish_sample(suffix)
            begin = ',\n{"ph":"i","s":"t","cat":"instant","name":%s,"ts":%s,"args":%s%s'
            self.write(begin % (JSON(event.name), micro(event.ns), JSON(event.value), suffix))
        else:
            self.add_sample(event, suffix)

    # The series of a counter at one time are one event.

    def add_sample(self, event, suffix):
        counter, series = event.counter
        if self.sample is None or self.sample[:2] != (counter, event.ns):
            self.finish_sample(suffix)
            self.sample = counter, event.ns, {}
        value = event.value
        self.sample[2][series or "value"] = int(value) if abs(value) < 1e15 and value == int(value) else value

    def finish_sample(self, suffix):
        if self.sample is not None:
            counter, ns, values = self.sample
            begin = ',\n{"ph":"C","cat":"counter","name":%s,"ts":%s,"args":%s%s'
            self.write(begin % (JSON(counter), micro(ns), JSON(values), suffix))
        self.sample = None


def micro(ns):
    """Nanoseconds as microseconds."""
    return "%d.%03d" % divmod(ns, 1000)


# == BEGIN ====================================================================


def write(folder, path):
    """The output is complete or not there."""
    partial = "%s.%d.part" % (path, os.getpid())
    try:
        with open(partial, "w", encoding="utf-8") as stream:
            Json(Trace(folder), stream).write_all()
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


hide_all(globals())
