# SPDX-License-Identifier: Apache-2.0
"""Another tool evaluates frames (PEP 523).  It keeps what it put in, whatever a
tracer does meanwhile.  Its function is the interpreter's own, as in a tool that
asks nobody else; with "chain" it puts back what it found at last."""
import ctypes
import sys
import threading

api = ctypes.pythonapi
chain = sys.argv[1:] == ["chain"]


def slot():
    api.PyInterpreterState_Get.restype = ctypes.c_void_p
    get = api._PyInterpreterState_GetEvalFrameFunc
    put = api._PyInterpreterState_SetEvalFrameFunc
    get.argtypes, get.restype = [ctypes.c_void_p], ctypes.c_void_p
    put.argtypes, put.restype = [ctypes.c_void_p] * 2, None
    own = api.PyInterpreterState_Get()
    return lambda: get(own), lambda function: put(own, function)


def subinterpreter():
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        return
    number = interpreters.create()
    interpreters.run_string(number, "def f(): pass\nf()")
    interpreters.destroy(number)


def paused():
    try:
        import codesnap
    except ImportError:
        return
    codesnap.pause()
    codesnap.resume()


def deep(levels):
    return levels and deep(levels - 1)


def leaf():
    pass


def work():
    leaf()
    sys.setrecursionlimit(30000)
    deep(8000)


def last():
    print("done")


def main():
    get, put = slot()
    found = get()
    tool = ctypes.cast(api._PyEval_EvalFrameDefault, ctypes.c_void_p).value
    put(tool)
    for step in work, subinterpreter, paused, work:
        step()
        assert get() == tool, step
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert get() == tool
    if chain:
        put(found)
        work()


if (3, 9) <= sys.version_info < (3, 12):
    main()
last()
