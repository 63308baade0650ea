"""Four interpreters with locks of their own, at the same time, in four threads."""

import sys
import threading

if sys.version_info >= (3, 13):
    import _interpreters as module
else:
    import _xxsubinterpreters as module

CODE = """
import textwrap, json

class Made:
%s

def leaf(n):
    return len(str(n))

def work(made, count):
    for i in range(count):
        leaf(i)
    for name in dir(made):
        if name.startswith("method"):
            getattr(made, name)()

work(Made(), 20000)
json.dumps([1, 2])
""" % "\n".join("    def method%d(self): return None" % i for i in range(300))


def run(interpreter):
    if sys.version_info >= (3, 13):
        assert module.exec(interpreter, CODE) is None
    else:
        module.run_string(interpreter, CODE)


def main():
    interpreters = [module.create() for _ in range(4)]
    threads = [threading.Thread(target=run, args=(one,)) for one in interpreters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in interpreters:
        module.destroy(one)


main()
