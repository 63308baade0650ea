# SPDX-License-Identifier: Apache-2.0
"""Calls that end by an exception: by one that is an error, or by one that only
says that something is over."""

import asyncio
import sys


class Empty:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration


class Leave(SystemExit):
    pass


class Failed(SystemExit):
    code = 3  # whatever it is made with


class Fine(SystemExit):
    code = 0


class Computed(SystemExit):
    code = property(lambda self: 0)


class Answering(SystemExit):
    def __getattribute__(self, name):
        return 0


class Cancelled(asyncio.CancelledError):
    pass


class CancelledError(Exception):  # by its name alone
    pass


def numbers():
    try:
        yield 1
    finally:
        len("over")


def breaks():
    yield 1
    raise ValueError


def objects():
    try:
        yield 1
    finally:
        raise KeyError  # in the place of GeneratorExit


def leaks():  # StopIteration becomes a RuntimeError, in 3.6 nothing at all
    next(iter(()))
    yield


def exhausted():
    steps = numbers()
    next(steps)
    next(steps)


def empty():
    next(Empty())


def nothing_left():
    next(iter(()))


def converted():
    next(map(int, ["x"]))


def broken():
    steps = breaks()
    next(steps)
    next(steps)


def sent():
    steps = numbers()
    steps.send(None)
    steps.send(None)


def closed():
    steps = numbers()
    next(steps)
    steps.close()


def closed_badly():
    steps = objects()
    next(steps)
    steps.close()


def thrown():
    steps = numbers()
    next(steps)
    steps.throw(GeneratorExit)


def thrown_badly():
    steps = numbers()
    next(steps)
    steps.throw(ValueError)


def leaked():
    next(leaks())


def popped():  # what the C function raised is an error, its caller's end is none
    try:
        [].pop()
    except IndexError:
        raise StopIteration from None


def named_alike():
    raise CancelledError


def cancelled_by_itself():
    raise Cancelled


def leaving(code):
    inside(code)


def inside(code):
    sys.exit(code)


def failing(code):
    badly(code)


def badly(code):
    sys.exit(code)


def bare():
    raise SystemExit


def derived():
    raise Leave(0)


def failed():
    raise Failed(0)


def fine():
    raise Fine(5)


def fine_at_first():
    leaving = Fine()
    leaving.code = 4
    raise leaving


def computed():
    raise Computed(0)


def answered():
    raise Answering(0)


def of_no_bits():  # to the system that is 0
    raise SystemExit(256)


async def inner():
    await asyncio.sleep(10)


async def middle():
    await inner()


async def outer():
    await middle()


async def cancel():
    task = asyncio.ensure_future(outer())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass


class Pages:
    def __aiter__(self):
        return self

    async def __anext__(self):
        raise StopAsyncIteration


async def read():
    async for page in Pages():
        pass


def attempt(function, *arguments):
    try:
        function(*arguments)
    except BaseException:
        pass


def main():
    for function in (
        exhausted, empty, nothing_left, converted, broken, sent, closed, closed_badly, thrown,
        thrown_badly, leaked, popped, named_alike, cancelled_by_itself, bare, derived,
        failed, fine, fine_at_first, computed, answered, of_no_bits,
    ):  # fmt: skip
        attempt(function)
    for code in (0, None, False):
        attempt(leaving, code)
    for code in (2, "no", 10**30, (0, 1)):
        attempt(failing, code)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(cancel())
    loop.run_until_complete(read())
    loop.close()


main()
