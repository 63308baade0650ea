"""Recursions by f(*args), by a decorator and by a class: from 3.12, or 3.13, on they
take no C stack.  As deep as the argument says."""

import sys


def star(n, **options):
    return 1 + star(*(n - 1,), **options) if n else 0


def passing(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@passing
def decorated(n):
    return 1 + decorated(n - 1) if n else 0


class Nested:
    def __init__(self, n):
        self.depth = 1 + Nested(n - 1).depth if n else 0


sys.setrecursionlimit(10**6)
depth = int(sys.argv[1])
print(star(depth, option=1), decorated(depth))
if sys.version_info >= (3, 13):
    print(Nested(depth).depth)
