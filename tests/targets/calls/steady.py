# SPDX-License-Identifier: Apache-2.0
#
# steady.py CASE: programs in which no call is slow for a reason: of these
# codesnap report --slow must claim nothing.  Calls take as long as what they
# are given is large.
import asyncio
import json
import math
import os
import queue
import random
import re
import subprocess
import sys
import threading
import time


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def recursion():
    for n in range(8, 22):
        fib(n)


def add_up(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


def loops():
    for _ in range(1500):
        add_up(1000)


def encode(i):
    return json.dumps({"id": i, "list": list(range(i % 50)), "text": "x" * (i % 70)})


def decode(text):
    return json.loads(text)["id"]


def documents():
    return sum(decode(encode(i)) for i in range(2500))


def step(x):
    return math.sqrt(x * x + 1) - math.sin(x)


def numeric():
    x = 0.5
    for _ in range(120000):
        x = step(x)


async def task(n):
    for _ in range(5):
        await asyncio.sleep(0.001)
        add_up(300)


async def all_tasks():
    for _ in range(10):
        await asyncio.gather(*(task(i) for i in range(20)))


def tasks():
    asyncio.get_event_loop_policy().new_event_loop().run_until_complete(all_tasks())


def pool():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(add_up, [2000] * 400))


def numbers(n):
    for i in range(n):
        yield i * 2


def even(stream):
    for i in stream:
        if i % 4 == 0:
            yield i


def generators():
    for _ in range(100):
        sum(even(numbers(1000)))


def imports():
    import argparse, csv, decimal, email.message, fractions, html.parser, logging, pdb, unittest, xml.dom.minidom  # noqa

    return argparse.ArgumentParser()


def work(size):
    return add_up(size)


def spread():
    rng = random.Random(5)
    for _ in range(3000):
        work(int(rng.lognormvariate(5, 0.8)))


def wide():
    rng = random.Random(6)
    for _ in range(2000):
        work(int(rng.lognormvariate(4, 1.5)))


def sort_items(n):
    rng = random.Random(n)
    return sorted([rng.random() for _ in range(n)])


def sorting():
    for n in range(1, 400):
        sort_items(n)


def nap():
    time.sleep(0.002)


def naps():
    for _ in range(300):
        nap()


TOTAL = 0
LOCK = threading.Lock()


def add(n):
    global TOTAL
    with LOCK:
        TOTAL += n


def adding():
    for i in range(3000):
        add(i)


def locks():
    threads = [threading.Thread(target=adding) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def handle(item):
    return add_up(200 + item % 10)


def consumer(jobs, results):
    while True:
        item = jobs.get()
        if item is None:
            return
        results.put(handle(item))


def queues():
    jobs, results = queue.Queue(), queue.Queue()
    threads = [threading.Thread(target=consumer, args=(jobs, results)) for _ in range(3)]
    for one in threads:
        one.start()
    for i in range(600):
        jobs.put(i)
        if i % 60 == 0:
            time.sleep(0.01)
    for _ in threads:
        jobs.put(None)
    for one in threads:
        one.join()


def words(line):
    return re.findall(r"\w+", line)


def count_words(lines):
    counts = {}
    for line in lines:
        for word in words(line):
            counts[word] = counts.get(word, 0) + 1
    return counts


def text():
    rng = random.Random(7)
    lines = [" ".join("w%d" % rng.randrange(500) for _ in range(rng.randrange(5, 15))) for _ in range(3000)]
    return count_words(lines)


class Tree:
    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        side = "left" if key < self.key else "right"
        below = getattr(self, side)
        if below is None:
            setattr(self, side, Tree(key))
        else:
            below.insert(key)

    def walk(self):
        if self.left:
            yield from self.left.walk()
        yield self.key
        if self.right:
            yield from self.right.walk()


def trees():
    rng = random.Random(8)
    for _ in range(5):
        tree = Tree(0.5)
        for _ in range(800):
            tree.insert(rng.random())
        sum(tree.walk())


def read_file(path):
    with open(path) as file:
        return len(file.read())


def files():
    folder = os.path.dirname(os.path.abspath(__file__))
    for _ in range(40):
        for name in sorted(os.listdir(folder))[:20]:
            path = os.path.join(folder, name)
            if path.endswith(".py"):
                read_file(path)


def start_child(i):
    return subprocess.call([sys.executable, "-S", "-c", "pass"])


def children():
    for i in range(6):
        start_child(i)


class Stack(Exception):
    pass


def unwind(n):
    if n == 0:
        raise Stack
    unwind(n - 1)


def exceptions():
    for i in range(2000):
        try:
            unwind(i % 20)
        except Stack:
            pass


def allocate(n):
    return [{"n": i, "self": [i]} for i in range(n)]


def garbage():
    """Kept, it would make the collector's work grow, and its pauses slow calls."""
    for i in range(400):
        last = allocate(120)
    return last


CASES = """recursion loops documents numeric tasks pool generators imports spread wide sorting naps locks queues
text trees files children exceptions garbage"""

if __name__ == "__main__":
    globals()[sys.argv[1]]()
