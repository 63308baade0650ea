"""Qualified names, which code objects have from 3.11 on only."""


class Shop:
    class Inner:
        def deep(self):
            return [square(n) for n in (1, 2)]

        def make(self):
            def local():
                return (lambda n: n)(3)

            return local

    def buy(self):
        return self.Inner().deep()


def square(n):
    return n * n


def twice(function):
    class Wrapped:
        def __call__(self):
            return function(), function()

    return Wrapped()


Shop().buy()
Shop.Inner().make()()
twice(lambda: 1)()
