"""A loop of calls: many.py COUNT."""

import sys


def leaf(text):
    return len(text)


def main(count):
    for _ in range(count):
        leaf("x")


main(int(sys.argv[1]))
