"""Functions and generators are left by a signal handler, often at their entry."""

import signal


class Late(Exception):
    pass


def handler(number, frame):
    raise Late


def leaf():
    pass


def recursive(n):
    if n:
        recursive(n - 1)


def generator():
    while True:
        yield


def work():
    steps = generator()
    while True:
        leaf()
        recursive(10)
        next(steps)


def after():
    pass


def main():
    for _ in range(100):
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            work()
        except Late:
            pass
    after()


signal.signal(signal.SIGALRM, handler)
main()
