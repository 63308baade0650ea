"""Another tool keeps values in code objects: which ones is it given to free?

    extras.py [early|late FILE]   late: codesnap is loaded after the tool's first
                                  index was given out, and records into FILE
"""
import ctypes
import gc
import sys

FREE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
api = ctypes.pythonapi
new = sys.version_info >= (3, 12)
request = api["PyUnstable_Eval_RequestCodeExtraIndex" if new else "_PyEval_RequestCodeExtraIndex"]
request.restype, request.argtypes = ctypes.c_ssize_t, [FREE]
setter = api["PyUnstable_Code_SetExtra" if new else "_PyCode_SetExtra"]
setter.argtypes = [ctypes.py_object, ctypes.c_ssize_t, ctypes.c_void_p]
getter = api["PyUnstable_Code_GetExtra" if new else "_PyCode_GetExtra"]
getter.argtypes = [ctypes.py_object, ctypes.c_ssize_t, ctypes.POINTER(ctypes.c_void_p)]
freed = {}
callbacks = []


def ask(name):
    freed[name] = []
    callbacks.append(FREE(freed[name].append))
    return request(callbacks[-1])


def made(n):
    space = {}
    exec("def outer():\n def inner(): return %d\n return inner()" % n, space)
    return space["outer"]


def get(function, index):
    value = ctypes.c_void_p()
    getter(function.__code__, index, ctypes.byref(value))
    return value.value


def work(indices):
    """Touched before it runs, after it ran, and never."""
    for n, index in enumerate(indices, 1):
        before, after, never = made(n), made(n), made(n)
        setter(before.__code__, index, 100 + n)
        for function in before, after, never, before, after:
            function()
        setter(after.__code__, index, 200 + n)
        after()
        print(get(before, index), get(after, index), get(never, index))
        del before, after, never, function
        gc.collect()


def main():
    first = ask("first")
    touched = made(0)
    setter(touched.__code__, first, 77)
    if sys.argv[1:2] == ["late"]:
        import codesnap

        snap = codesnap.CodeSnap()
        snap.start()
    second = ask("second")
    touched()
    work([first, second])
    touched()
    print(get(touched, first))
    del touched
    gc.collect()
    if sys.argv[1:2] == ["late"]:
        snap.stop(output_file=sys.argv[2])
    for name, values in sorted(freed.items()):
        print(name, sorted(values, key=str))


main()
request(ctypes.cast(ctypes.CDLL(None).fclose, FREE))  # takes no NULL, at exit neither
