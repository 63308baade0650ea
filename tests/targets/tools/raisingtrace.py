"""A trace function raises where a function returns: 3.11 then tells nobody of the end."""

import sys


def leaf():
    return len("abc")


def left():
    return leaf()


def after():
    leaf()


def trace(frame, event, argument):
    if event == "return" and frame.f_code is left.__code__:
        raise KeyError("left")
    return trace


def main():
    for _ in range(10):
        sys.settrace(trace)
        try:
            left()
        except KeyError:
            pass
        after()


main()
