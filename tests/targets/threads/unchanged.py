"""What code in another interpreter sees of it; run traced and untraced."""

import sys

CODE = """
import sys, threading
print(sys.getprofile(), sys.gettrace(), threading.active_count())
print(sorted(name for name in sys.modules if "codesnap" in name), sys.flags)
print(sys.getrecursionlimit(), len(sys.path))
def deep(n):
    return n and deep(n - 1)
print(deep(500))
try:
    deep(100000)
except RecursionError:
    print("RecursionError")
"""

if sys.version_info >= (3, 13):
    import _interpreters as module

    module.exec(module.create(), CODE)
elif sys.version_info >= (3, 8):
    import _xxsubinterpreters as module

    module.run_string(module.create(), CODE)
else:
    from _testcapi import run_in_subinterp

    run_in_subinterp(CODE)
print(sys.getprofile(), len(sys.modules) < 300)
