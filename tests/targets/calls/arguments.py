# SPDX-License-Identifier: Apache-2.0
# Calls with arguments of all kinds, some of which cry out if they are asked anything.
import sys


class Order:
    def __init__(self, number, **options):
        self.number, self.items, self.password = number, [1, (2, 3)], "x"

    def total(self, rate, *rest, key=None):
        def inner():  # rate lies in a cell
            return rate

        return inner() * 2


def cry(*arguments):
    print("asked", arguments[1:])
    raise ValueError("asked")


class Loud:
    __repr__ = __str__ = __getattribute__ = __len__ = __eq__ = __hash__ = __bool__ = __iter__ = cry
    __getattr__ = __format__ = __bytes__ = __index__ = __int__ = __float__ = __next__ = cry
    __dict__ = __class__ = property(cry)


class LoudMeta(type):
    __repr__ = __getattribute__ = __eq__ = __hash__ = __len__ = cry
    __name__ = __mro__ = __dict__ = property(cry)


class LoudClass(metaclass=LoudMeta):
    pass


class Color(int):
    pass


class Text(str):
    pass


def take(first, second=2, *others, third=None, **named):
    return first


def changes(first, second):
    first = del_it = "changed"
    del second, del_it
    return first


def steps(count, token):
    yield count
    return count + 1


def login(user, password, db_password, headers, apiKey, token_count):
    return "done"


def get_token():
    return "abc"


def fails(why):
    raise KeyError(why)


def fails_and_goes_on(number):
    try:
        fails(number)
    except KeyError:
        take(sys.exc_info()[0])
        raise


def recurses(depth):
    return recurses(depth - 1) if depth else "bottom"


order = Order(17, raw=b"ab\x00'")
order.total(1.5, 2, key={"a": 1, "Authorization": "x", 5: [6, {"deep": [1]}], b"token": 1})
take(None, True, -1, third=0.1, big=2**60, huge=2**200, vast=10**400, nan=float("nan"), inf=-1e999)
take("\xe9\n\"\\\x7f\ud800\U0001f600", b"\xff'", third={3}, frozen=frozenset([4]), empty=[(), {}, ""])
take(Loud(), [Loud()], third={1: Loud()}, cls=LoudClass, obj=LoudClass())
red = Color(1)
red.name = "red"
take(red, Text("t"), third=take, cls=Order, function=len)
itself = []
itself.append(itself)
take(itself, list(range(1000)), third="x" * 1000000, many=dict.fromkeys("abcdefghijklmnopqrstuvwxyz"), raw=b"y" * 1000)
take(["z" * 300] * 30, ["z" * 300] * 30)
changes("as it was", [1])
list(steps(3, "t"))
login("u", "p", "q", [("Content-Type", "text"), (b"authorization", b"x"), ["X-Api-Key", "k"]], "k", 7)
get_token()
try:
    fails_and_goes_on(5)
except KeyError as error:
    print(error)
recurses(2)
