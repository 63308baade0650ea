# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured inside the workers, on Python 3.6 and newer.

PROGRAMS maps a name to (function, times): one measured piece of work is that
many calls of the function.  Each does the same work every time it is called.
SLEEPERS take their time, whoever traces them; they are repeated less.
"""

import random
import threading
import time


def recurse(n):
    if n < 2:
        return 1
    return recurse(n - 1) + recurse(n - 2)


def recurse_slowly(n):
    if n < 2:
        return 1
    time.sleep(10e-6)
    return recurse_slowly(n - 1) + recurse_slowly(n - 2)


def move(n, source, target, spare):
    if n == 1:
        return
    move(n - 1, source, spare, target)
    move(n - 1, spare, target, source)


def sort(items):
    """A quicksort that calls: a random pivot, and an append for each item."""
    if len(items) < 2:
        return items
    pivot = items[random.randint(0, len(items) - 1)]
    below, same, above = [], [], []
    for item in items:
        if item < pivot:
            below.append(item)
        elif item == pivot:
            same.append(item)
        else:
            above.append(item)
    return sort(below) + same + sort(above)


def sort_random(count):
    random.seed(1)
    sort([random.randrange(100000) for _ in range(count)])


def lists_and_floats():
    """Few calls for the work: what a tracer must leave alone."""
    columns = [[float(i * j % 17) for i in range(60)] for j in range(60)]
    total = 0.0
    for _ in range(8):
        columns = [scale(column, 0.5) for column in columns]
        total += sum(sum(column) for column in columns)
    return total


def scale(column, factor):
    return [value * factor + 1.0 for value in column]


def count_up(n):
    for i in range(n):
        yield i


def generate():
    total = 0
    for i in count_up(60000):
        total += i
    return total


def call_c():
    text, items = "codesnap", []
    for i in range(30000):
        items.append(len(text))
        abs(i)
    items.clear()


class Account:
    def __init__(self):
        self.balance = 0

    def pay_in(self, amount):
        self.check(amount)
        self.balance += amount

    def check(self, amount):
        if amount < 0:
            raise ValueError(amount)

    @property
    def is_rich(self):
        return self.balance > 1000000


def call_methods():
    account = Account()
    rich = 0
    for i in range(12000):
        account.pay_in(i)
        rich += account.is_rich
    return rich


def share():
    """Four threads: Python calls, C calls and waiting on each other."""
    lock, done = threading.Lock(), []

    def work():
        recurse(15)
        for i in range(200):
            with lock:
                done.append(i)
        sort(list(range(200, 0, -1)))

    random.seed(1)
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


QUERIES = [
    """SELECT a.id, COUNT(*) AS n, SUM(b.price * b.amount) AS total
       FROM accounts AS a JOIN bills AS b ON a.id = b.account_id
       WHERE b.day BETWEEN '2020-01-01' AND '2020-12-31' AND a.name LIKE 'x%'
       GROUP BY a.id HAVING COUNT(*) > 3 ORDER BY total DESC LIMIT 10""",
    """WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t
       WHERE n < 100) SELECT n, CASE WHEN n % 2 = 0 THEN 'even' ELSE 'odd' END
       FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.n = t.n)""",
    """SELECT DATE_ADD(day, INTERVAL 1 DAY), IFNULL(x, y), GROUP_CONCAT(z)
       FROM w WHERE x IN (1, 2, 3) OR NOT (y IS NULL) GROUP BY 1, 2""",
]


def transpile():
    import sqlglot

    for query in QUERIES:
        sqlglot.transpile(query, read="mysql", write="duckdb")


PROGRAMS = {
    "fib(23)": (lambda: recurse(23), 1),
    "slow_fib(15)": (lambda: recurse_slowly(15), 1),
    "hanoi(16)": (lambda: move(16, "a", "b", "c"), 1),
    "qsort(5000)": (lambda: sort_random(5000), 1),
    "list, float": (lists_and_floats, 1),
    "generator": (generate, 1),
    "C calls": (call_c, 1),
    "methods": (call_methods, 1),
    "threads": (share, 1),
    "sqlglot": (transpile, 1),
    "fib(17)": (lambda: recurse(17), 4),
    "slow_fib(13)": (lambda: recurse_slowly(13), 1),
    "hanoi(12)": (lambda: move(12, "a", "b", "c"), 4),
    "qsort(1000)": (lambda: sort_random(1000), 2),
}


SLEEPERS = ("slow_fib(15)", "slow_fib(13)")

# What steps.c counts: nothing but calls.


def nothing():
    pass


def only_python_calls(n):
    for _ in range(n):
        nothing()


def only_c_calls(n):
    call = abs
    for _ in range(n):
        call(1)
