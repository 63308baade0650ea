# SPDX-License-Identifier: Apache-2.0
"""cases.py: how the cases of a test file ended, from what it printed."""

import re

BEGIN = re.compile(r"\b(\w+) \(([A-Za-z_][\w.]*)\)(?=[^\n]*\n?[^\n]*? \.\.\. )")
END = re.compile(
    r"(ok|FAIL|ERROR|skipped (['\"]).*\2|expected failure|unexpected success)$",
    re.M,
)
SUMMARY = re.compile(r"^={70}\n(FAIL|ERROR): (\w+) \(([\w.]+)\)", re.M)


def short(name):
    return name[len("test.") :] if name.startswith("test.") else name


def full_name(name, place):
    """3.11 and newer end the place with the name, older ones do not."""
    place = short(place)
    return place if place.endswith("." + name) else place + "." + name


def read_cases(text):
    """What `unittest -v` printed: {case: how it ended}."""
    cases = {}
    begins = list(BEGIN.finditer(text))
    for begin, after in zip(begins, begins[1:] + [None]):
        end = END.search(text, begin.end(), after.start() if after else len(text))
        said = end.group(1).split()[0] if end else "no end"
        cases.setdefault(full_name(*begin.groups()), set()).add(said)
    for said, name, place in SUMMARY.findall(text):
        case = cases.setdefault(full_name(name, place), set())
        case.discard("no end")
        case.add(said)
    return {name: " ".join(sorted(said)) for name, said in cases.items()}
