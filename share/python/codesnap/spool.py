#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read a session of codesnap: a small second reader, written from
formats/spool/FORMAT.md alone, for those who want to do something of their own with a
recording.  Standard library only, any Python from 3.6 on.

    for span in codesnap.spool.read("result.html.codesnap"): ...
    for annotation in codesnap.spool.annotations("result.html.codesnap"): ...
    python3 spool.py SESSION          one line a call, in the order of the exits

Simpler than the converters: ticks become nanoseconds by the line through the
first and the last clock pair, and a damaged chunk is passed over without a word.
Memory is bounded by names, tracks and depth: a track with calls of which only the
exit was seen is read twice, since what was open before is known only at the end.
"""

import collections
import glob
import json
import math
import os
import struct
import sys

HEADER = struct.Struct("<8sIIQIIQQ3Q40s72s")
CHUNK = struct.Struct("<QQIHHIIQIIQQQ3Q6QQQII")
Chunk = collections.namedtuple(
    "Chunk",
    "magic offset size kind encoding data pid started tid interpreter track sequence base"
    " ticks mono real ticks0 mono0 real0 ticks1 mono1 real1 latest generation depth stored",
)
Function = collections.namedtuple("Function", "name module file line kind qualname own")
Span = collections.namedtuple(
    "Span", "pid tid thread function depth start_ns duration_ns opened closed"
)

# value is the instant's object, or the counter's number; counter is None, or the
# counter's name and the series'.
Annotation = collections.namedtuple("Annotation", "pid tid thread name ns value counter")
Gap = collections.namedtuple("Gap", "pid tid thread start_ns duration_ns")

CHUNK_MAGIC = 0xC0DE54A9B1E7D2F0
KNOWN_FEATURES = 1
META, RAW, PACKED, WINDOW = 2, 0, 1, 2
PYTHON, SPAN, INSTANT, SERIES = 1, 3, 4, 5
OWNER_USER = 1 << 31  # in a Python function's flags
GAP_EXT, COUNTER_EXT, INSTANT_EXT = 1, 7, 8
OPENED = {1: "call", 2: "call", 5: "resume", 7: "throw"}
CLOSED = {3: "return", 4: "exception", 6: "yield", 8: "return", 12: "unknown", 13: "control"}
YIELD, UNOPENED, BUSY, TIME, EXT, UNSEEN = 6, 8, 9, 10, 11, 12
LOOK, LEVELS = 4096, 64  # how far a look ahead goes
LOOK_ENDS = (GAP_EXT, 2)  # at a gap, and at the thread's end
TRACER = Function("(codesnap)", "", "", 0, 0, "", 0)
UNKNOWN = Function("(unknown)", "", "", 0, -1, "", 0)


NUL = "\ufffd"  # as text() shows it


def text(data):
    """What is not UTF-8, a lone surrogate or NUL included, becomes U+FFFD."""
    try:
        decoded = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        decoded = data.decode("utf-8", "replace")
    return "".join("\ufffd" if "\ud800" <= c <= "\udfff" or c == "\0" else c for c in decoded)


def shown_name(kind, line, module, name, file):
    if kind in (SPAN, INSTANT):
        return name
    if kind == SERIES and name in ("", module):
        return module
    if kind != PYTHON:
        return module + "." + name if module else name
    parts = [file] if file.startswith("<") else file.split("/")
    two = parts[-1] in ("__init__.py", "__main__.py")
    place = "/".join(parts[-2 if two else -1 :])
    if name == "<module>" and is_file_of(module, place):
        name = "import " + module
    return "%s (%s:%d)" % (name, place, line)


def is_file_of(module, place):
    """Whether a module of that name lies there; code that exec() runs does not."""
    last = module.rpartition(".")[2]
    frozen = place in ("<frozen %s>" % module, "<frozen %s>" % last)
    return module not in ("", "__main__") and (frozen or place.startswith(last + ".py") or place == last + "/__init__.py")


class Image:
    """One process image: its names, and where those before came from."""

    def __init__(self):
        self.functions, self.threads = {}, {}
        self.parent, self.first_id = None, 0
        self.parent_pid = self.start_ns = 0
        self.executable = self.interpreter = self.directory = ""
        self.arguments, self.notes = [], []  # (code, count, text)
        self.sources = []  # (file, known, its bytes, when it was modified): as it was loaded
        self.began_ns = 0  # the process, as start_ns
        self.ended = False


class Spool:
    def __init__(self, path):
        self.path = path
        self.images = collections.defaultdict(Image)
        self.tracks = collections.defaultdict(list)
        self.pairs, self.host = [], ""
        self.begin = self.end = self.monotonic = self.realtime = 0
        with open(path, "rb") as self.file:
            if self.read_header():
                self.find_chunks()
        self.pairs.sort()

    # -- the file --

    def at(self, offset, count):
        self.file.seek(offset)
        return self.file.read(count)

    def read_header(self):
        data = self.at(0, HEADER.size)
        if len(data) < HEADER.size:
            return False
        magic, version, self.begin, features, self.page, self.clock, self.end = HEADER.unpack(
            data
        )[:7]
        self.pairs.append(HEADER.unpack(data)[8:10])
        self.monotonic, self.realtime, _, host = HEADER.unpack(data)[9:13]
        self.host = text(host.rstrip(b"\0"))
        return (
            magic == b"CSNPSPL\n" and version == 1 and not features & 0xFFFFFFFF & ~KNOWN_FEATURES
        )

    def chunk_at(self, offset):
        data = self.at(offset, CHUNK.size)
        if len(data) < CHUNK.size:
            return None
        chunk = Chunk(*CHUNK.unpack(data))
        valid = (
            chunk.magic == CHUNK_MAGIC
            and chunk.offset == offset
            and chunk.size
            and chunk.size % self.page == 0
            and offset + chunk.size <= self.end
            and CHUNK.size <= chunk.data <= chunk.size
        )
        return chunk if valid else None

    def find_chunks(self):
        offset = self.begin
        while offset < self.end:
            chunk = self.chunk_at(offset)
            if not chunk:
                offset += self.page
                continue
            self.take(chunk)
            offset += chunk.size
        for chunks in self.tracks.values():
            chunks.sort(key=lambda chunk: chunk.sequence)

    def take(self, chunk):
        self.pairs.append((chunk.ticks, chunk.mono))
        if chunk.latest:
            self.pairs.append(chunk[16:18] if chunk.latest & 1 else chunk[19:21])
        if chunk.kind == META:
            self.read_names(self.images[chunk.pid, chunk.started], chunk)
        else:
            self.tracks[chunk.pid, chunk.started, chunk.track].append(chunk)

    # -- names --

    def read_names(self, image, chunk):
        data = self.at(chunk.offset + chunk.data, chunk.size - chunk.data)
        at = 0
        while at + 8 <= len(data):
            size, kind = struct.unpack_from("<IH", data, at)
            if size < 8 or at + size > len(data):
                break
            self.take_name(image, kind, data[at : at + size])
            at += size

    @staticmethod
    def strings(entry, at, count):
        found = []
        for _ in range(count):
            (size,) = struct.unpack_from("<I", entry, at)
            found.append(text(entry[at + 4 : at + 4 + size]))
            at += 4 + size
        return found

    def take_name(self, image, kind, entry):
        if kind == 1:
            parent_pid = struct.unpack_from("<I", entry, 12)[0]
            parent_start, _, first, how = struct.unpack_from("<QQII", entry, 24)
            if how == 2:
                image.parent, image.first_id = (parent_pid, parent_start), first
            image.parent_pid, image.start_ns = struct.unpack_from("<IQ", entry, 12)
            (made,) = struct.unpack_from("<Q", entry, 48)  # in hundredths of a second, rounded down
            image.began_ns = min((made + 1) * 10 ** 7 if made else image.start_ns, image.start_ns)
            image.executable, words, image.interpreter, image.directory = self.strings(entry, 56, 4)
            image.arguments = words.split(NUL)[:-1]
        elif kind == 2:
            number, sort, line, flags = struct.unpack_from("<IIII", entry, 8)
            module, name, file = self.strings(entry, 24, 3)
            shown = shown_name(sort, line, module, name, file)
            image.functions[number] = Function(shown, module, file, line, sort, name, int(sort == SPAN or sort == PYTHON and flags & OWNER_USER != 0))
        elif kind == 3:
            (track,) = struct.unpack_from("<Q", entry, 8)
            image.threads[track] = self.strings(entry, 16, 1)[0]
        elif kind == 5:
            code, _, count = struct.unpack_from("<IIQ", entry, 8)
            image.notes.append((code, count, self.strings(entry, 24, 1)[0]))
        elif kind == 10:
            known, _, size, modified_ns = struct.unpack_from("<IIQq", entry, 8)
            image.sources.append((self.strings(entry, 32, 1)[0], known, size, modified_ns))
        elif kind == 4:
            image.ended = True
            self.pairs.append(struct.unpack_from("<QQ", entry, 8))

    def function(self, key, number):
        while key is not None and key in self.images:
            image = self.images[key]
            if number in image.functions:
                return image.functions[number]
            key = image.parent if number < image.first_id else None
        return UNKNOWN

    # -- records: (ticks, word, payload, (words of the block, where it goes on)) --

    def records(self, key):
        blocks = 0
        for chunk in self.tracks[key]:
            data = self.at(chunk.offset + chunk.data, chunk.size - chunk.data)
            if chunk.encoding == PACKED:
                for number, base, words in unpack_blocks(data):
                    blocks = number + 1
                    yield from decode(base, words)
            elif chunk.encoding == RAW or chunk.encoding == WINDOW and chunk.generation >= blocks:
                yield from decode(chunk.base, struct.unpack("<%dQ" % (len(data) // 8), data[: len(data) // 8 * 8]))

    def first_stack(self, key):
        """The calls that were open when the track started, outermost first; and how
        many more there were outside of these."""
        chunk = self.tracks[key][0]
        if chunk.sequence not in (0, 2 ** 64 - 1):
            return [], 0
        data = self.at(chunk.offset + CHUNK.size, 4 * chunk.stored)
        stack = [word >> 4 for word in reversed(struct.unpack("<%dI" % chunk.stored, data))]
        return stack, max(chunk.depth - chunk.stored, 0)


def unpack_blocks(data):
    at = 0
    while at + 24 <= len(data):
        size, count, number, base = struct.unpack_from("<IIQQ", data, at)
        if size <= 24 or size % 8 or at + size > len(data):
            return
        halves = struct.unpack_from("<%dI" % ((size - 24) // 4), data, at + 24)
        yield number, base, unpack_words(halves, count)
        at += size


def unpack_words(halves, count):
    words, at, ticks = [], 0, 0
    while at < len(halves) and len(words) < count:
        half = halves[at]
        at += 1
        if half & 15:
            ticks += half >> 18
            words.append(ticks << 28 | half & 0x3FFFF)
            continue
        whole = half >> 4
        if not whole or at + 2 * whole > len(halves):
            break
        raw = [halves[i] | halves[i + 1] << 32 for i in range(at, at + 2 * whole, 2)]
        ticks = 0 if raw[0] & 15 == TIME else raw[0] >> 28
        words += raw
        at += 2 * whole
    return words


def decode(base, words):
    at = 0
    while at < len(words) and words[at]:
        word, payload = words[at], ()
        at += 1
        if word & 15 == TIME:
            base = word >> 4
            continue
        if word & 15 == EXT:
            count = word >> 16 & 0xFFF
            payload = words[at : at + count]
            at += count
        yield base + (word >> 28), word, payload, (words, at)


def exit_fits(stack, at, words, begin):
    """An exit of stack[at], which is not the innermost call: have those above it
    ended unseen?  Else all of them go on, and the exit is passed over.  The first
    record behind it that only one of the two explains decides."""
    ended, going, inner, i = at, len(stack), [], begin
    limit = min(len(words), begin + LOOK)
    while i < limit and words[i]:
        word = words[i]
        kind, number = word & 15, word >> 4 & 0xFFFFFF
        i += 1
        if kind == EXT:
            if number & 0xFFF in LOOK_ENDS:
                break
            i += word >> 16 & 0xFFF
        elif kind in OPENED:
            inner.append(number)
        elif kind in CLOSED and inner:
            if len(inner) > LEVELS or inner[-1] == number:
                inner.pop()
        elif kind in CLOSED:
            if_ended = ended > 0 and stack[ended - 1] == number
            if_going = going > 0 and stack[going - 1] == number
            if if_ended != if_going:
                return if_ended
            if if_ended:
                ended, going = ended - 1, going - 1
            elif number in stack[max(0, ended - LEVELS) : ended]:
                return True
    return True


class Track:
    """Turns records into spans, the innermost first."""

    def __init__(self, spool, key):
        self.spool, self.key = spool, key
        (t0, n0), (t1, n1) = spool.pairs[0], spool.pairs[-1]
        self.zero, self.scale = t0, (n1 - n0) / (t1 - t0) if t1 > t0 else 1.0
        self.tid = spool.tracks[key][0].tid
        self.name = spool.images[key[:2]].threads.get(key[2])
        self.stack, self.last = [], spool.tracks[key][0].base
        self.first = self.last
        # Calls whose exit is seen, but not their entry: by part of the track, in the
        # order of the exits, with the calls that were open then; and the open ones.
        self.unopened, self.unopened_stack, self.collecting = None, [], False
        self.parts, self.part = [[0, 0]], 0  # between gaps: number, calls open before
        self.hidden = 0  # calls that were open before, of which only the number is known
        if self.name is None:
            self.name = "MainThread" if self.tid == key[0] else "thread %d" % self.tid

    def span(self, number, depth, start, end, opened, closed):
        function = number if isinstance(number, Function) else self.function(number)
        return Span(
            self.key[0],
            self.tid,
            self.name,
            function,
            depth,
            self.ns(start),
            (end - start) * self.scale,
            opened,
            closed,
        )

    def push(self, number, ticks, opened):
        depth = len(self.stack) + len(self.unopened_stack)
        self.stack.append((number, self.stamp(ticks), opened, depth))

    def pop(self, ticks, closed):
        """What started before a part of the track and ends after its begin leads back
        to the part before."""
        number, start, opened, depth = self.stack.pop()
        left, parts = len(self.stack), self.parts
        while len(parts) > 1 and parts[-1][1] > left:
            parts.pop()
        parts[-1][1] = min(parts[-1][1], left)
        return self.span(number, depth, start, ticks, opened, closed)

    def stamp(self, ticks):
        """The time of what happens next: never before the last."""
        self.last = max(self.last, ticks)
        return self.last

    def ns(self, ticks):
        return (ticks - self.zero) * self.scale

    def take(self, ticks, word, payload, behind):
        """The spans that a record closes, and what else it says."""
        kind, number = word & 15, word >> 4 & 0xFFFFFF
        if kind in OPENED:
            self.push(number, ticks, OPENED[kind])
        elif kind in CLOSED:
            yield from self.leave(number, ticks, kind, behind)
        elif kind == BUSY and number:
            self.push(TRACER, ticks - (number << 8), "call")
            yield self.pop(self.stamp(ticks), "return")
        elif kind == EXT:
            yield from self.extended(ticks, word >> 4 & 0xFFF, payload)

    def leave(self, number, ticks, kind, behind):
        at = len(self.stack) - 1
        while at >= 0 and self.stack[at][0] != number:
            at -= 1
        innermost = at >= 0 and at == len(self.stack) - 1
        if kind == UNSEEN and (not innermost or not self.is_span(at)):
            self.note("unseen_exit" if innermost else "stray_exit", number, ticks)
        if kind == UNSEEN and not innermost:
            return
        if not innermost and (at < 0 or kind == UNOPENED):
            yield from self.leave_other(number, ticks, kind, at >= 0)
            return
        if not innermost and not self.fits(at, behind):
            self.note("stray_exit", number, ticks)
            return
        while len(self.stack) > at + 1:
            suspended = kind == YIELD and self.is_span(-1)
            if not self.is_span(-1):
                self.note("unseen_exit", self.stack[-1][0], ticks)
            yield self.pop(self.stamp(ticks), "yield" if suspended else "unknown")
        yield self.pop(self.stamp(ticks), CLOSED[kind])

    def is_span(self, at):
        return self.function(self.stack[at][0]).kind == SPAN

    def fits(self, at, behind):
        if all(self.is_span(i) for i in range(at + 1, len(self.stack))):
            return True  # spans that the program named end with what they are in
        return exit_fits([call[0] for call in self.stack], at, *behind)

    def note(self, kind, number, ticks):
        """What does not fit: an exit, or a call without one."""

    def leave_other(self, number, ticks, kind, is_open):
        """The exit of a call that was open before the track or a part of it started,
        or of none."""
        if kind != UNOPENED and not self.stack and self.hidden > 0:
            self.hidden -= 1
            self.parts = [[0, 0]]
        elif kind != UNOPENED or is_open or len(self.stack) > self.parts[-1][1]:
            self.note("stray_exit", number, ticks)
            return
        if self.collecting:
            self.unopened[self.parts[-1][0]].append((number, len(self.stack)))
        elif self.unopened_stack and self.unopened_stack[-1][0] == number:
            yield self.close_unopened(self.stamp(ticks), CLOSED[kind])
        else:
            self.note("stray_exit", number, ticks)

    def close_unopened(self, ticks, closed):
        number, start, opened, depth = self.unopened_stack.pop()
        return self.span(number, depth, start, ticks, opened, closed)

    def open_unopened(self, unopened, level=math.inf):
        """The last ones in the list, as far as they lie outside of that level."""
        while unopened and unopened[-1][1] <= level:
            self.push(unopened.pop()[0], self.last, "before")
            self.unopened_stack.append(self.stack.pop())

    def function(self, number):
        return self.spool.function(self.key[:2], number)

    def extended(self, ticks, kind, payload):
        if kind == GAP_EXT and len(payload) >= 3:
            yield from self.gap(payload[0], ticks, payload[2])
        elif kind == COUNTER_EXT:
            yield from self.samples(self.stamp(ticks), payload)
        elif kind == INSTANT_EXT and len(payload) >= 2:
            name = self.function(payload[0])
            data = struct.pack("<%dQ" % (len(payload) - 2), *payload[2:])[: payload[1]]
            if name.kind == INSTANT:
                yield self.annotation(self.stamp(ticks), name.name, read_object(data), None)

    def gap(self, begin, end, left):
        keep, self.hidden = max(left - self.hidden, 0), min(left, self.hidden)
        begin = min(begin, end)
        while len(self.stack) > keep:
            yield self.pop(self.stamp(begin), "unknown")
        start, end = self.stamp(begin), self.stamp(end)
        yield Gap(self.key[0], self.tid, self.name, self.ns(start), self.ns(end) - self.ns(start))
        self.part += 1
        self.parts.append([self.part, len(self.stack)])
        self.open_unopened(list(self.unopened.get(self.part, ())))

    def samples(self, ticks, payload):
        for number, bits in zip(payload[::2], payload[1::2]):
            series = self.function(number)
            (value,) = struct.unpack("<d", struct.pack("<Q", bits))
            if series.kind == SERIES and math.isfinite(value):
                yield self.annotation(ticks, series.name, value, (series.module, series.qualname))

    def annotation(self, ticks, name, value, counter):
        return Annotation(self.key[0], self.tid, self.name, name, self.ns(ticks), value, counter)

    def begin(self):
        if self.unopened is None:
            self.collect()
        self.restart()

    def collect(self):
        """The unopened, which are known by the exits alone."""
        self.unopened = collections.defaultdict(list)
        hidden = self.spool.first_stack(self.key)[1]
        if not hidden and all(record[1] & 15 != UNOPENED for record in self.spool.records(self.key)):
            return
        self.collecting = True
        self.restart()
        for record in self.spool.records(self.key):
            for _ in self.take(*record):
                pass
        self.collecting = False

    def restart(self):
        self.stack, self.unopened_stack, self.last = [], [], self.first
        self.parts, self.part = [[0, 0]], 0
        inherited, self.hidden = self.spool.first_stack(self.key)
        unopened = list(self.unopened.get(0, ()))
        for level, number in enumerate(inherited):
            self.open_unopened(unopened, level)
            self.push(number, self.last, "before")
        self.open_unopened(unopened)
        self.parts[0][1] = len(self.stack)

    def events(self):
        """Spans in exit order; annotations and gaps among them."""
        self.begin()
        for record in self.spool.records(self.key):
            yield from self.take(*record)
        end = self.last_moment()
        while self.stack or self.unopened_stack:
            is_unopened = self.unopened_stack and (not self.stack or self.unopened_stack[-1][3] > self.stack[-1][3])
            yield self.close_unopened(end, "open") if is_unopened else self.pop(end, "open")

    def last_moment(self):
        """When what is still open ends."""
        return self.last

    def spans(self):
        return (event for event in self.events() if isinstance(event, Span))

    def annotations(self):
        return (event for event in self.events() if isinstance(event, Annotation))


def read_object(data):
    """What is not a JSON object says nothing; half a surrogate pair is U+FFFD."""
    try:
        value = json.loads(text(data))
    except ValueError:
        return {}
    value = json.loads(text(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")))
    return value if isinstance(value, dict) else {}


def spool_files(session):
    return sorted(glob.glob(os.path.join(glob.escape(session), "*.spool")))


def tracks(session):
    for path in spool_files(session):
        spool = Spool(path)
        with open(path, "rb") as spool.file:
            for key in list(spool.tracks):
                yield Track(spool, key)


def annotations(session):
    """The instants and the counters' values of each track, in their order."""
    for track in tracks(session):
        yield from track.annotations()


def read(session):
    """The spans of each track of each spool of the session, in exit order."""
    for track in tracks(session):
        yield from track.spans()


def main(session):
    for span in read(session):
        print(
            "%d %d %d %.0f %s %s %s"
            % (
                span.pid,
                span.tid,
                span.depth,
                span.duration_ns,
                span.opened,
                span.closed,
                span.function.name.encode("unicode_escape").decode(),
            )
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
