# SPDX-License-Identifier: Apache-2.0
"""Decorators, and what the agent wants done in Python."""

import types
from time import monotonic

from codesnap._core import core, hide_all

trace = core.trace

JSON_BYTES = 12000  # an instant has room for a little more
STEPS = 0x20 | 0x80 | 0x200  # generators and coroutines
COPIED = ("__module__", "__name__", "__qualname__", "__doc__", "__kwdefaults__", "__type_params__")
COPIED += ("__annotate__" if hasattr(types.FunctionType, "__annotate__") else "__annotations__",)


class watch:
    """A named span of which a snapshot is written each time it takes longer:

        with codesnap.watch("request", slower_than=0.5):
            handle(request)

    slower_than is in seconds.  codesnap-run writes the snapshot, where it was given
    --last, --trigger or --snapshots; else the place is marked in the recording.
    TypeError: name is not a str, or slower_than no number from 0 on."""

    def __init__(self, name, slower_than):
        if not isinstance(name, str):
            raise TypeError("watch() needs a name (str), not %r" % (name,))
        if not isinstance(slower_than, (int, float)) or not slower_than >= 0:
            raise TypeError("watch(%r): slower_than must be seconds, from 0 on, not %r" % (name, slower_than))
        self._name, self._limit = name, slower_than
        self._span = trace(name)

    def __enter__(self):
        self._span.__enter__()
        self._begin = monotonic()
        return self

    def __exit__(self, kind, error, traceback):
        seconds = monotonic() - self._begin
        self._span.__exit__(kind, error, traceback)
        if seconds > self._limit:
            core.alarm(self._name, seconds)


def decorate(name, function):
    """@trace: a named span around each call of the function."""
    inner = getattr(function, "__func__", function)
    return around(trace(name or getattr(inner, "__qualname__", None) or repr(function)), function)


def around(span, function):
    kind = type(function)
    if kind is types.FunctionType:
        return copy(function, with_span(function.__code__, span, function.__qualname__))
    if kind is types.MethodType:
        return kind(around(span, function.__func__), function.__self__)
    if kind in (staticmethod, classmethod):
        return kind(around(span, function.__func__))
    if kind.__name__ == "partial" and kind.__module__ == "functools":
        return kind(around(span, function.func), *function.args, **function.keywords)
    return wrap(span, function)


def with_span(code, span, name):
    """The same code, in which a tracer finds the span: behind its constants."""
    constants = code.co_consts + (span,)
    if hasattr(code, "replace"):
        made = code.replace(co_consts=constants)
    else:  # up to 3.7
        fields = "argcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name firstlineno lnotab freevars cellvars"
        made = types.CodeType(*[constants if field == "consts" else getattr(code, "co_" + field) for field in fields.split()])
    core.name_code(made, name)
    return made


def copy(function, code):
    made = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    for name in COPIED:
        if hasattr(function, name):
            setattr(made, name, getattr(function, name))
    vars(made).update(vars(function), __wrapped__=function)
    return made


def wrap(span, function):
    """For what has no code."""

    def wrapper(*args, **kwargs):
        with span:
            return function(*args, **kwargs)

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        if isinstance(getattr(function, name, None), str):
            setattr(wrapper, name, getattr(function, name))
    wrapper.__wrapped__ = function
    return wrapper


def ignore(function):
    """Leave a function, and all that it calls, out of the recording.

        @codesnap.ignore
        def noisy(): ...

    Of a generator or coroutine function only its own steps are left out, not
    what they call.  TypeError: it is no Python function.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        raise TypeError("@ignore needs a Python function, not %r" % (function,))
    core.hide(code)
    if code.co_flags & STEPS:
        return function

    from functools import wraps

    @wraps(function)
    def wrapper(*args, **kwargs):
        core.mute()
        try:
            return function(*args, **kwargs)
        finally:
            core.unmute()

    return wrapper


def to_json(arguments):
    """The arguments of an instant, whatever they hold, as a JSON object."""
    import json

    try:
        text = json.dumps(arguments, default=describe, allow_nan=False)
    except Exception:  # a program's own objects may raise anything
        text = json.dumps({str(key): short(value) for key, value in arguments.items()})
    if len(text) > JSON_BYTES:
        text = json.dumps({str(key)[:200]: short(value) for key, value in arguments.items()})
    return text if len(text) <= JSON_BYTES else json.dumps({"left out": "%d arguments" % len(arguments)})


def describe(value):
    """Its repr; an argument whose repr() raises must not stop the program."""
    try:
        return repr(value)
    except Exception as error:
        return "<%s: repr() raised %s>" % (type(value).__name__, type(error).__name__)


def short(value):
    text = describe(value)
    return text if len(text) <= 1000 else text[:1000] + "..."


hide_all(globals())
