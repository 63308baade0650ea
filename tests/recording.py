# SPDX-License-Identifier: Apache-2.0
"""A recording with durations of one's choice, as the JSON that codesnap writes.

    recording.py OUT "NAME = EXPRESSION" ...

Each call of the function NAME, "f (dir/app.py:7)" or "math.sqrt", takes as many
nanoseconds as an element of the list EXPRESSION says; `normal(count, mean,
deviation, seed)` makes one.  The calls of all functions take turns.
"""

import json
import os
import random
import re
import sys

MODULE = re.compile(r"(.*) \((.*):(\d+)\)$")


def normal(count, mean, deviation, seed):
    """Durations with that mean and deviation, the same ones for the same seed."""
    source = random.Random(seed)
    return [max(1, round(source.gauss(mean, deviation))) for _ in range(count)]


def functions(texts):
    """(name shown, about, durations) of each."""
    for text in texts:
        name, expression = text.split(" = ", 1)
        durations = eval(expression, {"normal": normal})
        place = MODULE.match(name)
        about = None
        if place:
            bare, file, line = place.groups()
            name = f"{bare} ({os.path.basename(file)}:{line})"
            module = os.path.basename(file)[:-3]
            about = {"name": name, "module": module, "file": file, "line": int(line)}
        yield name, about, durations


def in_turns(lists):
    """(name, ns) of each call: what has many calls has them spread over the whole."""
    calls = [((at + 0.5) / len(durations), name, ns)
             for name, _, durations in lists for at, ns in enumerate(durations)]
    return [(name, ns) for _, name, ns in sorted(calls, key=lambda call: call[0])]


def write(out, lists):
    now = 1000
    print('{"displayTimeUnit":"ns","traceEvents":[', file=out)
    print('{"ph":"M","name":"process_name","pid":1,"tid":1,"args":{"name":"app.py"}},', file=out)
    print('{"ph":"M","name":"thread_name","pid":1,"tid":1,"args":{"name":"MainThread"}}', end="", file=out)
    for name, ns in in_turns(lists):
        print(',\n{"ph":"X","cat":"FEE","name":%s,"ts":%.3f,"dur":%.3f,"pid":1,"tid":1}'
              % (json.dumps(name), now / 1000, ns / 1000), end="", file=out)
        now += ns + 100
    other = {"command": "app.py", "host": "", "realtime_ns": "0", "duration_ns": now,
             "calls": sum(len(durations) for _, _, durations in lists),
             "threads": [{"tid": 1, "start_ns": 0, "end_ns": now}],
             "processes": [{"pid": 1, "name": "app.py", "start_ns": 0, "end_ns": now}]}
    print('\n],\n"otherData":%s,' % json.dumps(other, separators=(",", ":")), file=out)
    print('"functions":%s}' % json.dumps([about for _, about, _ in lists if about]), file=out)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as stream:
        write(stream, list(functions(sys.argv[2:])))
