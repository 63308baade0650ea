"""Code that runs in other interpreters, one after the other and inside of calls;
prints what each of them counted."""

import sys
import threading

CODE = """
def leaf(n):
    return abs(n)

def work(n):
    for i in range(n):
        leaf(i)

work(%d)
"""


class Interpreter:
    """By whatever this version has."""

    def __init__(self):
        if sys.version_info >= (3, 13):
            import _interpreters as module
        elif sys.version_info >= (3, 8):
            import _xxsubinterpreters as module
        else:
            module = None
        self.module = module
        self.id = module.create() if module else None

    def run(self, code):
        if self.module is None:
            from _testcapi import run_in_subinterp

            run_in_subinterp(code)
        elif sys.version_info >= (3, 13):
            self.module.exec(self.id, code)
        else:
            self.module.run_string(self.id, code)

    def close(self):
        if self.module:
            self.module.destroy(self.id)


def leaf(n):
    return n


def inside(interpreter, n):
    leaf(n)
    interpreter.run(CODE % n)
    leaf(n)


def main():
    first, second = Interpreter(), Interpreter()
    inside(first, 10)
    inside(second, 20)
    inside(first, 1)
    thread = threading.Thread(target=inside, args=(second, 2), name="worker")
    thread.start()
    thread.join()
    first.close()
    second.close()
    leaf(0)


main()
