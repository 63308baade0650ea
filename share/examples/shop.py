#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A shop that works off a day's orders: something to look at in a timeline.

Three threads take orders from a queue; each is parsed, priced, packed and
written as JSON.  Now and then one order takes far longer than the others.
Find it, and see what it did differently.
"""

import collections
import json
import queue
import random
import re
import threading
import time

LINE = re.compile(r"(?P<count>\d+) x (?P<article>[a-z ]+) at (?P<price>\d+\.\d\d)")
ARTICLES = ["apple", "bread", "candle", "dried fig", "egg", "flour", "garlic"]


class Order:
    def __init__(self, number, text):
        self.number = number
        self.text = text
        self.items = []

    def parse(self):
        self.items = [self.parse_line(line) for line in self.text.splitlines()]
        return self

    def parse_line(self, line):
        match = LINE.match(line)
        return match.group("article"), int(match.group("count")), float(match.group("price"))

    def total(self):
        return sum(count * price for _, count, price in self.items)


class Warehouse:
    """Boxes packed by recursion: the best way to fill what is left."""

    def __init__(self):
        self.shelf = {}
        self.lock = threading.Lock()

    def weight(self, article):
        with self.lock:
            if article not in self.shelf:
                self.shelf[article] = self.look_up(article)
            return self.shelf[article]

    def look_up(self, article):
        time.sleep(0.004)
        return len(article) + 1

    def pack(self, order, room=12):
        weights = [self.weight(article) for article, _, _ in order.items]
        return self.fill(sorted(weights, reverse=True), room)

    def fill(self, weights, room):
        if not weights or room <= 0:
            return 0
        first, rest = weights[0], weights[1:]
        without = self.fill(rest, room)
        if first > room:
            return without
        return max(without, first + self.fill(rest, room - first))


class Ledger:
    def __init__(self):
        self.lines = []
        self.lock = threading.Lock()

    def enter(self, order, packed):
        line = json.dumps(
            {
                "order": order.number,
                "items": [list(item) for item in order.items],
                "total": round(order.total(), 2),
                "packed": packed,
            },
            sort_keys=True,
        )
        with self.lock:
            self.lines.append(line)
            if len(self.lines) % 60 == 0:
                self.audit()

    def audit(self):
        """The surprise: everybody waits while one thread reads it all again."""
        totals = collections.Counter()
        for entry in self.read_back():
            for article, count, _ in entry["items"]:
                totals[article] += count
        return totals.most_common(3)

    def read_back(self):
        for line in self.lines:
            yield json.loads(line)


def make_orders(count, seed=7):
    dice = random.Random(seed)
    for number in range(count):
        lines = (
            "%d x %s at %.2f" % (dice.randint(1, 9), article, dice.uniform(0.5, 20))
            for article in dice.sample(ARTICLES, dice.randint(2, 6))
        )
        yield Order(number, "\n".join(lines))


def handle(order, warehouse, ledger):
    order.parse()
    packed = warehouse.pack(order)
    ledger.enter(order, packed)


def work(orders, warehouse, ledger):
    while True:
        order = orders.get()
        if order is None:
            return
        handle(order, warehouse, ledger)


def main():
    orders, warehouse, ledger = queue.Queue(maxsize=20), Warehouse(), Ledger()
    names = ["till", "counter", "web"]
    threads = [
        threading.Thread(target=work, args=(orders, warehouse, ledger), name=name)
        for name in names
    ]
    for thread in threads:
        thread.start()
    for order in make_orders(300):
        orders.put(order)
    for _ in threads:
        orders.put(None)
    for thread in threads:
        thread.join()
    best = ", ".join("%s %d" % pair for pair in ledger.audit())
    print("%d orders; most wanted: %s" % (len(ledger.lines), best))


if __name__ == "__main__":
    main()
