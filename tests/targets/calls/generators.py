"""Generators: each step is a span, however it starts and ends."""


def count(n):
    for i in range(n):
        yield i


def echo():
    received = None
    while received != "end":
        received = yield received
    return "done"


def catching():
    while True:
        try:
            yield 1
        except ValueError:
            yield 2


def delegating():
    first = yield from count(2)
    second = yield from echo()
    return first, second


def closing():
    try:
        yield 1
    finally:
        len("closed")


def recursive(depth):
    yield depth
    if depth:
        yield from recursive(depth - 1)


def raising():
    yield 1
    raise KeyError("x")


def driven(generator, values):
    next(generator)
    for value in values:
        try:
            generator.send(value)
        except StopIteration:
            break


def main():
    list(count(3))
    driven(echo(), ["a", "b", "end"])
    steps = catching()
    next(steps)
    steps.throw(ValueError())
    driven(delegating(), [None, None, "a", "end"])
    open_one = closing()
    next(open_one)
    open_one.close()
    sum(recursive(3))
    try:
        list(raising())
    except KeyError:
        pass
    sum(n * n for n in count(3))


main()
