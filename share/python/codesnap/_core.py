# SPDX-License-Identifier: Apache-2.0
"""Finds what records: the agent that was in this process before the program, or
one that this loads into it, or else the tracer in Python.  Each has the same
functions, those of `core`.
"""

import os

# The package's folder; None where the agent carries it.
HERE = os.path.dirname(os.path.abspath(__spec__.origin)) if __spec__.has_location else None


def load_agent(path):
    """The agent as an extension module; None where that can't be."""
    try:
        from _imp import create_dynamic  # importlib.util would take longer than all else

        return create_dynamic(type(__spec__)("_codesnap", None, origin=path))
    except (ImportError, SystemError, OSError):
        return None


def find_agent():
    """Where the library lies: told, installed with this package, or by make."""
    places = [
        os.environ.get("CODESNAP_AGENT") or "",
        os.path.join(HERE, "_native", "libcodesnap_agent.so") if HERE else "",
    ]
    return next((path for path in places if os.path.isfile(path)), None)


def find_core():
    try:
        import _codesnap

        return _codesnap
    except ImportError:
        path = find_agent()
    return path and load_agent(path)


def hide(function):
    """Keep a function or a class of this package out of recordings."""
    for value in vars(function).values() if isinstance(function, type) else (function,):
        code = getattr(getattr(value, "fget", None) or value, "__code__", None)
        if code is not None and agent:
            agent.hide(code)
    return function


def hide_all(namespace):
    """The same for all that a module defines."""
    for value in list(namespace.values()):
        if getattr(value, "__module__", None) == namespace["__name__"]:
            hide(value)


agent = find_core()  # None: there is no tracer in C here
if agent:
    core = agent
else:
    from codesnap import _tracer as core
