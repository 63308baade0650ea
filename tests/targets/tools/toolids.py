"""Takes each id of sys.monitoring, and with an argument all at once."""

import sys

MONITORING = sys.monitoring


class Id(int):
    pass


def look():
    return [MONITORING.get_tool(kind(tool)) for kind in (int, Id) for tool in range(6)]


def events(tool):
    try:
        return MONITORING.get_events(tool)
    except ValueError as error:
        return str(error)


def with_0():
    pass


def with_1():
    pass


def with_2():
    pass


def with_3():
    pass


def with_4():
    pass


def with_5():
    pass


def between_1():
    pass


def between_2():
    pass


def before_all():
    pass


def during_all():
    pass


def after_all():
    pass


def take(tool):
    MONITORING.use_tool_id(tool, "mine %d" % tool)


def one_by_one():
    for function in with_0, with_1, with_2, with_3, with_4, with_5:
        tool = int(function.__name__[-1])
        print(events(tool))
        print(MONITORING.register_callback(tool, MONITORING.events.PY_START, None))
        take(tool)
        print(look(), events(tool))
        function()
        MONITORING.free_tool_id(tool)
    between_1()
    take(4)
    take(3)
    between_2()
    print(look())
    try:
        take(4)
    except ValueError as error:
        print(error)
    MONITORING.free_tool_id(3)
    MONITORING.free_tool_id(4)
    print(look())


def all_at_once():
    before_all()
    for tool in range(6):
        take(tool)
    print(look())
    during_all()
    for tool in range(6):
        MONITORING.free_tool_id(tool)
    after_all()


if len(sys.argv) > 1:
    all_at_once()
else:
    one_by_one()
