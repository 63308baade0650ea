# SPDX-License-Identifier: Apache-2.0
"""pytest --codesnap[=FILE]: record the tests, each as a named span, and name the
slowest ones at the end.  With pytest-xdist the workers are recorded, and joined
in one timeline."""

import os

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
    if output is None:
        return
    import codesnap
    from codesnap import _output

    try:
        _output.check(output)
    except (OSError, ValueError) as error:
        raise pytest.UsageError("--codesnap: %s" % error)
    kind = Worker if hasattr(config, "workerinput") else Plugin
    config.pluginmanager.register(kind(codesnap, config, os.path.abspath(output)), "codesnap-run")


class Recorder(object):
    """In the process that runs tests."""

    def __init__(self, codesnap, config, output):
        self.codesnap, self.config, self.output = codesnap, config, output
        self.snap, self.failure = codesnap.CodeSnap(), None

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        # Not around the yield: that is inside a call of next(), and ends with it.
        item.runtest = self.codesnap.trace(item.nodeid)(item.runtest)
        yield
        vars(item).pop("runtest", None)

    def finish(self, output):
        try:
            self.snap.stop(output)
        except (OSError, RuntimeError, ValueError) as error:
            self.failure = str(error)


class Worker(Recorder):
    """A process of pytest-xdist: its recording goes to the one that started it."""

    def pytest_sessionstart(self):
        self.snap.start()

    def pytest_sessionfinish(self):
        # Without the program codesnap nothing can join recordings.
        joins = self.codesnap._output.find_launcher() and not self.codesnap._core.core.was_first()
        base, suffix = os.path.splitext(self.output)
        path = None if joins else "%s.%s%s" % (base, self.config.workerinput["workerid"], suffix)
        self.finish(path)
        folder = self.snap.leave() if joins and not self.failure else None
        self.config.workeroutput["codesnap"] = {"folder": folder, "path": path, "failure": self.failure}
        self.snap.cleanup()


class Plugin(Recorder):
    """In the process that the user started."""

    def __init__(self, *more):
        Recorder.__init__(self, *more)
        self.seconds, self.workers = {}, []

    def pytest_sessionstart(self):
        self.distributes = self.config.pluginmanager.hasplugin("dsession")
        if not self.distributes:
            self.snap.start()

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        self.workers.append(getattr(node, "workeroutput", {}).get("codesnap", {"failure": "a worker died"}))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self):
        if self.distributes:
            self.join()
        else:
            self.finish(self.output)
        self.snap.cleanup()

    def join(self):
        folders = [worker["folder"] for worker in self.workers if worker.get("folder")]
        paths = [worker["path"] for worker in self.workers if worker.get("path")]
        failures = [worker["failure"] for worker in self.workers if worker.get("failure")]
        try:
            if folders:
                self.codesnap._output.merge(folders, self.output)
                paths.append(self.output)
        except (OSError, ValueError) as error:
            failures.append(str(error))
        for folder in folders:
            self.codesnap._recorder.remove_folder(folder)
        self.failure = "; ".join(failures) or None if not paths else None
        self.output = ", ".join(sorted(paths))

    def pytest_terminal_summary(self, terminalreporter):
        write = terminalreporter.write_line
        terminalreporter.section("codesnap")
        if self.failure is not None:
            write("nothing was written: %s" % self.failure)
            return
        for seconds, name in sorted(((s, n) for n, s in self.seconds.items()), reverse=True)[:SLOWEST]:
            write("%9.3f s  %s" % (seconds, name))
        count = len(self.seconds)
        write("timeline of %d test%s: %s" % (count, "" if count == 1 else "s", self.output))
