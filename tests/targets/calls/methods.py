"""Calls C functions by method objects and other callables, in every way."""

import functools
import types


def wrong(function):
    try:
        function(*())
    except TypeError:
        pass


def after():
    return abs(-1)


def main():
    length = types.MethodType(len, "abc")
    length()
    length(*())
    length(**{})
    partial = functools.partial(len, "ab")
    partial()
    partial(*())
    append = [3].append
    append(1)
    append(*(2,))
    append(*(2,), **{})
    type.__call__(int, "4")
    type.__call__(*(int, "4"))
    upper = types.MethodType(str.upper, "q")
    upper()
    upper(*())
    nested = types.MethodType(types.MethodType(max, 1), 2)
    nested(3)
    nested(*(3,))
    wrong(types.MethodType(len, 5))
    wrong(types.MethodType(types.MethodType(len, 5), 6))
    after()


main()
