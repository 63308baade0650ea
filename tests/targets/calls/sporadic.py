# SPDX-License-Identifier: Apache-2.0
#
# sporadic.py CASE: programs in which some calls are slow, each for another
# reason.  PLANTED says of each case which function codesnap report --slow must
# name.
import asyncio
import gc
import json
import os
import queue
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


# -- a cache that misses -------------------------------------------------

CACHE = {}


def fetch(key):
    time.sleep(0.02)
    return {"key": key}


def look_up(key):
    if key not in CACHE:
        CACHE[key] = fetch(key)
    return CACHE[key]


def price_of(key):
    return look_up(key)["key"] * 3


def cache():
    for i in range(3000):
        price_of(i * i % 23)


# -- a lock that somebody holds ------------------------------------------

LOCK = threading.Lock()
COUNTS = {}


def count(name):
    with LOCK:
        COUNTS[name] = COUNTS.get(name, 0) + 1


def save_counts():
    with LOCK:
        time.sleep(0.05)


def counting(name):
    for _ in range(600):
        count(name)
        time.sleep(0.001)


def lock():
    threads = [threading.Thread(target=counting, args=("t%d" % i,)) for i in range(3)]
    for one in threads:
        one.start()
    for _ in range(8):
        time.sleep(0.05)
        save_counts()
    for one in threads:
        one.join()


# -- a collection of many objects ----------------------------------------


class Node:
    def __init__(self, other):
        self.other = other
        self.data = [self]


def add_node(nodes, i):
    nodes.append(Node(nodes[-1] if nodes else None))
    if i % 400 == 399:
        gc.collect()


def collection():
    nodes = []
    ballast = [[{}] for _ in range(150000)]
    for i in range(4000):
        add_node(nodes, i)
    return ballast


# -- a disk that is waited for -------------------------------------------


def append_record(out, i):
    out.write(b"x" * 200)
    if i % 100 == 99:
        flush(out)


def flush(out):
    out.flush()
    os.fsync(out.fileno())
    time.sleep(0.02)  # a disk that is slow for sure


def disk():
    with tempfile.TemporaryFile() as out:
        for i in range(2000):
            append_record(out, i)


# -- a slow path for some ------------------------------------------------


def checksum(item):
    total = 0
    for i in range(60000 if item % 41 == 7 else 300):
        total = (total * 31 + i) % 65521
    return total


def process_item(item):
    return checksum(item) + 1


def path():
    for item in range(1500):
        process_item(item)


# -- what is tried again -------------------------------------------------


class Unavailable(Exception):
    pass


def send(request, attempt):
    if request % 37 == 5 and attempt < 2:
        raise Unavailable(request)
    return request


def send_with_retry(request):
    for attempt in range(3):
        try:
            return send(request, attempt)
        except Unavailable:
            time.sleep(0.01 * (attempt + 1))


def retry():
    for request in range(1000):
        send_with_retry(request)


# -- a query for each row ------------------------------------------------


def lines_of(db, order):
    return [row[0] for row in db.execute("select id from line where bill = ?", (order,))]


def line_total(db, line):
    return db.execute("select sum(price) from line where id >= ? and id < ? + 40", (line, line)).fetchone()[0]


def order_total(db, order):
    if order % 25:
        return db.execute("select sum(price) from line where bill = ?", (order,)).fetchone()[0]
    return sum(line_total(db, line) for line in lines_of(db, order))


def queries():
    db = sqlite3.connect(":memory:")
    db.execute("create table line(id integer primary key, bill integer, price integer)")
    db.execute("create index by_bill on line(bill)")
    db.executemany("insert into line values(?, ?, ?)", ((i, i % 10 if i < 3000 else i % 300, i) for i in range(9000)))
    for i in range(600):
        order_total(db, i)


# -- an event loop that is blocked ---------------------------------------


async def handle(request):
    await asyncio.sleep(0.001)
    if request % 50 == 3:
        time.sleep(0.03)
    return request


async def serve():
    for first in range(0, 500, 20):
        await asyncio.gather(*(handle(i) for i in range(first, first + 20)))


def eventloop():
    asyncio.get_event_loop_policy().new_event_loop().run_until_complete(serve())


# -- a thread that gets no turn ------------------------------------------

TEXT = "a" * 24 + "!"


def heartbeat():
    time.sleep(0.002)


def beat():
    for _ in range(300):
        heartbeat()


def hog():
    import re

    for _ in range(6):
        re.match("(a+)+$", "a" * 20 + "!")  # holds the interpreter's lock
        time.sleep(0.06)


def starved():
    threads = [threading.Thread(target=beat), threading.Thread(target=hog)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


# -- what is made at first use -------------------------------------------

TABLE = {}


def load_table():
    time.sleep(0.1)
    for i in range(2000):
        TABLE[i] = str(i)


def translate(number):
    if not TABLE:
        load_table()
    return TABLE[number % 2000]


def first():
    for i in range(2000):
        translate(i)


# -- a child process that takes long -------------------------------------


def run_tool(i):
    code = "import time; time.sleep(0.7)" if i == 5 else "pass"
    return subprocess.run([sys.executable, "-S", "-c", code], stdout=subprocess.PIPE).returncode


def child():
    for i in range(8):
        run_tool(i)


# -- an exception and what is done about it ------------------------------


class BadRow(ValueError):
    pass


def parse_row(text):
    try:
        return int(text)
    except ValueError:
        diagnose(text)
        raise BadRow(text)


def diagnose(text):
    for i in range(300):
        json.dumps({"text": text, "try": i, "more": list(range(20))})


def read_row(text):
    try:
        return parse_row(text)
    except BadRow:
        return None


def exception():
    for i in range(2000):
        read_row("x%d" % i if i % 131 == 9 else str(i))


# -- one call out of many ------------------------------------------------


def rotate_log():
    time.sleep(0.25)


def write_log(i):
    if i == 777:
        rotate_log()


def single():
    for i in range(2000):
        write_log(i)


# -- a third of all calls ------------------------------------------------


def resize(i):
    time.sleep(0.012 if i % 3 == 1 else 0.001)


def third():
    for i in range(150):
        resize(i)


# -- a generator some of whose steps are slow ----------------------------


def pages(count):
    for i in range(count):
        if i % 30 == 29:
            read_page(i)
        yield i


def read_page(i):
    time.sleep(0.015)


def generator():
    return sum(pages(600))


# -- deep below wrappers and callbacks -----------------------------------


def wrapped(function):
    def wrapper(*args):
        return function(*args)

    return wrapper


def score(i):
    if i % 60 == 8:
        time.sleep(0.02)
    return -i


@wrapped
def rank(i):
    return sorted([i, i + 1], key=score)


@wrapped
def request(i):
    return list(map(rank, [i * 2]))


def deep():
    for i in range(600):
        request(i)


# -- in a pool of threads ------------------------------------------------


def render(i):
    time.sleep(0.04 if i % 40 == 3 else 0.002)
    return i


def pool():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as executor:
        list(executor.map(render, range(400)))


# -- in a pool of forked processes ---------------------------------------


def convert(i):
    time.sleep(0.04 if i % 40 == 3 else 0.002)
    return i


def processes():
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as workers:
        workers.map(convert, range(200), chunksize=1)
        workers.close()
        workers.join()


# -- behind a library that hands calls on --------------------------------


def answer(i):
    time.sleep(0.03 if i % 40 == 3 else 0.0005)
    return i


def dispatched():
    import functools

    dispatch = functools.singledispatch(answer)
    for i in range(300):
        dispatch(i)


# -- in a worker fed by a queue ------------------------------------------


def consume(item):
    total = sum(range(200))
    if item % 53 == 11:
        busy(0.03)
    return total


def worker(jobs):
    while True:
        item = jobs.get()
        if item is None:
            return
        consume(item)


def fed():
    jobs = queue.Queue()
    thread = threading.Thread(target=worker, args=(jobs,))
    thread.start()
    for i in range(600):
        jobs.put(i)
        if i % 100 == 0:
            time.sleep(0.02)
    jobs.put(None)
    thread.join()


# -- many calls, few slow ------------------------------------------------


def tick(i):
    if i % 50000 == 777:
        time.sleep(0.03)
    return i


def many():
    for i in range(300000):
        tick(i)


PLANTED = {
    "cache": "look_up",
    "lock": "count",
    "collection": "add_node",
    "disk": "append_record",
    "path": "checksum",
    "retry": "send_with_retry",
    "queries": "order_total",
    "eventloop": "handle",
    "starved": "heartbeat",
    "first": "translate",
    "child": "run_tool",
    "exception": "parse_row",
    "single": "write_log",
    "third": "resize",
    "generator": "pages",
    "deep": "score",
    "pool": "render",
    "processes": "convert",
    "dispatched": "answer",
    "fed": "consume",
    "many": "tick",
}

if __name__ == "__main__":
    globals()[sys.argv[1]]()
