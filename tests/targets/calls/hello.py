"""The smallest program: the same spans however it is started."""

import sys


def greet(names):
    return [hello(name) for name in names]


def hello(name):
    return name.title()


if __name__ == "__main__":
    print(*greet(sys.argv[1:] or ["world"]))
