"""All that an output must tell: threads, a fork, recursion, generators with spans
of their own, exceptions, hostile names, a gap, calls that never end, what the
program says itself, and greenlets where there are any."""

import os
import threading

import codesnap

HOSTILE = 'a;b "q", </script>\n\t\x1b[31m {(\udc80\u20ac\U0001f600)}.py'
SOURCE = "def f(): return g()\ndef g(): return len('x')\n"


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def even(n):
    return n == 0 or odd(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def steps(n):
    with codesnap.trace("stepping"):
        for i in range(n):
            with codesnap.trace("step"):
                yield i


def fails(n):
    if not n:
        raise ValueError(n)
    fails(n - 1)


def tells(i):
    with codesnap.trace('load "x"; \u20ac'):
        codesnap.instant(
            "miss", key='a\n\u20ac\U0001f600"x', n=-5, f=0.5, b=True, z=None,
            l=[1, None, {"c": "]}"}], e=[], o={},
        )
        codesnap.counter("queue", length=i, waiting=0.1 * i)
    codesnap.instant("turn; \udc80")
    codesnap.counter("plain", value=-1e300)


def work():
    for i in range(20):
        fib(7)
        even(9)
        sum(steps(5))
        next(steps(2))
        sorted([3, 1, 2], key=lambda v: -v)
        try:
            fails(3)
        except ValueError:
            pass
        tells(i)


def switches():
    try:
        import greenlet
    except ImportError:
        return
    others = []

    def turns(n):
        for i in range(n):
            fib(3)
            others[(i + n) % 2].switch(n)

    others += [greenlet.greenlet(turns) for _ in range(2)]
    for other in others:
        other.switch(5)


def paused():
    codesnap.pause()
    fib(5)
    codesnap.resume()
    fib(2)


def main():
    threads = [threading.Thread(target=work, name='n;"%d' % i) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    space = {}
    exec(compile(SOURCE, HOSTILE, "exec"), space)
    space["f"]()
    switches()
    if os.fork() == 0:
        work()
    else:
        os.wait()
    paused()
    os._exit(0)


main()
