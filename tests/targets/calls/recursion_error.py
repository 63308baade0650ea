"""How deep it goes, from a known depth on."""

import sys

sys.setrecursionlimit(2000)
deepest = 0


def dive(n):
    global deepest
    deepest = n
    dive(n + 1)


try:
    dive(0)
except RecursionError:
    print(deepest)
