# SPDX-License-Identifier: Apache-2.0
"""pytest --codesnap[=FILE]: record the tests, each as a named span, and name the
slowest ones at the end."""

import os
import time

import pytest

SLOWEST = 10


def pytest_addoption(parser):
    group = parser.getgroup("codesnap")
    group.addoption(
        "--codesnap",
        nargs="?",
        const="result.html",
        default=None,
        metavar="FILE",
        help="record the tests as a timeline; the file's suffix says what kind [result.html]",
    )


def pytest_configure(config):
    output = config.getoption("--codesnap")
    if output is None or hasattr(config, "workerinput"):
        return
    import codesnap
    from codesnap import _output

    try:
        _output.check(output)
    except (OSError, ValueError) as error:
        raise pytest.UsageError("--codesnap: %s" % error)
    config.pluginmanager.register(Plugin(codesnap, os.path.abspath(output)), "codesnap-run")


class Plugin(object):
    def __init__(self, codesnap, output):
        self.codesnap, self.output = codesnap, output
        self.snap, self.times, self.failure = codesnap.CodeSnap(), [], None

    def pytest_sessionstart(self):
        self.snap.start()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        # Not around the yield: that is inside a call of next(), and ends with it.
        item.runtest = self.codesnap.trace(item.nodeid)(item.runtest)
        begin = time.perf_counter()
        yield
        vars(item).pop("runtest", None)
        self.times.append((time.perf_counter() - begin, item.nodeid))

    def pytest_sessionfinish(self):
        try:
            self.snap.stop(self.output)
        except (OSError, RuntimeError, ValueError) as error:
            self.failure = error
        self.snap.cleanup()

    def pytest_terminal_summary(self, terminalreporter):
        write = terminalreporter.write_line
        terminalreporter.section("codesnap")
        if self.failure is not None:
            write("nothing was written: %s" % self.failure)
            return
        for seconds, name in sorted(self.times, reverse=True)[:SLOWEST]:
            write("%9.3f s  %s" % (seconds, name))
        count = len(self.times)
        write("timeline of %d test%s: %s" % (count, "" if count == 1 else "s", self.output))
