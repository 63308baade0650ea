#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plain.py OUTPUT SEED NUMBER: an output of ours as a seed, NUMBER its last byte.

Of a page only what is read stays: its scripts, with chunks neither compressed nor
summed, so that what a fuzzer changes in them gets past the doors.
"""

import base64
import re
import sys
import zlib

SCRIPT = re.compile(rb'<script type="application/([^>]*)>(.*?)</script>', re.S)


def plain(match):
    tag, body = match.groups()
    if b"codesnap-chunk" in tag:
        packed = base64.b64decode(body)
        if packed[:1] != b"\0":
            packed = b"\0" + zlib.decompress(packed[1:], -15)
        body = base64.b64encode(packed)
        tag = re.sub(rb' data-sum="[^"]*"', b"", tag)
    return b'<script type="application/' + tag + b">" + body + b"</script>\n"


data = open(sys.argv[1], "rb").read()
if data.startswith(b"<!DOCTYPE html>"):
    data = b"<!DOCTYPE html>\n" + b"".join(map(plain, SCRIPT.finditer(data)))
with open(sys.argv[2], "wb") as seed:
    seed.write(data + bytes([int(sys.argv[3]) % 256]))
