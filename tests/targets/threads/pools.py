"""Threads of pools and of a timer."""

import concurrent.futures
import multiprocessing.pool
import threading


def leaf(n):
    return n


def work(n):
    return leaf(n)


def rename():
    threading.current_thread().name = "late timer"
    work(0)


def main():
    with concurrent.futures.ThreadPoolExecutor(3, "named") as pool:
        assert sum(pool.map(work, range(29))) == sum(range(29))
    pool = multiprocessing.pool.ThreadPool(3)
    assert sum(pool.map(work, range(30))) == sum(range(30))
    pool.close()
    pool.join()
    timer = threading.Timer(0, rename)
    timer.start()
    timer.join()


main()
