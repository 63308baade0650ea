"""Plain recursion: deep.py DEPTH."""

import sys


def dive(n):
    return dive(n - 1) if n else 0


dive(int(sys.argv[1]))
