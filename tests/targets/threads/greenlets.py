"""Greenlets that switch in every way; the outermost function of each is its own."""

import threading

import greenlet


def leaf(n):
    return n


def ping(others, count):
    for i in range(count):
        leaf(i)
        bounce(others)


def bounce(others):
    others.reverse()
    others[0].switch(others, 3)


def nested(depth, root):
    leaf(depth)
    if depth:
        inner = greenlet.greenlet(nested)
        inner.switch(depth - 1, root)
    else:
        root.switch()
    leaf(depth)


def steps(n):
    for i in range(n):
        greenlet.getcurrent().parent.switch()
        yield i


def generates():
    for i in steps(3):
        leaf(i)


def catches():
    try:
        greenlet.getcurrent().parent.switch()
    except ValueError:
        leaf(1)
    fails()


def fails():
    raise KeyError("through")


def forever():
    while True:
        greenlet.getcurrent().parent.switch()


def thrown():
    g = greenlet.greenlet(catches)
    g.switch()
    try:
        g.throw(ValueError)
    except KeyError:
        leaf(2)


def ping_pong():
    one = greenlet.greenlet(ping)
    two = greenlet.greenlet(ping)
    one.switch([one, two], 3)
    two.switch()


def generated():
    g = greenlet.greenlet(generates)
    while not g.dead:
        leaf(0)
        g.switch()


def collected():
    g = greenlet.greenlet(forever)
    g.switch()
    g.switch()
    del g
    leaf(3)


def all_ways():
    thrown()
    ping_pong()
    generated()
    collected()
    root = greenlet.getcurrent()
    g = greenlet.greenlet(nested)
    g.switch(3, root)
    del g


def main():
    all_ways()
    for name in "first", "second":
        thread = threading.Thread(target=all_ways, name=name)
        thread.start()
        thread.join()
    leaf(4)


main()
