# SPDX-License-Identifier: Apache-2.0
"""Chrome trace events in Python, one a line, as formats/json/json.c writes them."""

import io
import json

from codesnap import spool
from codesnap._core import hide_all

JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# What the event of a further step has, and of what had begun before the recording.
STEPS = {
    "resume": ',"args":{"step":true}',
    "throw": ',"args":{"step":true}',
    "before": ',"args":{"step":true,"before":true}',
}
CATEGORY = {spool.SPAN: "span", spool.TRACER.kind: "codesnap"}


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
            {
                "name": track.name,
                "pid": track.key[0],
                "tid": track.tid,
                "start_ns": track.start_ns,
                "end_ns": track.end_ns,
                "calls": track.calls,
                "tracer_cost_ns": 0,
            }
            for track in self.trace.tracks
        ]
        about["notes"] = [
            {"text": text, "pid": process.pid, "code": code, "count": count}
            for process, code, count, text in self.trace.notes()
        ]
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
            self.functions.append({"name": function.name, "module": function.module, "file": function.file, "line": function.line})
        return text

    def write_track(self, track, reused):
        write, prefixes, unfinished = self.write, self.prefixes, 0
        suffix = ',"pid":%d,"tid":%d}' % (track.key[0], track.tid)
        self.sample = None
        for event in self.trace.events(track):
            if type(event) is not spool.Annotation:
                self.finish_sample(suffix)
            if type(event) is not spool.Span:
                self.write_other(event, suffix)
                continue
            prefix = prefixes.get(event.function) or self.prefix(event.function)
            step = STEPS.get(event.opened, "")
            if event.closed == "open" and not reused:  # no E ends it
                write(',\n{"ph":"B"%s%s%s%s' % (prefix, micro(event.start_ns), step, suffix))
                continue
            duration = event.duration_ns + unfinished
            unfinished += event.closed == "open"
            write(',\n{"ph":"X"%s%s,"dur":%s%s%s' % (prefix, micro(event.start_ns), micro(duration), step, suffix))
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


def write(trace, stream):
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=False)
    Json(trace, text).write_all()
    text.detach()


def micro(ns):
    """Nanoseconds as microseconds."""
    return "%d.%03d" % divmod(ns, 1000)


hide_all(globals())
