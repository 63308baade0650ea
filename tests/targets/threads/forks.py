"""Forks inside a greenlet; the child goes on in both."""

import os

import greenlet


def leaf(n):
    return n


def work(root):
    leaf(1)
    pid = os.fork()
    leaf(2)
    root.switch(pid)
    leaf(3)


def main():
    one = greenlet.greenlet(work)
    pid = one.switch(greenlet.getcurrent())
    leaf(4)
    one.switch()
    leaf(5)
    if pid:
        print(os.waitpid(pid, 0)[1])


main()
