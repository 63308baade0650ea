# SPDX-License-Identifier: Apache-2.0
"""From a session to a file.  The agent writes JSON and HTML itself, the launcher
the other formats; where there is neither, this package writes those two."""

import os

from codesnap._core import HERE, agent, hide_all

OWN = (".json", ".html")
LAUNCHER = (".json.gz", ".pftrace", ".speedscope.json", ".firefox.json", ".folded", ".csv", ".prof", ".callgrind", ".db")


def suffix_of(path):
    known = [suffix for suffix in OWN + LAUNCHER if path.endswith(suffix)]
    return max(known, key=len) if known else None


def find_launcher():
    """The program codesnap: with this package, or on the PATH."""
    preloaded = os.environ.get("LD_PRELOAD", "").replace(":", " ").split()
    folders = [os.path.join(HERE, "_native")] if HERE else []
    folders += [os.path.dirname(path) for path in preloaded if path.endswith("libcodesnap_agent.so")]
    places = [os.path.join(folder, *more) for folder in folders for more in (["codesnap"], ["..", "..", "bin", "codesnap"])]
    found = [path for path in places if os.path.isfile(path) and os.access(path, os.X_OK)]
    if found:
        return found[0]
    from shutil import which

    return which("codesnap")


def check(path):
    """Complain about a path now that could not be written later."""
    path = os.fsdecode(path)
    suffix = suffix_of(path)
    if suffix is None:
        raise ValueError("%s: no format has that suffix; it must be one of %s" % (path, ", ".join(OWN + LAUNCHER)))
    if suffix in LAUNCHER and not find_launcher():
        raise ValueError("%s: that format needs the program codesnap, which is neither in this package nor on the PATH; without it there is %s" % (path, " and ".join(OWN)))
    if suffix == ".html" and not agent and not find_launcher():
        check_page(path)
    folder = os.path.dirname(os.path.abspath(path))
    if os.path.isdir(path):
        raise IsADirectoryError("%s is a folder: name a file in it" % path)
    if not os.path.isdir(folder):
        raise FileNotFoundError("%s: there is no folder %s: make it first" % (path, folder))
    if not os.access(folder, os.W_OK):
        raise PermissionError("%s: %s can't be written to" % (path, folder))


def check_page(path):
    from codesnap import _html

    if not _html.page_path():
        raise ValueError("%s: this copy of the package has no viewer.html, which its wheel has: install that, or write .json" % path)


def write(folder, path, begin_ns=0, end_ns=0, small=False):
    """The whole session, or this process's part between two times.  small: packed,
    where the program codesnap is at hand, which takes longer than the agent."""
    check(path)
    path = os.path.abspath(os.fsdecode(path))
    if suffix_of(path) in LAUNCHER or (small or not agent) and find_launcher():
        convert(folder, path, begin_ns, end_ns)
    elif agent:
        agent.write(folder, path, None, begin_ns, end_ns, bool(end_ns))
    else:
        write_here(folder, path)
    return path


def write_here(folder, path):
    """By this package alone.  The output is complete or not there."""
    from codesnap import _html, _json, _session

    partial = "%s.%d.part" % (path, os.getpid())
    writer = _html if path.endswith(".html") else _json
    try:
        with open(partial, "wb") as stream:
            writer.write(_session.Trace(folder), stream)
        os.replace(partial, path)
    except BaseException as error:
        if os.path.exists(partial):
            os.unlink(partial)
        if isinstance(error, OSError):
            raise OSError("%s: can't be written: %s" % (path, error.strerror or error))
        raise


def merge(folders, path):
    """Several sessions into one output, by the program codesnap."""
    call([find_launcher(), "merge", "--quiet"] + folders + ["-o", path])


def convert(folder, path, begin_ns, end_ns):
    command = [find_launcher(), "convert", "--quiet", folder, "-o", path]
    if end_ns:
        begin, end = agent.locate(folder, begin_ns, end_ns)
        command += ["--window", "%.9fs..%.9fs" % (begin / 1e9, end / 1e9), "--process", str(os.getpid())]
    call(command)


def call(command):
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD" and not name.startswith("CODESNAP_")}
    from subprocess import PIPE, run

    done = run(command, stdout=PIPE, stderr=PIPE, env=environment)
    if done.returncode:
        raise OSError(done.stderr.decode(errors="replace").strip() or "%s failed" % command[0])


hide_all(globals())
