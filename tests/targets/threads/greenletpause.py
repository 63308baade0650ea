"""Greenlets that end, go on and begin while the recording pauses."""

import codesnap
import greenlet


def leaf(n):
    return n


def outer(n):
    inner(n)
    leaf(n)


def inner(n):
    leaf(n)
    greenlet.getcurrent().parent.switch()
    leaf(n)


a, b = greenlet.greenlet(outer), greenlet.greenlet(outer)
a.switch(1)
codesnap.pause()
b.switch(2)
a.switch()
codesnap.resume()
leaf(10)
b.switch()
c = greenlet.greenlet(outer)
c.switch(3)
codesnap.pause()
codesnap.resume()
c.switch()
leaf(11)
