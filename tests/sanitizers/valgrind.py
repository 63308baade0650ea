#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run small programs under valgrind with the agent, and show the errors in which
it is: those that have a frame of it.

    valgrind.py BUILD PYTHON [TARGET...]

PYTHONMALLOC=malloc, so that each object is a block that valgrind knows.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

AGENT = "libcodesnap_agent.so"
TARGETS = ["calls/calls", "calls/generators", "calls/exceptions", "calls/methods", "threads/threads", "threads/forks"]
# They read every word of a stack, a code object and a frame, in search of one that fits:
# also those that nobody has written.
ACCEPTED = {"is_in_main", "find_offset", "learn_from_object"}


def errors_of_agent(path):
    """(what, frames) of each error in which the agent is."""
    for error in ElementTree.parse(path).getroot().iter("error"):
        frames = ["%s %s (%s:%s)" % tuple(frame.findtext(name) or "?" for name in ("obj", "fn", "file", "line"))
                  for frame in error.iter("frame")]
        innermost = error.find("stack/frame")
        if error.findtext("kind").startswith("Leak_"):  # XML always has them; Python leaks by design
            continue
        if innermost is not None and innermost.findtext("fn") in ACCEPTED:
            continue
        if any(AGENT in frame for frame in frames):
            yield error.findtext("what") or error.findtext("xwhat/text"), frames


def run(build, python, target, folder):
    """Run it; the number of the agent's errors and of calls recorded."""
    environment = dict(os.environ, PYTHONMALLOC="malloc", CODESNAP_OUT=folder + "/t.json", CODESNAP_EXIT_CONVERT="0",
                       LD_PRELOAD="%s/%s %s/tests/libremap.so" % (build, AGENT, build))
    subprocess.run(["valgrind", "-q", "--error-limit=no", "--num-callers=30", "--xml=yes", "--xml-file=%s/%%p.xml" % folder,
                    python, "-S", target], env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = 0
    for name in os.listdir(folder):
        if name.endswith(".xml"):
            for what, frames in errors_of_agent(os.path.join(folder, name)):
                found += 1
                print("%s: %s\n    %s" % (target, what, "\n    ".join(frames[:12])))
    subprocess.run([build + "/codesnap", "convert", "-q", "-o", folder + "/t.csv", folder + "/t.json.codesnap"])
    with open(folder + "/t.csv", errors="replace") as table:
        return found, sum(1 for _ in table) - 1


def main():
    build, python = os.path.abspath(sys.argv[1]), sys.argv[2]
    if not shutil.which("valgrind"):
        print("valgrind is not installed: skipped")
        return 0
    python = subprocess.check_output([python, "-c", "import sys; print(sys.executable)"]).decode().strip()
    targets = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "targets")
    failed = 0
    for target in sys.argv[3:] or TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            found, calls = run(build, python, "%s/%s.py" % (targets, target), folder)
        print("%s: %d errors of the agent, %d calls recorded" % (target, found, calls), flush=True)
        failed += found > 0 or calls < 1
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
