"""Threads that C code makes, and that come to Python by a callback."""

import ctypes

libc = ctypes.CDLL(None)
BODY = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)


def leaf(n):
    return n


@BODY
def body(argument):
    for n in range(argument or 0):
        leaf(n)
    return 0


def run(count):
    thread = ctypes.c_ulong()
    libc.pthread_create(ctypes.byref(thread), None, body, ctypes.c_void_p(count))
    libc.pthread_join(thread, None)


for count in (1, 2, 3):
    run(count)
