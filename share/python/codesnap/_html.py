# SPDX-License-Identifier: Apache-2.0
"""The timeline viewer as one offline page, in Python, as formats/html/html.c writes
it (formats/spool/FORMAT.md, "The data inside an HTML output").  Every call is told by
itself, however many there are.  The spans go to a temporary file first: the
tables before them say what is known only at the end.
"""

import base64
import json
import os
import shutil
import stat
import struct
import tempfile

from codesnap import spool
from codesnap._core import HERE, core, hide_all

try:
    import zlib
except ImportError:  # an interpreter without: nothing is packed
    zlib = None

MARKER = b"<!-- codesnap data -->\n"
JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
OPENED = {"call": 0, "resume": 1, "throw": 2, "before": 3}
CLOSED = {"return": 0, "exception": 1, "yield": 2, "unknown": 3, "open": 4, "control": 5}
GAP_BEGIN, GAP_END, OPEN = 8, 9, 16
KINDS = {1: 1, 2: 2, spool.TRACER.kind: 3, spool.UNKNOWN.kind: 4, spool.SPAN: 5, spool.INSTANT: 6, spool.SERIES: 7}
EVENTS_MAX, STORED_MAX = 131072, 2048
COLUMN_BYTES = 335000  # base64 of two stays below 1 MB
POINTS_BYTES, TEXT_BYTES = 600000, 65536
FILE_BYTES, FILES_BYTES = 256 << 10, 12 << 20


def page_path():
    """The viewer, or None where this copy of the package has none."""
    path = HERE and os.path.join(HERE, "viewer.html")
    return path if path and os.path.isfile(path) else None


# == BYTES ====================================================================


def put(column, value):
    """LEB128."""
    while value > 127:
        column.append(value & 127 | 128)
        value >>= 7
    column.append(value)


def varints(*values):
    column = bytearray()
    for value in values:
        put(column, value)
    return column


def pack(data):
    """With the codec before it."""
    if zlib is not None:
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        packed = packer.compress(data) + packer.flush()
        if len(packed) < len(data):
            return b"\1" + packed
    return b"\0" + bytes(data)


def script(classes, key, number, data):
    packed = pack(data)
    head = '<script type="application/octet-stream" class="%s" data-%s="%d"' % (classes, key, number)
    if zlib is not None:
        head += ' data-sum="%08x"' % (zlib.adler32(packed) & 0xFFFFFFFF)
    return head.encode() + b">" + base64.b64encode(packed) + b"</script>\n"


def json_script(name, value):
    text = JSON(value).replace("<", "\\u003c")
    return ('<script type="application/json" id="%s">%s</script>\n' % (name, text)).encode()


# == SPANS AND POINTS =========================================================


class Chunks:
    """The spans of one track."""

    def __init__(self, page, number):
        self.page, self.number = page, number
        self.open, self.last = [], None
        self.events = 0

    def begin(self):
        stored = self.open[-STORED_MAX:]
        self.begin_ns, self.events = self.last, 0
        self.stack = varints(len(self.open), len(stored))
        for frame in stored:
            self.stack += varints(*frame)
        self.tokens, self.times = bytearray(), bytearray()

    def put(self, token, ns):
        if self.last is None:
            self.last = ns
            self.begin()
        elif self.events == EVENTS_MAX or max(len(self.tokens), len(self.times)) > COLUMN_BYTES:
            self.flush()
            self.begin()
        put(self.tokens, token)
        put(self.times, ns - self.last)
        self.last = ns
        self.events += 1

    def enter(self, function, ns, how):
        number, how = self.page.number_of(function), OPENED[how]
        self.put(OPEN + number * 4 + how, ns)
        self.open.append((number, ns, how))

    def leave(self, ns, how):
        self.put(CLOSED[how], ns)
        self.open.pop()

    def flush(self):
        if not self.events:
            return
        head = varints(self.number, self.events, self.begin_ns) + self.stack + varints(len(self.tokens))
        self.page.tell("codesnap-chunk", self.number, head + self.tokens + self.times)
        self.page.sums["chunks"] += 1
        self.page.sums["events"] += self.events
        self.events = 0


class Annotations:
    """The instants and the counters' values of one track."""

    def __init__(self, page, number):
        self.page, self.number = page, number
        self.clear()

    def clear(self):
        self.data, self.count, self.last = bytearray(), 0, 0

    def add(self, annotation):
        kind = spool.INSTANT if annotation.counter is None else spool.SERIES
        module = annotation.counter[0] if annotation.counter else ""
        function = spool.Function(annotation.name, module, "", 0, kind, "", 0)
        self.data += varints(self.page.number_of(function), annotation.ns - self.last)
        if annotation.counter is None:
            text = JSON(annotation.value).encode() if annotation.value else b""
            text = text if len(text) <= TEXT_BYTES else b""
            self.data += varints(len(text)) + text
        else:
            self.data += struct.pack("<d", annotation.value)
        self.count, self.last = self.count + 1, annotation.ns
        if len(self.data) > POINTS_BYTES:
            self.flush()

    def flush(self):
        if self.count:
            head = varints(self.number, self.count)
            self.page.tell("codesnap-chunk codesnap-annotations", self.number, head + self.data)
            self.page.sums["annotations"] += 1
        self.clear()


# == THE PAGE =================================================================


class Page:
    def __init__(self, trace, spans):
        self.trace, self.spans = trace, spans
        self.functions, self.prefix = {}, {}
        self.sums = {"chunks": 0, "events": 0, "annotations": 0}

    def number_of(self, function):
        return self.functions.setdefault(function, len(self.functions))

    def tell(self, classes, track, data):
        self.spans.write(script(classes, "track", track, data))

    def write_track(self, number, track):
        chunks, annotations = Chunks(self, number), Annotations(self, number)
        track.told = chunks.enter
        for event in self.trace.events(track):
            if type(event) is spool.Span:
                chunks.leave(event.start_ns + event.duration_ns, event.closed)
            elif type(event) is spool.Gap:
                chunks.put(GAP_BEGIN, event.start_ns)
                chunks.put(GAP_END, event.start_ns + event.duration_ns)
            else:
                annotations.add(event)
        annotations.flush()
        chunks.flush()

    def write(self, stream):
        with open(page_path(), "rb") as viewer:
            before, _, behind = viewer.read().partition(MARKER)
        for number, track in enumerate(self.trace.tracks):
            self.write_track(number, track)
        stream.write(before + json_script("codesnap-tables", self.tables()))
        self.spans.seek(0)
        shutil.copyfileobj(self.spans, stream)
        for part in self.sources():
            stream.write(part)
        stream.write(json_script("codesnap-end", self.end()) + behind)

    # -- what is small --

    def tables(self):
        trace, sums = self.trace, self.trace.sums()
        return {
            "version": 1,
            "tracer": "codesnap " + core.version,
            "command": trace.command(),
            "host": trace.host,
            "realtime_ns": str(trace.realtime_ns),
            "duration_ns": sums["duration_ns"],
            "wait_status": None,
            "processes": [process.about() for process in trace.processes],
            "tracks": [self.about(track) for track in trace.tracks],
            "notes": [
                {"process": trace.processes.index(process), "code": code, "count": count, "text": text}
                for process, code, count, text in trace.notes()
            ],
            "files": self.files(),
            "functions": self.columns(),
        }

    def about(self, track):
        process = self.trace.of[track.key[:2]]
        return {
            "process": self.trace.processes.index(process),
            "tid": track.tid,
            "name": track.name,
            "main": track.tid == process.pid,
            "ended": False,
            "start_ns": track.start_ns,
            "end_ns": track.end_ns,
        }

    def files(self):
        return sorted({function.file for function in self.functions} | {""}, key=lambda name: name.encode("utf-8", "replace"))

    def columns(self):
        places = {file: i for i, file in enumerate(self.files())}
        return {
            "name": [function.name for function in self.functions],
            "module": [function.module for function in self.functions],
            "file": [places[function.file] for function in self.functions],
            "line": [function.line for function in self.functions],
            "kind": [KINDS[function.kind] for function in self.functions],
            "own": [function.own for function in self.functions],
        }

    def end(self):
        sums = self.trace.sums()
        told = {key: sums[key] for key in ("calls", "anomalies", "lost", "damaged_bytes", "troubles")}
        return dict(self.sums, cost_ns=0, **told)

    def sources(self):
        """The text of the functions' files, those that are still what ran; and
        the numbers of those that were changed."""
        left, changed = FILES_BYTES, []
        for number, path in enumerate(self.files()):
            found = status(path) if left > 0 else None
            if found and not self.trace.is_still(path, found):
                changed.append(number)
            elif found:
                data = read_source(path, found)
                left -= len(data)
                if data:
                    yield script("codesnap-source", "file", number, data)
        if changed:
            yield json_script("codesnap-changed", changed)


def status(path):
    """Of regular files alone: those names are the program's word."""
    try:
        found = os.stat(path) if os.path.isabs(path) else None
        return found if found and stat.S_ISREG(found.st_mode) else None
    except (OSError, ValueError):
        return None


def read_source(path, found):
    if found.st_size > FILE_BYTES:
        return b""
    try:
        with open(path, "rb") as stream:
            return stream.read(FILE_BYTES)
    except OSError:
        return b""


def write(trace, stream):
    with tempfile.TemporaryFile(dir=os.path.dirname(stream.name)) as spans:
        Page(trace, spans).write(stream)


hide_all(globals())
