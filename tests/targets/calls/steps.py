"""Random generators and coroutines, driven by next, send, throw and close.

    steps.py FILE SEED DEPTH

FILE gets the calls as the program itself sees them, of 100 rounds; that many
calls of another file lie below them.
"""
import sys
import types

import steps_log as log
from steps_log import Node, Oops, Plan, Wait, Wrapper


def plain(plan):
    node = Node(log.name_of(plain))
    log.enter(node)
    try:
        for kind, rest in plan:
            if kind == "call":
                plain(rest)
            elif kind == "drive":
                drive(rest)
            elif kind == "raise":
                raise Oops
    finally:
        log.leave(node)


def generator(plan, outer, catches):
    node = Node(log.name_of(generator), outer)
    log.enter(node)
    try:
        for kind, rest in plan:
            try:
                if kind == "wait":
                    log.suspend(node)
                    yield
                    log.resume(node)
                elif kind == "from":
                    yield from generator(rest[0], node, rest[1])
                elif kind == "wrapped":
                    yield from Wrapper(generator(rest[0], node, rest[1]))
                else:
                    steps(node, kind, rest)
            except Oops:
                log.enter(node)
                if not catches:
                    raise
            log.enter(node)
    except BaseException:
        log.enter(node)
        raise
    finally:
        log.leave(node)


def steps(node, kind, rest):
    own = Node(log.name_of(steps))
    log.enter(own)
    try:
        if kind == "call":
            try:
                plain(rest)
            except Oops:
                pass
        elif kind == "drive":
            drive(rest)
        elif kind == "raise":
            raise Oops
    finally:
        log.leave(own)


@types.coroutine
def pause(outer, catches):
    node = Node(log.name_of(pause), outer)
    log.enter(node)
    try:
        try:
            log.suspend(node)
            yield
            log.resume(node)
        except Oops:
            log.enter(node)
            if not catches:
                raise
    except BaseException:
        log.enter(node)
        raise
    finally:
        log.leave(node)


async def ticks(plan, outer, catches):
    node = Node(log.name_of(ticks), outer)
    log.enter(node)
    try:
        for kind, rest in plan:
            try:
                if kind == "wait":
                    await pause(node, rest)
                elif kind in ("from", "wrapped"):
                    log.leave(node)
                    yield
                    log.enter(node)
                else:
                    steps(node, kind, rest)
            except Oops:
                log.enter(node)
                if not catches:
                    raise
            log.enter(node)
    except BaseException:
        log.enter(node)
        raise
    finally:
        log.leave(node)


async def coroutine(plan, outer, catches):
    node = Node(log.name_of(coroutine), outer)
    log.enter(node)
    try:
        for kind, rest in plan:
            try:
                if kind == "wait":
                    await pause(node, rest)
                elif kind == "lone wait":
                    wait = Wait(rest)
                    log.suspend(node)
                    await wait
                    (log.enter if wait.thrown else log.resume)(node)
                elif kind == "from":
                    await coroutine(rest[0], node, rest[1])
                elif kind == "wrapped":
                    await Wrapper(coroutine(rest[0], node, rest[1]))
                elif kind == "ticks":
                    await consume(rest, node)
                else:
                    steps(node, kind, rest)
            except Oops:
                log.enter(node)
                if not catches:
                    raise
            log.enter(node)
    except BaseException:
        log.enter(node)
        raise
    finally:
        log.leave(node)


async def consume(rest, outer):
    """An asynchronous generator, and what is thrown into it."""
    node = Node(log.name_of(consume), outer)
    log.enter(node)
    asynchronous = log.keep(ticks(rest[0], node, rest[1]))
    try:
        for way in ["send"] + rest[2]:
            try:
                if way == "throw":
                    await asynchronous.athrow(Oops())
                else:
                    await asynchronous.__anext__()
            except (Oops, StopAsyncIteration):
                pass
            log.enter(node)
        await asynchronous.aclose()
        log.enter(node)
    except BaseException:
        log.enter(node)
        raise
    finally:
        log.leave(node)


def drive(rest):
    kind, plan, ways, catches = rest
    node = Node(log.name_of(drive))
    log.enter(node)
    driven = (generator if kind == "generator" else coroutine)(plan, None, catches)
    try:
        for way in ["send"] + ways:
            if way == "send":
                log.drive(driven.send, None)
            elif way == "throw":
                log.drive(driven.throw, Oops())
            else:
                log.drive(driven.close)
    except (Oops, StopIteration):
        pass
    finally:
        log.drive(driven.close)
        log.leave(node)


def run(seed, depth):
    node = Node(log.name_of(run))
    log.enter(node)
    for _ in range(100):
        log.deeply(depth, drive, Plan(seed).drive(6))
        log.kept.clear()
        seed += 1
    log.leave(node)


log.enter(Node("<module> (steps.py:%d)" % sys._getframe().f_code.co_firstlineno))
run(int(sys.argv[2]), int(sys.argv[3]))
log.write(sys.argv[1])
