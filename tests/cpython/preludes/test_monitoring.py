# SPDX-License-Identifier: Apache-2.0
"""test_monitoring, without codesnap's own tool in what it asks first: whether
any tool has events.  So its cases come to what they are about."""

import runpy
import sys


def hide(monitoring, name):
    events, all_events, tool = (
        monitoring.get_events,
        monitoring._all_events,
        monitoring.get_tool,
    )

    def without_it():
        users = {n for n in range(6) if tool(n) != name}
        mask = sum(1 << n for n in users)
        seen = {event: tools & mask for event, tools in all_events().items()}
        return {event: tools for event, tools in seen.items() if tools}

    monitoring._all_events = without_it
    monitoring.get_events = lambda n: 0 if tool(n) == name else events(n)


hide(sys.monitoring, "codesnap")
sys.argv[1:] = ["-v", "test_monitoring"]
runpy.run_module("test", run_name="__main__", alter_sys=True)
