# SPDX-License-Identifier: Apache-2.0
"""Profile functions set by C code, also as a thread ends, and an audit hook that
starts threads."""
import ctypes
import sys
import threading

api = ctypes.pythonapi
function = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p,
                            ctypes.c_int, ctypes.c_void_p)
events = 0
busy = False


@function
def count(owner, frame, what, argument):
    global events
    events += 1
    return 0


def leaf():
    pass


def work():
    for _ in range(20):
        api.PyEval_SetProfile(count, None)
        leaf()
        api.PyEval_SetProfile(None, None)
        leaf()
    api.PyEval_SetProfile(count, None)
    leaf()


def in_thread(target):
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()


def hook(event, arguments):
    global busy
    if event == "compile" and not busy:
        busy = True
        in_thread(leaf)
        busy = False


def last():
    print("done", events > 50)


if hasattr(sys, "addaudithook"):
    sys.addaudithook(hook)
work()
api.PyEval_SetProfile(None, None)
in_thread(work)
threading.setprofile(lambda *_: None)
in_thread(leaf)
threading.setprofile(None)
for _ in range(5):
    exec("def fresh(): pass\nfresh()", {})
last()
