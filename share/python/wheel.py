#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Make a wheel and an sdist, with nothing but the standard library.

    wheel.py VERSION BUILD DIST          BUILD has launcher, agent and viewer
    wheel.py --any VERSION BUILD DIST    for all systems: BUILD has the viewer
    wheel.py --sdist VERSION BUILD DIST  of the files that git knows, or all,
                                         and the viewer

The same input gives the same bytes.
"""

import base64
import gzip
import hashlib
import io
import os
import platform
import re
import subprocess
import sys
import tarfile
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, "share", "python", "codesnap")
MADE_VIEWER = "share/python/viewer.html"  # in an sdist: needs no make
DATE = (2020, 1, 1, 0, 0, 0)

METADATA = """\
Metadata-Version: 2.1
Name: codesnap
Version: %s
Summary: Record every function call of a Python program as a timeline
License: Apache-2.0
Keywords: tracing,profiling,timeline
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Operating System :: POSIX :: Linux
Classifier: Operating System :: OS Independent
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: C
Classifier: Topic :: Software Development :: Debuggers
Requires-Python: >=3.6
Description-Content-Type: text/markdown

%s"""
COMMANDS = """\
[console_scripts]
codesnap = codesnap._launcher:codesnap
codesnap-run = codesnap._launcher:codesnap_run

"""
PLUGIN = """\
[pytest11]
codesnap = codesnap.pytest_plugin
"""


def glibc_needed(path):
    """The newest GLIBC_x.y that an ELF file asks for; (0, 0) for none."""
    with open(path, "rb") as stream:
        found = re.findall(rb"GLIBC_(\d+)\.(\d+)(?:\.\d+)?\0", stream.read())
    return max([(int(major), int(minor)) for major, minor in found] or [(0, 0)])


def platform_tags(binaries):
    """manylinux tags by what the programs need, the one that old pips know (2014
    is 2.17), and for pips older still plain linux."""
    machine = platform.machine()
    needed = max([glibc_needed(path) for path in binaries] + [(2, 5)])
    tags = ["manylinux_%d_%d_%s" % (max(needed, (2, 17)) + (machine,))]
    if needed <= (2, 17):
        tags.append("manylinux2014_" + machine)
    return tags + ["linux_" + machine]


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def metadata(version):
    text = read(os.path.join(ROOT, "README.md")).decode()
    return (METADATA % (version, text)).encode()


def wheel_files(version, build, programs, tags):
    """(name, bytes, executable?) of all but RECORD."""
    for name in sorted(os.listdir(PACKAGE)):
        if name.endswith((".py", ".pyi", ".typed")):
            yield "codesnap/" + name, read(os.path.join(PACKAGE, name)), False
    yield "codesnap/viewer.html", read(os.path.join(build, "viewer.html")), False
    for name in programs:
        yield "codesnap/_native/" + name, read(os.path.join(build, name)), True
    info = "codesnap-%s.dist-info/" % version
    pure = "false" if programs else "true"
    lines = ["Wheel-Version: 1.0", "Generator: codesnap", "Root-Is-Purelib: " + pure]
    lines += ["Tag: py3-none-" + tag for tag in tags]
    yield info + "WHEEL", ("\n".join(lines) + "\n").encode(), False
    yield info + "METADATA", metadata(version), False
    yield info + "entry_points.txt", ((COMMANDS if programs else "") + PLUGIN).encode(), False
    yield info + "LICENSE", read(os.path.join(ROOT, "LICENSE")), False


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def make_wheel(version, build, dist, programs=("codesnap", "libcodesnap_agent.so")):
    tags = platform_tags([os.path.join(build, name) for name in programs]) if programs else ["any"]
    path = os.path.join(dist, "codesnap-%s-py3-none-%s.whl" % (version, ".".join(tags)))
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:

        def add(name, data, executable=False):
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            wheel.writestr(entry, data)

        for name, data, executable in wheel_files(version, build, programs, tags):
            add(name, data, executable)
            record.append("%s,sha256=%s,%d" % (name, digest(data), len(data)))
        name = "codesnap-%s.dist-info/RECORD" % version
        add(name, ("\n".join(record + [name + ",,"]) + "\n").encode())
    return path


def source_files():
    try:
        names = subprocess.check_output(["git", "-C", ROOT, "ls-files", "-z"], stderr=subprocess.DEVNULL).decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [name for name in folders if name not in ("build", "dist", "node_modules", "__pycache__", ".git")]
            names += [os.path.relpath(os.path.join(folder, name), ROOT) for name in files]
    return sorted(name for name in names if name and os.path.isfile(os.path.join(ROOT, name)))


def make_sdist(version, build, dist):
    base = "codesnap-%s" % version
    path = os.path.join(dist, base + ".tar.gz")
    with open(path, "wb") as stream, gzip.GzipFile("", "wb", 9, stream, 0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:

            def add(name, data, mode):
                entry = tarfile.TarInfo(base + "/" + name)
                entry.size, entry.mode = len(data), mode
                archive.addfile(entry, io.BytesIO(data))

            for name in source_files():
                mode = 0o755 if os.access(os.path.join(ROOT, name), os.X_OK) else 0o644
                add(name, read(os.path.join(ROOT, name)), mode)
            add(MADE_VIEWER, read(os.path.join(build, "viewer.html")), 0o644)
            add("PKG-INFO", metadata(version), 0o644)
    return path


# -- PEP 517: what pip calls to build from the sdist --


def version_here():
    text = read(os.path.join(ROOT, "Makefile")).decode()
    return re.search(r"^VERSION \?= (\S+)", text, re.M).group(1)


def make(target, dist, *more):
    subprocess.check_call(["make", "-C", ROOT, target, "DIST=" + os.path.abspath(dist)] + list(more), stdout=sys.stderr)
    return newest(dist, ".whl" if target == "wheel" else ".tar.gz")


def newest(folder, suffix):
    names = [name for name in os.listdir(folder) if name.endswith(suffix)]
    return max(names, key=lambda name: os.path.getmtime(os.path.join(folder, name)))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """With the programs where they run, else of Python alone."""
    if sys.platform.startswith("linux") and platform.machine() == "x86_64":
        return make("wheel", wheel_directory)
    folder = os.path.dirname(os.path.join(ROOT, MADE_VIEWER))
    return os.path.basename(make_wheel(version_here(), folder, wheel_directory, ()))


def build_sdist(sdist_directory, config_settings=None):
    return make("sdist", sdist_directory)


def main(words):
    os.makedirs(words[-1], exist_ok=True)
    if words[0] == "--sdist":
        print(make_sdist(*words[1:]))
    elif words[0] == "--any":
        print(make_wheel(*words[1:], programs=()))
    else:
        print(make_wheel(*words))


if __name__ == "__main__":
    main(sys.argv[1:])
