"""Audit hooks see, and may forbid, what a tracer does."""
import sys
import threading

forbid = len(sys.argv) > 1
seen = []


def hook(event, arguments):
    seen.append(event)
    if forbid and event == "sys.setprofile":
        raise RuntimeError("no profilers here")


def leaf():
    pass


if hasattr(sys, "addaudithook"):
    sys.addaudithook(hook)
threads = [threading.Thread(target=leaf) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
leaf()
print("done")
