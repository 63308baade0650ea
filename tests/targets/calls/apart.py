"""Calls that are far apart: apart.py COUNT."""

import sys


def leaf(numbers=range(2000)):
    for _ in numbers:
        pass


for _ in range(int(sys.argv[1])):
    leaf()
    for _ in range(1000):  # the next call is far, too
        pass
