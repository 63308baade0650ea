"""Frames and C functions that end by an exception, caught near or far."""


def fails(n):
    if n == 0:
        raise ValueError("bottom")
    return fails(n - 1)


def catches():
    try:
        fails(3)
    except ValueError:
        return "caught"


def passes_through():
    try:
        fails(1)
    finally:
        len("cleanup")


def reraises():
    try:
        passes_through()
    except ValueError as error:
        raise KeyError("other") from error


def c_function_fails():
    try:
        [].pop()
    except IndexError:
        pass
    try:
        len(5)
    except TypeError:
        pass
    try:
        sorted([1, 2], key=fails_as_key)
    except ZeroDivisionError:
        pass


def fails_as_key(n):
    return n / 0


class Context:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return kind is ValueError


def main():
    catches()
    try:
        reraises()
    except KeyError:
        pass
    c_function_fails()
    with Context():
        fails(1)
    try:
        raise SystemExit(3)
    except SystemExit:
        pass


main()
