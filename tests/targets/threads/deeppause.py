"""A pause starts at the bottom of a deep recursion, and ends when that is over;
then, in other recordings of the program's own, one ends and the next one starts
at the bottom."""

import sys
import threading

import codesnap

DEPTH = 1200

sys.setrecursionlimit(10 * DEPTH)


def leaf():
    pass


def dive(n, bottom):
    if n:
        dive(n - 1, bottom)
    else:
        bottom()


def leaves():
    for _ in range(100):
        leaf()


def pause():
    codesnap.pause()


def paused():
    dive(DEPTH, pause)
    codesnap.resume()
    leaves()


def begun_again(output):
    snap = codesnap.CodeSnap(c_calls=False)

    def again():
        snap.stop(output_file=output)
        snap.start()

    snap.start()
    dive(DEPTH, again)
    snap.stop(output_file=output)
    snap.start()
    leaves()
    snap.stop(output_file=output)


threading.stack_size(1 << 20)  # a quarter of it is used long before DEPTH
work = threading.Thread(target=begun_again if sys.argv[1:] else paused, args=sys.argv[1:])
work.start()
work.join()
