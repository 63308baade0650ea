"""A recursion deeper than a chunk's header has room for, that returns."""
import sys
import threading


def dive(n):
    return 0 if n == 0 else dive(n - 1) + 1


sys.setrecursionlimit(100000)
threading.stack_size(512 << 20)
thread = threading.Thread(target=lambda: print(dive(20000), dive(3), dive(17000)))
thread.start()
thread.join()
