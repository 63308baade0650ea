"""Calls of every kind: plain, recursive, nested, methods, C functions."""

import functools
import operator


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def outer(n):
    def inner(m):
        return m + n

    return inner(1) + inner(2)


def keywords(a, *rest, b=2, **more):
    return len(rest) + len(more) + a + b


def decorate(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments)

    return wrapper


@decorate
def decorated(n):
    return n


class Shop:
    class Inner:
        def deep(self):
            return self

    stock = 3

    def __init__(self, name):
        self.name = name
        self.items = []

    def __call__(self, item):
        self.items.append(item)
        return self

    def __len__(self):
        return self.stock

    @property
    def size(self):
        return len(self)

    @staticmethod
    def static(n):
        return abs(n)

    @classmethod
    def make(cls, name):
        return cls(name)


class Branch(Shop):
    def __init__(self, name):
        super().__init__(name.upper())


def c_functions():
    numbers = [3, 1, 2]
    numbers.append(4)
    list.append(numbers, 5)
    numbers.sort(key=operator.neg)
    "a-b".split("-")
    "-".join(["a", "b"])
    {}.get("x")
    dict.fromkeys("ab")
    max(numbers, key=lambda n: -n)
    sorted(numbers, key=fib)
    functools.reduce(lambda a, b: a + b, numbers)
    isinstance(numbers, list)
    operator.add(1, 2)
    (*map(fib, numbers[:2]),)


def no_spans():
    int("3")
    functools.partial(keywords, 1)
    range(3)


def unpacked():
    arguments = ([1],)
    named = {"key": None}
    len(*arguments)
    sorted(*arguments, **named)
    keywords(*(1, 2, 3), **{"c": 4})


def main():
    fib(5)
    outer(3)
    keywords(1, 2, 3, b=4, c=5)
    decorated(1)
    shop = Shop.make("corner")
    shop("apple")("pear")
    shop.size
    Shop.static(-1)
    Branch("high street").Inner().deep()
    c_functions()
    no_spans()
    unpacked()
    for _ in range(3):
        (lambda n: n)(1)


main()
