"""Uses the hooks that a tracer uses, and prints what it gets of them."""

import cProfile
import sys
import threading


def before():
    return 1


def during():
    return len("x")


def after():
    return 3


def own_profile_function():
    seen = []
    sys.setprofile(lambda frame, event, argument: seen.append(event))
    during()
    sys.setprofile(None)
    # Under any other profiler the return of sys.setprofile itself comes first.
    return seen[seen.index("call"):]


def own_trace_function():
    seen = []

    def local(frame, event, argument):
        seen.append(event)
        return local

    sys.settrace(local)
    during()
    sys.settrace(None)
    return seen


def own_cprofile():
    profile = cProfile.Profile()
    profile.enable()
    during()
    profile.disable()
    return sorted(
        (str(getattr(entry.code, "co_name", entry.code)), entry.callcount)
        for entry in profile.getstats()
    )


def in_a_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


before()
for function in (own_profile_function, own_trace_function, own_cprofile):
    print(function.__name__, function())
    after()
    print(function.__name__, in_a_thread(function))
    after()
print(sys.getprofile(), sys.gettrace())
