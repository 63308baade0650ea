# SPDX-License-Identifier: Apache-2.0
"""Every new object starts a collection, and collections run Python code that
raises and that meets functions for the first time."""
import gc
import sys
import weakref

ended = 0
made = 0
references = []


class Cycle:
    def __init__(self):
        self.me = self
        references.append(weakref.ref(self, on_end))

    def __del__(self):
        fresh("deleted")
        raise ValueError("in __del__")


def on_end(reference):
    global ended
    ended += 1
    fresh("weakref")
    raise ValueError("in a callback")


def on_collection(phase, info):
    fresh(phase)
    raise ValueError("in a collection")


def fresh(name):
    """Call a function that nobody has met."""
    global made
    made += 1
    number, space = made, {}
    exec(f"def {name}_{number}(): return (i for i in [{number}])", space)
    assert list(space[f"{name}_{number}"]()) == [number]


def fails(number):
    try:
        raise KeyError(number)
    except KeyError as error:
        Cycle()
        fresh("handler")
        assert error.args == (number,)
        assert sys.exc_info()[1] is error


sys.unraisablehook = lambda *_: None
stderr, sys.stderr = sys.stderr, open("/dev/null", "w")  # before 3.8
gc.callbacks.append(on_collection)
gc.set_threshold(1, 1, 1)
try:
    for number in range(20):
        fails(number)
    assert gc.isenabled()
    gc.callbacks.clear()
    gc.set_threshold(700, 10, 10)
    gc.collect()
finally:
    sys.stderr = stderr


def last():
    print("alive", ended > 0)


last()
