"""One thread recurses past a quarter of its stack while another one calls."""
import sys
import threading
import time

stop = []


def dive(n):
    return 0 if n == 0 else dive(n - 1) + 1


def leaf():
    pass


def other():
    calls = 0
    while not stop:
        leaf()
        calls += 1
        time.sleep(0.0005)
    print(calls)


sys.setrecursionlimit(300000)
threading.stack_size(256 << 20)
thread = threading.Thread(target=other)
thread.start()
deep = threading.Thread(target=lambda: [dive(100000) for _ in range(3)])
deep.start()
deep.join()
stop.append(1)
thread.join()
