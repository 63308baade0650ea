# SPDX-License-Identifier: Apache-2.0
"""Reads the data of an HTML output, as FORMAT.md says it lies there: chunk after
chunk, each call with its caller."""

import base64
import collections
import json
import re
import struct
import zlib

SCRIPT = re.compile(r'<script type="application/[a-z-]+"([^>]*)>(.*?)</script>', re.S)
CLOSED, UNFINISHED, GAP_BEGINS, GAP_ENDS = (0, 1, 2, 3, 5), 4, 8, 9


class Bytes:
    """What a script has in base64, packed or not, number by number."""

    def __init__(self, text):
        data = base64.b64decode(text)
        self.data = zlib.decompress(data[1:], -15) if data[0] else data[1:]
        self.at = 0

    def number(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def numbers(self, count):
        return [self.number() for _ in range(count)]

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]


class Page:
    def __init__(self, path):
        with open(path, encoding="utf-8") as stream:
            scripts = SCRIPT.findall(stream.read())
        self.chunks, self.scripts, self.gaps, self.counts = [], [], [], collections.Counter()
        for attributes, text in scripts:
            if 'id="codesnap-tables"' in attributes:
                self.tables = json.loads(text)
            elif 'id="codesnap-end"' in attributes:
                self.end = json.loads(text)
            elif "codesnap-waits" in attributes:
                continue
            elif "codesnap-annotations" in attributes:
                self.scripts.append(text)
            elif "codesnap-chunk" in attributes:
                self.chunks.append(text)

    def name(self, number):
        return None if number is None else self.tables["functions"]["name"][number]

    def spans(self):
        """By caller and function: calls, nanoseconds, and how many are open."""
        found, stacks = {}, collections.defaultdict(list)
        for text in self.chunks:
            data = Bytes(text)
            track, count, ns, depth, stored = data.numbers(5)
            for _ in range(stored):
                data.numbers(3)
            data.number()
            stack = stacks[track]
            assert len(stack) == depth, (track, len(stack), depth)
            tokens = data.numbers(count)
            for token in tokens:
                ns += data.number()
                self.event(track, stack, found, token, ns)
        return found

    def event(self, track, stack, found, token, ns):
        if token >= 16:
            stack.append(((token - 16) >> 2, ns))
            self.counts[track] += 1
        elif token == GAP_BEGINS:
            self.gap = ns
        elif token == GAP_ENDS:
            self.gaps.append(ns - self.gap)
        else:
            assert token in CLOSED or token == UNFINISHED, token
            number, start = stack.pop()
            caller = self.name(stack[-1][0]) if stack else None
            entry = found.setdefault((caller, self.name(number)), [0, 0, 0])
            entry[0] += 1
            entry[1] += ns - start
            entry[2] += token == UNFINISHED

    def threads(self):
        found = {}
        for number, count in self.counts.items():
            track = self.tables["tracks"][number]
            process = self.tables["processes"][track["process"]]
            found[process["name"], process["pid"], track["name"], track["tid"]] = count
        return found

    def annotations(self):
        """The instants as (name, text), and the values of each series."""
        instants, counters = [], collections.defaultdict(list)
        for text in self.scripts:
            data = Bytes(text)
            _, count = data.numbers(2)
            for _ in range(count):
                number, _ = data.numbers(2)
                if self.tables["functions"]["kind"][number] == 6:
                    instants.append((self.name(number), data.take(data.number()).decode()))
                else:
                    counters[self.name(number)].append(struct.unpack("<d", data.take(8))[0])
        return instants, counters
