"""Namespaces with keys that are no strings, and a metaclass, that call back, fork,
collect and raise when they are compared or asked.  Prints how often they were."""

import gc
import os
import sys
import threading

ASKED = []
ARMED = []


def leaf():
    return len("abc")


def misbehave(name):
    ASKED.append(name)
    leaf()
    gc.collect()
    child = os.fork() if len(ASKED) < 3 else 1
    if child == 0:
        leaf()
        os._exit(0)
    if child > 1:
        os.waitpid(child, 0)
    raise RuntimeError(name)


class Odd:
    """A key that lies where another one would lie."""

    def __init__(self, twin):
        self.twin = twin

    def __hash__(self):
        return hash(self.twin)

    def __eq__(self, other):
        if ARMED:
            misbehave(self.twin)
        return self is other


class Meta(type):
    def __getattribute__(self, name):
        misbehave("class " + name)


class Table(dict, metaclass=Meta):
    pass


def behind_odd(mapping, name):
    """Whoever looks for the name finds the odd key first."""
    del ARMED[:]
    value = mapping.pop(name)
    mapping[Odd(name)] = None
    mapping[name] = value
    ARMED.append(name)


def in_globals():
    scope = {"leaf": leaf, Odd("__name__"): 1}
    for _ in range(3):
        try:
            eval(compile("leaf()", "odd", "exec"), scope)
        except RuntimeError:
            pass


def in_modules():
    sys.modules["greenlet"] = None
    behind_odd(sys.modules, "greenlet")
    behind_odd(sys.modules, "threading")
    in_a_thread()


def in_a_thread():
    thread = threading.Thread(target=leaf)
    thread.start()
    thread.join()


def in_classes():
    dict.update(dict.__new__(Table), a=1)
    dict.items(dict.__new__(Table))


def main():
    for way in in_globals, in_modules, in_classes:
        ARMED.append(way)
        way()
        del ARMED[:]
        print(way.__name__, len(ASKED), ASKED)
        del ASKED[:]
    leaf()


main()
