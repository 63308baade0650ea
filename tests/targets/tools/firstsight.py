"""What the garbage collector counts while functions are met, and when it comes."""

import gc
import sys

gc.disable()
SOURCE = """
def generator():
    yield
async def coroutine():
    await x
class Class:
    def __init__(self):
        self.value = 1
    def method(self):
        return len(str(self.value))
"""


def made(kind, call):
    """How many objects each of twenty new functions leaves when it is called."""
    functions = []
    for _ in range(20):
        names = {}
        exec(SOURCE, names)
        functions.append(names[kind])
    kept = []
    gc.collect()
    before = gc.get_count()[0]
    for function in functions:
        kept.append(call(function))
    return round((gc.get_count()[0] - before) / 20)


def begin(function):
    suspended = function()
    next(suspended)
    return suspended


for kind, call in [("generator", begin), ("Class", lambda x: x()), ("Class", lambda x: x().method())]:
    print(kind, made(kind, call))

collected = []


def note(phase, info):
    collected.append((phase, sys._getframe(1).f_code.co_name))


if sys.version_info < (3, 14):  # later what is in free lists is not counted
    gc.collect()
    gc.callbacks.append(note)
    gc.set_threshold(50, 5, 5)
    gc.enable()
    for _ in range(20):
        exec(SOURCE + "kept = [Class() for _ in range(20)]", {})
    gc.disable()
    gc.callbacks.remove(note)
    print(collected)
