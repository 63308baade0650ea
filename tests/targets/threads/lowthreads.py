"""Threads by _thread, which threading knows nothing about."""

import _thread


def work(done, n):
    for _ in range(n):
        leaf()
    done.release()


def leaf():
    return None


def main():
    for n in (1, 2):
        done = _thread.allocate_lock()
        done.acquire()
        _thread.start_new_thread(work, (done, n))
        done.acquire()


main()
