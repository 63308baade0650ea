"""Tools of sys.monitoring that raise where a call in C starts, or ends."""

import sys

MONITORING = sys.monitoring
EVENTS = MONITORING.events


class Stop(Exception):
    pass


def stop(code, offset, callable, argument):
    if callable is sorted:
        raise Stop


def between():
    pass


def after():
    pass


def stopped():
    try:
        sorted(())
    except Stop:
        print("stopped")
    between()


def watch(tool, event):
    MONITORING.use_tool_id(tool, "own")
    MONITORING.set_events(tool, EVENTS.CALL)
    MONITORING.register_callback(tool, event, stop)
    stopped()
    print(MONITORING.register_callback(tool, event, None) is stop)
    MONITORING.set_events(tool, 0)
    MONITORING.free_tool_id(tool)


for own in (0, 5):
    watch(own, EVENTS.CALL)
    watch(own, EVENTS.C_RETURN)
after()
