# SPDX-License-Identifier: Apache-2.0
"""acceptance.py: which differences are accepted, in which versions, and why."""

import fnmatch


class Acceptance:
    """The table beside this file: versions, mode, case, reason."""

    def __init__(self, path):
        self.rows = []
        with open(path) as lines:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    self.rows.append(line.split(None, 3))

    def reason(self, version, mode, case):
        for versions, modes, pattern, reason in self.rows:
            if (
                in_range(version, versions)
                and modes in ("all", mode)
                and fnmatch.fnmatchcase(case, pattern)
            ):
                return reason.strip()
        return None


def number(version):
    """Of "3.12", "3.12.1" and "3.12.1 debug": (3, 12)."""
    return tuple(int(part) for part in version.split()[0].split(".")[:2])


def in_range(version, versions):
    """3.11, 3.8-3.11, -3.11 or 3.12-; a d at the end: debug builds alone"""
    if versions.endswith("d"):
        return "debug" in version and in_range(version, versions[:-1])
    first, dash, last = versions.partition("-")
    if not dash:
        return number(version) == number(first)
    return (not first or number(first) <= number(version)) and (
        not last or number(version) <= number(last)
    )
