# SPDX-License-Identifier: Apache-2.0
"""Audit hooks are told what the program does: what they are told is printed.
With "forbid" they raise whatever a tracer may be tempted to ask for."""
import asyncio
import collections
import cProfile
import sys
import threading

forbid = sys.argv[1:] == ["forbid"]
told = collections.Counter()


def hook(event, arguments):
    told[event] += 1
    inside(event)
    if forbid and event in ("sys.setprofile", "sys.settrace", "object.__getattr__"):
        raise PermissionError(event)


def inside(event):
    return [len(part) for part in event.split(".")]


def steps():
    yield 1
    yield 2


class Thing:
    def method(self):
        return [number for number in range(3)]


def deep(levels):
    return levels and deep(levels - 1)


async def waits():
    await asyncio.sleep(0)


def work():
    Thing().method()
    list(steps())
    exec("def fresh(): pass\nfresh()", {})
    try:
        steps().throw(KeyError)
    except KeyError:
        pass


def profiled():
    try:
        sys.setprofile(lambda *_: None)
        work()
        sys.setprofile(None)
    except PermissionError:
        print("forbidden")
    work()
    profile = cProfile.Profile()
    try:
        profile.enable()
        work()
        profile.disable()
    except PermissionError:
        print("forbidden, too")
    work()


def paused():
    try:
        import codesnap
    except ImportError:
        return
    for _ in range(3):
        codesnap.pause()
        work()
        codesnap.resume()
        work()


import_first = asyncio.new_event_loop()  # what it imports is not of interest
import_first.run_until_complete(waits())
paused()
if hasattr(sys, "addaudithook"):
    sys.addaudithook(hook)
sys.unraisablehook = lambda *_: None  # cProfile's, in 3.8
sys.setrecursionlimit(20000)
work()
for target in work, profiled:
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()
profiled()
import_first.run_until_complete(waits())
deep(6000)
counted = sorted(told.items())
paused()


def last():
    print(counted)


last()
