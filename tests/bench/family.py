#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The program of the large recordings: processes with threads that take orders.

    family.py CALLS [PROCESSES [THREADS]]

About so many calls, shared by all threads; on Python 3.6 and newer.  A round's
calls are always the same ones, so that what was recorded can be counted after:
prints a line of JSON with the rounds in all, and the calls of each function in
one.  Every thousandth round of a thread is a slow one.
"""

import json
import os
import sys
import threading
import time

ITEMS = 24
DEPTH = 5
SLOW = 1000  # rounds from one slow one to the next


class Basket:
    def __init__(self):
        self.items = []

    def put(self, item):
        if self.check(item):
            self.items.append(item)

    def check(self, item):
        return isinstance(item, int)

    def prices(self):
        for item in self.items:
            yield self.price(item)

    def price(self, item):
        return round(item * 1.19, 2)

    def total(self):
        return sum(self.prices())


def search(depth):
    if depth == 0:
        return 1
    return search(depth - 1) + search(depth - 1)


def fill(basket):
    for item in range(ITEMS):
        basket.put(item)


def wait_for_stock():
    time.sleep(0.005)


def take_order(number):
    basket = Basket()
    fill(basket)
    if number % SLOW == SLOW - 1:
        wait_for_stock()
    return basket.total() + search(DEPTH)


# Calls of a round by name, but for the slow ones' two.
ROUND = {
    "take_order": 1,
    "Basket.__init__": 1,
    "fill": 1,
    "Basket.put": ITEMS,
    "Basket.check": ITEMS,
    "builtins.isinstance": ITEMS,
    "list.append": ITEMS,
    "Basket.total": 1,
    "builtins.sum": 1,
    "Basket.price": ITEMS,
    "builtins.round": ITEMS,
    "search": 2 ** (DEPTH + 1) - 1,
}
IN_C = ("builtins.isinstance", "list.append", "builtins.sum", "builtins.round")
ROUND_CALLS = sum(ROUND.values()) + 1  # and the generator, Basket.prices


def work(rounds):
    for number in range(rounds):
        take_order(number)


def serve(threads, rounds):
    started = [threading.Thread(target=work, args=(rounds,), name="Desk-%d" % (i + 1)) for i in range(threads - 1)]
    for thread in started:
        thread.start()
    work(rounds)
    for thread in started:
        thread.join()


def main(calls, processes=4, threads=4):
    rounds = int(calls) // ROUND_CALLS // (int(processes) * int(threads))
    children = []
    for _ in range(int(processes) - 1):
        pid = os.fork()
        if pid == 0:
            serve(int(threads), rounds)
            os._exit(0)
        children.append(pid)
    serve(int(threads), rounds)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1] != 0]
    print(json.dumps({"rounds": rounds * int(processes) * int(threads), "round": ROUND}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
