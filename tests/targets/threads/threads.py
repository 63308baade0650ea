"""Threads by threading, one after the other and at the same time."""

import threading


def work(n):
    return sum(step(i) for i in range(n))


def step(i):
    return max(i, 2)


def starts_another(n):
    inner = threading.Thread(target=work, args=(n,), name="inner")
    inner.start()
    inner.join()


class Worker(threading.Thread):
    def __init__(self, barrier):
        super().__init__(name="class worker")
        self.barrier = barrier

    def run(self):
        self.barrier.wait()
        work(2)


def main():
    first = threading.Thread(target=work, args=(3,), name="first")
    first.start()
    first.join()
    outer = threading.Thread(target=starts_another, args=(2,), name="outer")
    outer.start()
    outer.join()
    barrier = threading.Barrier(3)
    workers = [Worker(barrier) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


main()
