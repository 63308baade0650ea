"""owned.py: own code and libraries call each other in every way.

Callbacks, context managers, generators, operators, classes, exceptions, copies
of own objects in recursive library code, threads, tasks, and a library function
that other library code calls often before the program does.
"""

import asyncio
import collections
import contextlib
import copy
import functools
import heapq
import json
import re
import textwrap
import threading


class Deep:
    def __init__(self, inner):
        self.inner = inner

    def __deepcopy__(self, memo):
        return Deep(copy.deepcopy(self.inner, memo))


class Three(collections.UserList):
    def __len__(self):
        return 3


def default(value):
    return textwrap.dedent(repr(value)[:3])


def inner(number):
    return json.dumps({"a": number, "b": object()}, default=default)


@contextlib.contextmanager
def context(number):
    yield inner(number)


def upper(match):
    return match.group().upper()


def steps(count):
    for _ in range(count):
        yield re.sub("a+", lambda match: upper(match), "baab")


def again(depth):
    return depth and again(depth - 1) or len("abc")


def fails():
    try:
        json.loads("{")
    except ValueError as error:
        return str(error)


async def work(depth):
    await asyncio.sleep(0)
    return again(depth)


async def gathers():
    return await asyncio.gather(*(work(depth) for depth in range(3)))


def runs():
    with context(2):
        again(3)


def wakes():
    nested = []
    for _ in range(150):
        nested = [nested]
    json.dumps(nested, indent=1)
    copy.copy(nested)
    copy.deepcopy([[number] for number in range(200)])
    return copy._deepcopy_list([1], {}), copy._keep_alive(1, {})


def main():
    for number in range(3):
        with context(number) as text:
            len(text)
        list(steps(3))
        fails()
        copy.deepcopy([Deep([1, [2, [3]]])] * 2)
        sorted([3, 1, 2], key=again)
        bool(Three([1]))
        Three([1]) + [2]
        functools.partial(again, 2)()
        list(map(textwrap.dedent, ["a", " b"]))
        heapq.nlargest(2, [1, 2, 3], key=again)
    wakes()
    thread = threading.Thread(target=runs)
    thread.start()
    thread.join()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(gathers())
    loop.close()


main()
