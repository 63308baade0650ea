"""What steps.py does, told by itself: the calls that are open, line by line."""
import random

active, marks, lines, kept = [], [0], [], []


class Oops(Exception):
    """What is thrown."""


class Node:
    """One call; of a generator or coroutine from its begin to its end."""

    def __init__(self, name, outer=None):
        self.name, self.outer = name, outer


def name_of(function):
    code = function.__code__
    return "%s (steps.py:%d)" % (function.__qualname__, code.co_firstlineno)


def enter(node):
    """It runs, from here on or since before."""
    if node not in active:
        lines.append("  " * len(active) + node.name)
        active.append(node)


def resume(node):
    """It goes on by next() or send(): so do those that wait for it."""
    if node.outer is not None and node not in active:
        resume(node.outer)
    enter(node)


def leave(node):
    assert active[-1] is node, (node.name, [other.name for other in active])
    active.pop()


def suspend(node):
    """It waits, and so do all that wait for it."""
    assert active[-1] is node, (node.name, [other.name for other in active])
    del active[marks[-1] :]


def drive(step, *arguments):
    """Run a generator from here until it waits or ends."""
    marks.append(len(active))
    try:
        return step(*arguments)
    finally:
        marks.pop()


class Wrapper:
    """Delegates in Python, as some awaitables do."""

    def __init__(self, generator):
        self.generator = generator

    def __iter__(self):
        return self

    __await__ = __iter__

    def __next__(self):
        return self.generator.send(None)

    def send(self, value):
        return self.generator.send(value)

    def throw(self, *exception):
        return self.generator.throw(*exception)

    def close(self):
        return self.generator.close()


class Wait:
    """Waits once; swallows what is thrown into it, if it is to."""

    def __init__(self, swallows):
        self.swallows, self.thrown = swallows, False

    def __await__(self):
        try:
            yield
        except Exception:
            self.thrown = True
            if not self.swallows:
                raise


def keep(generator):
    """So that it ends where it is closed, or in the end."""
    kept.append(generator)
    return generator


def deeply(depth, function, *arguments):
    if depth == 0:
        return function(*arguments)
    return deeply(depth - 1, function, *arguments)


def write(path):
    with open(path, "w") as stream:
        stream.write("\n".join(lines) + "\n")


PLAIN = ["call", "drive", "call", "raise"]
GENERATOR = PLAIN + ["wait", "wait", "from", "from", "wrapped"]
COROUTINE = GENERATOR + ["ticks", "lone wait"]


class Plan:
    """What the functions are to do, by a dice."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def luck(self):
        return self.dice.random() < 0.6

    def ways(self):
        count = self.dice.randint(0, 8)
        return [self.dice.choice(["send", "send", "throw"]) for _ in range(count)]

    def steps(self, depth, kinds):
        count = self.dice.randint(0, 4)
        return [self.step(depth, self.dice.choice(kinds), kinds) for _ in range(count)]

    def step(self, depth, kind, kinds):
        if kind in ("raise", "wait", "lone wait"):
            return kind, self.luck()
        if depth == 0:
            return ("raise" if kinds is PLAIN else "wait"), self.luck()
        if kind == "call":
            return kind, self.steps(depth - 1, PLAIN)
        if kind == "drive":
            return kind, self.drive(depth - 1)
        steps = self.steps(depth - 1, kinds)
        if kind == "ticks":
            return kind, (steps, self.luck(), self.ways())
        return kind, (steps, self.luck())

    def drive(self, depth):
        kind = self.dice.choice(["generator", "coroutine"])
        kinds = GENERATOR if kind == "generator" else COROUTINE
        steps, ways = self.steps(depth, kinds), self.ways()
        if self.dice.random() < 0.3:
            ways.append("close")
        return kind, steps, ways, self.luck()
