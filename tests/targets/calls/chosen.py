# SPDX-License-Identifier: Apache-2.0
"""Calls of every kind, for tests that record only some of them."""

import threading


def leaf(x):
    return x + len("abc")


def mid(x):
    return leaf(x) + abs(-x)


def top(x):
    return mid(x) + leaf(x)


def again(x):
    return again(x - 1) + mid(x) if x else 0


def steps(count):
    for i in range(count):
        yield mid(i)


def around(count):
    yield from steps(count)


def fails(x):
    if x:
        fails(x - 1)
    raise KeyError(leaf(x))


def catches(x):
    try:
        fails(x)
    except KeyError:
        return mid(x)


class Thing(object):
    def __init__(self, x):
        self.x = mid(x)

    def __lt__(self, other):
        return leaf(self.x) < leaf(other.x)


def sorts():
    return sorted([Thing(3), Thing(1), Thing(2)], key=None)


def gives_up(generator):
    next(generator)
    generator.close()


def work():
    for i in range(50):
        top(i % 3)
    again(4)
    sum(around(3))
    catches(2)
    sorts()
    list(map(mid, range(3)))
    gives_up(steps(2))
    top(1)


def main():
    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


main()
