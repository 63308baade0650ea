# SPDX-License-Identifier: Apache-2.0
"""Writing a session in Python, as formats/spool/FORMAT.md says.  The spool is mapped,
so that a process that dies loses nothing."""

import mmap
import os
import random
import socket
import struct
import sys
import threading
import time

HEADER = struct.Struct("<8sIIQIIQQ3Q40s72s")
CHUNK = struct.Struct("<QQIHHIIQIIQQQ3Q6QQQII")
SESSION = struct.Struct("<8sIIIIIi3Q3Q40sII")
CHUNK_MAGIC = 0xC0DE54A9B1E7D2F0
PAGE = mmap.ALLOCATIONGRANULARITY
CHUNK_BYTES = max(65536, PAGE)
MONOTONIC = 2  # the kind of clock: ticks are nanoseconds
TRACK, META = 1, 2
CONTROL = 1  # the feature: there may be records EXIT_CONTROL
TIME_BITS = 36

try:
    now = time.monotonic_ns
except AttributeError:  # 3.6

    def now():
        return int(time.monotonic() * 1e9)


def clock():
    ticks = now()
    return ticks, ticks, int(time.time() * 1e9)


def boot_id():
    try:
        with open("/proc/sys/kernel/random/boot_id", "rb") as stream:
            return stream.read().strip()
    except OSError:
        return b"?"


def exec_start():
    """Field 22 of /proc/self/stat, 0 where there is none."""
    try:
        with open("/proc/self/stat", "rb") as stream:
            return int(stream.read().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def encode(text):
    return text.encode("utf-8", "surrogatepass")


def arguments():
    """The command, as far as the program knows it; each word ended by NUL."""
    words = [sys.executable or "python"] + list(getattr(sys, "argv", [""]))
    return [encode(word) + b"\0" for word in words]


def make_session(output):
    """OUTPUT.codesnap, or with a number behind it."""
    folder, number = output + ".codesnap", 0
    while True:
        try:
            os.mkdir(folder, 0o700)
            break
        except FileExistsError:
            number += 1
            folder = "%s.codesnap.%d" % (output, number)
    write_session(folder, 1, clock(), (0, 0, 0))
    return folder


def write_session(folder, state, begin, end):
    words = arguments()
    sizes = len(words), sum(map(len, words))
    data = SESSION.pack(b"CSNPSES\n", 1, state, os.getpid(), MONOTONIC, 0, 0, *begin + end + (boot_id(), *sizes))
    with open(os.path.join(folder, "session"), "wb") as stream:
        stream.write(data + b"".join(words))


def close_session(folder):
    with open(os.path.join(folder, "session"), "rb") as stream:
        begin = SESSION.unpack(stream.read(SESSION.size))[7:10]
    write_session(folder, 2, begin, clock())


class Spool:
    """One spool file: chunks, and the names in them.  Any thread."""

    def __init__(self, folder):
        self.lock = threading.RLock()
        self.pid, self.start_ns = os.getpid(), now()
        name = "%d-%08x.spool" % (self.pid, random.SystemRandom().getrandbits(32))
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        self.file = os.open(os.path.join(folder, name), flags, 0o600)
        self.allocated, self.tracks, self.sequence, self.ids = PAGE, 1, 0, 0
        self.meta, self.meta_at = None, 0
        os.ftruncate(self.file, PAGE)
        self.header = mmap.mmap(self.file, PAGE)
        self.write_header()
        self.name_process()

    def write_header(self):
        boot, host = boot_id(), encode(socket.gethostname())
        fields = (1, PAGE, CONTROL, PAGE, MONOTONIC, self.allocated, 1) + clock() + (boot, host)
        self.header[: HEADER.size] = HEADER.pack(b"", *fields)
        self.header[:8] = b"CSNPSPL\n"

    def take_chunk(self, size, kind, tid, track, sequence):
        """A new mapped chunk; lock held.  What comes behind the end is lost."""
        offset, begin = self.allocated, clock()
        if self.file is None:
            return mmap.mmap(-1, size), begin[0]
        os.ftruncate(self.file, offset + size)
        chunk = mmap.mmap(self.file, size, offset=offset)
        self.allocated += size
        struct.pack_into("<Q", self.header, 32, self.allocated)
        head = (offset, size, kind, 0, CHUNK.size, self.pid, self.start_ns, tid, 0, track, sequence)
        CHUNK.pack_into(chunk, 0, 0, *head + (begin[0],) + begin + (0,) * 10)
        struct.pack_into("<Q", chunk, 0, CHUNK_MAGIC)
        return chunk, begin[0]

    # -- names --

    def append(self, kind, fixed, *texts):
        """A meta entry, its first word last."""
        body = fixed + b"".join(struct.pack("<I", len(text)) + text for text in texts)
        body += b"\0" * (-len(body) % 8)
        size = 8 + len(body)
        with self.lock:
            if self.meta is None or self.meta_at + size > len(self.meta):
                room = max(CHUNK_BYTES, -(-(size + CHUNK.size) // PAGE) * PAGE)
                self.meta, _ = self.take_chunk(room, META, 0, 0, self.sequence)
                self.meta_at, self.sequence = CHUNK.size, self.sequence + 1
            self.meta[self.meta_at + 8 : self.meta_at + size] = body
            struct.pack_into("<IHH", self.meta, self.meta_at, size, kind, 0)
            self.meta_at += size

    def name_process(self):
        version = "%s %d.%d.%d" % ((sys.implementation.name,) + sys.version_info[:3])
        version = version.replace("cpython", "CPython")
        fixed = struct.pack("<IIQQQIIQ", self.pid, os.getppid(), self.start_ns, 0, self.start_ns, 0, 1, exec_start())
        argv = b"".join(arguments())
        self.append(1, fixed, encode(sys.executable or ""), argv, encode(version), encode(os.getcwd()))

    def name_function(self, kind, module, name, file="", line=0, flags=0):
        with self.lock:
            number, self.ids = self.ids, self.ids + 1
        self.append(2, struct.pack("<IIII", number, kind, line, flags), encode(module), encode(name), encode(file))
        return number

    def tell_source(self, file, found):
        """What a file was like when its code was loaded; None: nobody looked."""
        numbers = (1, 0, found.st_size, found.st_mtime_ns) if found else (0, 0, 0, 0)
        self.append(10, struct.pack("<IIQq", *numbers), encode(file))

    def name_track(self, track, name):
        self.append(3, struct.pack("<Q", track), encode(name))

    def note(self, count, text):
        self.append(5, struct.pack("<IIQ", 0, 0, count), encode(text))

    def end(self):
        """Other threads may still be about to write."""
        with self.lock:
            self.append(4, struct.pack("<3Q", *clock()))
            self.meta, file, self.file = None, self.file, None
            os.close(file)


class Track:
    """The records of one thread; only that thread writes them."""

    def __init__(self, spool, tid):
        self.spool, self.tid, self.sequence = spool, tid, 0
        with spool.lock:
            self.number = spool.tracks
            spool.tracks += 1
            struct.pack_into("<Q", spool.header, 40, spool.tracks)
        self.words, self.at, self.end, self.base = (), 0, 0, 0

    def take_chunk(self):
        with self.spool.lock:
            chunk, self.base = self.spool.take_chunk(CHUNK_BYTES, TRACK, self.tid, self.number, self.sequence)
        self.sequence += 1
        self.words = memoryview(chunk).cast("Q")
        self.at, self.end = CHUNK.size // 8, CHUNK_BYTES // 8

    def put(self, ticks, low, payload=()):
        """A record, its head last; low is what stands below its time.  With the
        payload it is far shorter than a chunk."""
        if self.at + len(payload) + 2 > self.end:
            self.take_chunk()
        delta = ticks - self.base
        if delta >> TIME_BITS or delta < 0:
            self.words[self.at] = ticks << 4 | 10
            self.at += 1
            self.base, delta = ticks, 0
        at = self.at
        for word in payload:
            at += 1
            self.words[at] = word
        self.words[self.at] = delta << 28 | low
        self.at = at + 1

    def put_extended(self, ticks, kind, payload):
        self.put(ticks, len(payload) << 16 | kind << 4 | 11, payload)
