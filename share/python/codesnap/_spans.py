# SPDX-License-Identifier: Apache-2.0
"""Decorators, and what the agent wants done in Python."""

import functools

from codesnap._core import core, hide_all

trace = core.trace

GENERATOR, COROUTINE, ASYNC_GENERATOR = 0x20, 0x80, 0x200


def is_made_of(function, flags):
    """Is it a generator function, and so on?"""
    while hasattr(function, "func"):
        function = function.func
    code = getattr(function, "__code__", None)
    return bool(getattr(code, "co_flags", 0) & flags)


def decorate(name, function):
    """@trace: a named span around each call of the function."""
    span = trace(name or getattr(function, "__qualname__", None) or repr(function))
    if is_made_of(function, COROUTINE):
        return around_coroutine(span, function)
    if is_made_of(function, ASYNC_GENERATOR):
        raise TypeError("@trace can't follow the asynchronous generator %r; put "
                        "`with trace(...)` inside of it" % function)
    if is_made_of(function, GENERATOR):
        return around_generator(span, function)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with span:
            return function(*args, **kwargs)

    return wrapper


class Steps:
    """A generator or coroutine, each step of which is a span."""

    def __init__(self, span, inner):
        self.span, self.inner = span, inner

    def step(self, act, *values):
        with self.span:
            try:
                return act(*values)
            except StopIteration as end:
                result = end.value  # it is no error
        raise StopIteration(result)

    def __iter__(self):
        return self

    __await__ = __iter__

    def __next__(self):
        return self.step(self.inner.send, None)

    def send(self, value):
        return self.step(self.inner.send, value)

    def throw(self, *error):
        return self.step(self.inner.throw, *error)

    def close(self):
        self.inner.close()


def around_coroutine(span, function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        return await Steps(span, function(*args, **kwargs))

    return wrapper


def around_generator(span, function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return (yield from Steps(span, function(*args, **kwargs)))

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
        raise TypeError("@ignore wants a Python function, not %r" % (function,))
    core.hide(code)
    if is_made_of(function, GENERATOR | COROUTINE | ASYNC_GENERATOR):
        return function

    @functools.wraps(function)
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
    if len(text) > 16000:
        text = json.dumps({str(key)[:200]: short(value) for key, value in arguments.items()})
    return text if len(text) <= 16000 else "{}"


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
