"""Tells tools of code that is no code object, as C code may from 3.13 on."""

import sys

import _testcapi

EVENTS = sys.monitoring.events
ROWS = [
    ("py_start", EVENTS.PY_START),
    ("py_resume", EVENTS.PY_RESUME),
    ("py_yield", EVENTS.PY_YIELD, None),
    ("py_return", EVENTS.PY_RETURN, None),
    ("call", EVENTS.CALL, len, 1),
    ("call", EVENTS.CALL, 5, 1),
]
for name, event, *more in ROWS:
    like = _testcapi.CodeLike(1)
    _testcapi.monitoring_enter_scope(like, event.bit_length() - 1)
    for _ in range(3):
        getattr(_testcapi, "fire_event_" + name)(like, 0, *more)
    _testcapi.monitoring_exit_scope()
    print("fired", name)
for name in "py_throw", "py_unwind":
    event = getattr(EVENTS, name.upper())
    like = _testcapi.CodeLike(1)
    _testcapi.monitoring_enter_scope(like, event.bit_length() - 1)
    getattr(_testcapi, "fire_event_" + name)(like, 0, ValueError(1))
    _testcapi.monitoring_exit_scope()
    print("fired", name)
