# SPDX-License-Identifier: Apache-2.0
"""The interpreters that are measured, and the packages that they are given.

Packages go into a folder of their own for each interpreter, by its own pip, or
by another interpreter's where it has none; what can't be had is said once.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))

PIP_ENVIRONMENT = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_RETRIES": "1",
    "PIP_QUIET": "1",
}


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def clean_environment():
    """Ours without what would change how an interpreter or a tracer behaves."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "CODESNAP", "BENCH", "LD_", "MAKE"))
    }
    kept["PYTHONHASHSEED"] = "0"
    return kept


class Interpreter:
    def __init__(self, version, path, how):
        self.version, self.path, self.how = version, path, how
        self.minor = int(version.split(".")[1])
        self.name = version + ("" if how == "shared" else " " + how)
        self.folders = {}  # package: where it lies
        self.versions = {}  # package: its version
        self.reasons = {}  # package: why it is not here

    def run(self, *arguments, **options):
        return subprocess.run(
            [self.path] + list(arguments),
            env=dict(clean_environment(), **PIP_ENVIRONMENT),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            **options
        )

    def has_pip(self):
        return self.run("-m", "pip", "--version").returncode == 0

    def package(self, name):
        """Where the package lies, or None; install() must have been called."""
        return self.folders.get(name)


def find(paths, build):
    """The interpreters at these paths, or all that the tests know."""
    environment = dict(os.environ, CODESNAP_BUILD=build)
    if paths:
        environment["PYTHONS_FOUND"] = paths
    table = subprocess.run(
        ["bash", "-c", ". tests/pythons.bash; pythons_find"],
        cwd=CHECKOUT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    ).stdout
    return [Interpreter(*line.split("|")) for line in table.splitlines()]


# == PACKAGES ==================================================================


def version_in(folder, package):
    """By the name of what pip puts beside a package."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    for name in names:
        if name.startswith(package + "-") and name.endswith(("-info",)):
            return name[len(package) + 1 :].rsplit(".", 1)[0].split("-py")[0]
    return None


def foreign_options(interpreter):
    """For a pip that installs for another interpreter than its own."""
    number = "3%d" % interpreter.minor
    return [
        "--only-binary=:all:",
        "--implementation=cp",
        "--python-version=3.%d" % interpreter.minor,
        "--abi=cp" + number,
        "--abi=abi3",
        "--abi=none",
    ]


def last_error(text):
    lines = [line for line in text.splitlines() if line.startswith("ERROR")]
    line = lines[-1] if lines else (text.splitlines() or ["pip failed"])[-1]
    return line[len("ERROR: ") :] if line.startswith("ERROR: ") else line


def install_one(interpreter, pip, package, folder):
    command = ["-m", "pip", "install", "--no-warn-script-location", "--target", folder]
    if pip is not interpreter:
        command += foreign_options(interpreter)
    done = pip.run(*command, package)
    return None if done.returncode == 0 else last_error(done.stdout)


def install(interpreters, packages, site):
    """Give each of them what packages(interpreter) names."""
    with_pip = [i for i in interpreters if i.how != "chroot" and i.has_pip()]
    for interpreter in interpreters:
        pip = interpreter if interpreter in with_pip else with_pip[-1] if with_pip else None
        for package in packages(interpreter):
            folder = os.path.join(site, interpreter.version + "-" + interpreter.how, package)
            version = version_in(folder, package)
            if not version:
                say("installing %s for %s" % (package, interpreter.name))
                reason = (
                    install_one(interpreter, pip, package, folder) if pip else "no pip"
                )
                version = version_in(folder, package)
                if not version:
                    interpreter.reasons[package] = reason or "nothing was installed"
                    continue
            interpreter.folders[package] = folder
            interpreter.versions[package] = version
