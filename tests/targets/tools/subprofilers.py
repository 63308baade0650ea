# SPDX-License-Identifier: Apache-2.0
"""Several interpreters, each with an audit hook, profile functions that come and
go, and collections in which Python code runs (3.8 to 3.11)."""
import cProfile
import sys
import threading

SCRIPT = """
import gc, sys
sys.addaudithook(lambda event, arguments: [len(event) for _ in range(1)])
class Cycle:
    def __init__(self): self.me = self
    def __del__(self): leaf()
def leaf(): return [number for number in range(3)]
def steps(): yield 1
gc.set_threshold(3, 2, 2)
for _ in range(10):
    sys.setprofile(lambda *_: None)
    leaf()
    sys.setprofile(None)
    leaf(); Cycle(); list(steps())
"""


def scripts(interpreters):
    number = interpreters.create()
    for _ in range(2):
        interpreters.run_string(number, SCRIPT)
    interpreters.destroy(number)


def work():
    for _ in range(10):
        sys.setprofile(lambda *_: None)
        sum(number for number in range(3))
        sys.setprofile(None)
        profile = cProfile.Profile()
        profile.enable()
        sum(number for number in range(3))
        profile.disable()


def main():
    import _xxsubinterpreters as interpreters
    for _ in range(2):
        scripts(interpreters)
        work()
    thread = threading.Thread(target=work)
    thread.start()
    scripts(interpreters)
    thread.join()


def last():
    print("done")


if (3, 8) <= sys.version_info < (3, 12):
    main()
last()
