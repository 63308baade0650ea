"""C functions leave Python functions that they called: `jumps.py LIBRARY OVER LEAVE`,
as in `jumps.py ./jumps.so jump_over jump`.  The GIL is held all the time."""

import ctypes
import sys

library = ctypes.PyDLL(sys.argv[1])
over = getattr(library, sys.argv[2])
leave = getattr(library, sys.argv[3])
leave.restype = None


def leaf(n):
    return n


def left(n):
    leaf(n)
    leave(n)
    leaf(-n)


def called(n):
    if n % 3 == 0:
        return leaf(n)
    sorted([n, 0], key=left)
    return -1


callback = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_int)(called)


def once(n):
    told = over(callback, n)
    return leaf(told)


def main():
    print([once(n) for n in range(1, 31)])


main()
