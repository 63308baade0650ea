"""Random programs with tools of sys.monitoring, from a seed on, that many; prints
what events came of each, or each event with a third argument.

Left out is what CPython itself does otherwise as soon as there is a second tool:
INSTRUCTION events of several tools (gh-157900), LINE where PY_START is not asked
for, calls and lines that one of several tools disables.
"""
import random
import sys
import zlib

M = sys.monitoring
E = M.events
NAMES = [n for n in dir(E) if n.isupper() and n != "NO_EVENTS"]
LOCAL = [n for n in NAMES if n in (
    "PY_START PY_RESUME PY_RETURN PY_YIELD CALL LINE INSTRUCTION JUMP BRANCH BRANCH_LEFT "
    "BRANCH_RIGHT STOP_ITERATION").split()]
IMPLIED = ("C_RETURN", "C_RAISE")
GLOBAL = [n for n in NAMES if n not in IMPLIED]


def leaf(x):
    return len(str(x)) + abs(-x)


def gen(n):
    for i in range(n):
        if i % 2:
            yield leaf(i)
        else:
            yield i


def deleg(n):
    r = yield from gen(n)
    return r


def bad(x):
    try:
        if x % 3 == 0:
            int("z")
        elif x % 3 == 1:
            raise KeyError(x)
        return [][x]
    except (ValueError, KeyError, IndexError) as e:
        return str(e)
    finally:
        leaf(1)


def thrower():
    try:
        yield 1
    except KeyError:
        yield 2


def stars(*a, **k):
    return max(*a, **k)


def negative(v):
    return -v


class C:
    def __init__(self, x):
        self.x = x

    def __enter__(self):
        return self

    def __exit__(self, *a):
        return True

    def __call__(self, y):
        return sorted([y, self.x], key=negative)


async def co(n):
    return sum([i async for i in aw(n)])


async def aw(n):
    for i in range(n):
        yield i


def body(n):
    total = 0
    for i in gen(n):
        total += i
    total += sum(deleg(n))
    bad(n)
    t = thrower()
    next(t)
    try:
        t.throw(KeyError("q"))
        t.throw(ValueError("v"))
    except ValueError:
        pass
    with C(n) as c:
        c(3)
        raise RuntimeError
    stars(1, n, key=abs)
    stars(*[1, 2], **{"key": abs})
    while total > 10:
        total -= 7
        if total % 2:
            continue
    try:
        co(2).send(None)
    except StopIteration as e:
        total += e.value
    f = C(5)
    g = f.__enter__
    g()
    g(*())
    return [leaf(x) for x in range(2)] + list(map(leaf, [1, 2])) + [total]


CODES = [f.__code__ for f in (leaf, gen, deleg, bad, thrower, stars, body)] + [C.__init__.__code__, C.__call__.__code__]
OURS = set(CODES)
LOG = []


def show(x):
    if hasattr(x, "co_qualname"):
        return x.co_qualname
    if isinstance(x, (int, str, type(None))):
        return x
    if callable(x):
        return getattr(x, "__qualname__", type(x).__name__)
    if x is M.MISSING:
        return "MISSING"
    return type(x).__name__


def callback(tool, event, rng, disables, alone):
    def on(code, *rest):
        if code not in OURS and code.co_filename != __file__:
            return None
        if code.co_name in ("main", "act", "callback", "on", "show", "<module>", "run"):
            return None
        LOG.append((tool, event, code.co_qualname) + tuple(show(x) for x in rest[:2]))
        if disables and event not in ("C_RETURN", "C_RAISE", "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "CALL") and (
                alone is not None or event != "LINE"):
            if (rest[0] // 2 + len(event)) % disables == 0:
                return M.DISABLE
        return None
    return on


def mask(rng, names, k, alone):
    m = 0
    for n in rng.sample(names, min(k, len(names))):
        if n != "INSTRUCTION" or alone is not None:
            m |= getattr(E, n)
        if n == "LINE":
            m |= E.PY_START | E.PY_RESUME
    return m


class Used(set):
    alone = None


def act(rng, used):
    k = rng.randrange(14)
    tool = rng.randrange(6)
    alone = used.alone
    if alone is not None:
        tool = alone
    try:
        if k < 3 and tool not in used:
            M.use_tool_id(tool, "tool%d" % tool)
            used.add(tool)
            d = rng.choice((0, 0, 2, 3))
            for n in NAMES:
                try:
                    M.register_callback(tool, getattr(E, n), callback(tool, n, rng, d, alone))
                except ValueError as e:
                    LOG.append(("error", n, str(e)))
        elif k < 7 and used:
            tool = rng.choice(sorted(used))
            M.set_events(tool, mask(rng, GLOBAL, rng.randrange(5), alone))
        elif k < 9 and used:
            tool = rng.choice(sorted(used))
            M.set_local_events(tool, rng.choice(CODES), mask(rng, LOCAL, rng.randrange(4), alone))
        elif k == 9:
            M.restart_events()
        elif k == 10 and used and rng.random() < .3:
            tool = rng.choice(sorted(used))
            M.set_events(tool, 0)
            for c in CODES:
                M.set_local_events(tool, c, 0)
            for n in NAMES:
                try:
                    M.register_callback(tool, getattr(E, n), None)
                except ValueError:
                    pass
            M.free_tool_id(tool)
            used.discard(tool)
        elif k == 11 and used:
            tool = rng.choice(sorted(used))
            n = rng.choice(NAMES)
            LOG.append(("old", show(M.register_callback(tool, getattr(E, n), callback(tool, n, rng, 0, alone)))))
        elif k == 12:
            LOG.append(("tools", [M.get_tool(i) for i in range(6)]))
        elif k == 13:
            LOG.append(("events", tool, M.get_events(tool), M.get_local_events(tool, rng.choice(CODES))))
    except ValueError as e:
        LOG.append(("error", str(e)))


def run(seed):
    rng = random.Random(seed)
    used = Used()

    if rng.random() < .5:
        used.alone = rng.randrange(6)

    def inside(n):
        act(rng, used)
        return leaf(n)

    OURS.add(inside.__code__)
    for step in range(rng.randrange(3, 12)):
        act(rng, used)
        k = rng.randrange(6)
        if k < 2:
            body(rng.randrange(4))
        elif k == 2:
            inside(1)
        elif k == 3:
            sorted([3, 1, 2], key=inside)
        elif k == 4:
            leaf(1)
            bad(rng.randrange(3))
            list(gen(3))
        else:
            exec("inside(2); leaf(3)", {"inside": inside, "leaf": leaf})
    for tool in sorted(used):
        M.set_events(tool, 0)
        for c in CODES + [inside.__code__]:
            M.set_local_events(tool, c, 0)
        for n in NAMES:
            try:
                M.register_callback(tool, getattr(E, n), None)
            except ValueError:
                pass
        M.free_tool_id(tool)
    OURS.discard(inside.__code__)


def main():
    first, count = int(sys.argv[1]), int(sys.argv[2])
    verbose = len(sys.argv) > 3
    for seed in range(first, first + count):
        run(seed)
        if verbose:
            for line in LOG:
                print(seed, line)
        else:
            print(seed, len(LOG), zlib.crc32(repr(LOG).encode()))
        del LOG[:]
        sys.stdout.flush()


main()
