"""What a program can see of its surroundings.  The same with and without us."""

import atexit
import gc
import os
import signal
import sys
import threading
import warnings


def hidden(name):
    return name.startswith("CODESNAP_") or name == "LD_PRELOAD"


def signals():
    for number in range(1, signal.NSIG):
        try:
            if signal.getsignal(number) != signal.SIG_DFL:
                yield number, signal.getsignal(number)
        except ValueError:
            pass


def main():
    print("argv", sys.argv)
    print("path", sys.path)
    print("flags", sys.flags)
    print("modules", sorted(sys.modules))
    print("main", sorted(vars(sys.modules["__main__"])))
    print("builtins", len(sys.builtin_module_names))
    print("getprofile", sys.getprofile(), "gettrace", sys.gettrace())
    print("threads", threading.active_count(), len(os.listdir("/proc/self/task")))
    print("descriptors", sorted(os.listdir("/proc/self/fd"), key=int))
    print("environment", sorted(name for name in os.environ if not hidden(name)))
    print("limit", sys.getrecursionlimit())
    print("switch", sys.getswitchinterval())
    print("gc", gc.isenabled(), gc.get_threshold(), gc.callbacks, gc.garbage)
    print("signals", list(signals()))
    print("mask", signal.pthread_sigmask(signal.SIG_BLOCK, []))
    print("atexit", getattr(atexit, "_ncallbacks", int)())
    print("filters", len(warnings.filters))
    print("exception", sys.exc_info())
    print("directory", os.getcwd(), oct(os.umask(0o22)))
    print("children", os.path.exists("/proc/self/task/%d/children" % os.getpid()))


main()
