"""Work of the standard library, as codesnap or cProfile counts it: standard.py
WHICH [OUT].  What is imported or cached at the first time is so before."""

import ast
import collections
import difflib
import io
import itertools
import json
import random
import re
import sys
import textwrap
import tokenize

SOURCE = textwrap.dedent(
    """
    class Shop:
        'a "shop"'
        def __init__(self, *names, **prices):
            self.names = [name.upper() for name in names if name]
            self.prices = {k: v * 1.5 + 1 for k, v in prices.items()}
        def total(self):
            try:
                return sum(self.prices[name] for name in self.names)
            except KeyError as error:
                raise ValueError("no price") from error
    """
) * 5


def trip():
    random.seed(1)
    value = [{"n": n, "f": random.random(), "t": "\u20ac\n" * (n % 3), "l": [None, True, [n]]} for n in range(40)]
    for options in {}, {"indent": 1}, {"sort_keys": True, "ensure_ascii": False}:
        assert json.loads(json.dumps(value, **options)) == value


def tokens():
    for _ in range(2):
        list(tokenize.generate_tokens(io.StringIO(SOURCE).readline))


def patterns():
    re.purge()
    for pattern in r"(a|b)*?c{2,3}[^\s\d]+(?P<n>x)(?(n)y|z)", r"(?i:\bfoo\b)|(?!bar)baz$", r"[\w.]+@(?:\w+\.)+[a-z]{2,}":
        re.sub(pattern, lambda match: match.group(0)[::-1], "acc foo you@example.org " * 5)


def trees():
    tree = ast.parse(SOURCE)
    assert ast.dump(tree) == ast.dump(ast.parse(SOURCE))
    for node in ast.walk(tree):
        ast.iter_child_nodes(node)
    ast.fix_missing_locations(ast.NodeTransformer().visit(tree))


def squares(n):
    for i in range(n):
        yield from (i * i for _ in range(2))


def evens(values):
    return (value for value in values if value % 2 == 0)


def paired(values):
    first = None
    for value in values:
        if first is not None:
            yield first, value
        first = value


def pipeline():
    counts = collections.Counter()
    for a, b in itertools.islice(paired(evens(squares(50))), 30):
        counts[b - a] += 1
    stopped = paired(evens(squares(50)))
    next(stopped)
    stopped.close()
    return list(difflib.unified_diff(SOURCE.split("\n"), SOURCE.replace("name", "word").split("\n")))


def main(which, out=None):
    work = globals()[which]
    work()
    if out is None:
        import codesnap

        codesnap.resume()
        work()
        codesnap.pause()
        return
    import cProfile

    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    profile.dump_stats(out)


main(*sys.argv[1:])
