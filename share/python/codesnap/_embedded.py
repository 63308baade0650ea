# SPDX-License-Identifier: Apache-2.0
"""Importing this package out of the agent, for a program that has it nowhere on
its path.  The agent runs this file by itself, with `core`, its own module, among
the globals.
"""

import sys

Spec = type(sys.__spec__)


def path_of(name):
    path = name.replace(".", "/")
    return path + "/__init__.py" if path == "codesnap" else path + ".py"


class Loader:
    """The protocol of importlib for what lies in the agent."""

    @staticmethod
    def create_module(spec):
        return core if spec.name == "_codesnap" else None

    def exec_module(self, module):
        if module is core:
            return
        core.mute()
        try:
            exec(self.get_code(module.__spec__.name), vars(module))
        finally:
            core.unmute()

    @staticmethod
    def get_source(name):
        return core.source(path_of(name))

    def get_code(self, name):
        code = compile(self.get_source(name), "<codesnap>/" + path_of(name)[9:], "exec", 0, True)
        core.hide(code)
        return code

    @staticmethod
    def is_package(name):
        return name == "codesnap"


def find_spec(name):
    if name != "_codesnap" and core.source(path_of(name)) is None:
        return None
    origin = "the agent of codesnap"
    return Spec(name, Loader(), origin=origin, is_package=name == "codesnap")
