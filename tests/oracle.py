# SPDX-License-Identifier: Apache-2.0
"""What a trace of a program must hold, found out without any tracer of ours.

    oracle.py OUT SCRIPT [ARG...]

runs SCRIPT as __main__ under sys.setprofile and threading.setprofile, and
writes to OUT what `compare.py tree TRACE SCRIPT` prints for a perfect trace.
Runs on every CPython from 3.6 on.  Qualified names come from the code object
where it has them (3.11), else from the syntax tree.
"""

import ast
import os
import sys
import threading
import types

METHOD_DESCRIPTORS = (type(list.append), type(dict.__dict__["fromkeys"]))
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def first_line(node):
    lines = [decorator.lineno for decorator in getattr(node, "decorator_list", ())]
    return min(lines + [node.lineno])


def qualified_names(source):
    """{(plain name, first line): qualified name} of a module's functions."""
    names = {}
    anonymous = {
        ast.Lambda: "<lambda>",
        ast.ListComp: "<listcomp>",
        ast.SetComp: "<setcomp>",
        ast.DictComp: "<dictcomp>",
        ast.GeneratorExp: "<genexpr>",
    }

    def walk(node, prefix):
        name = getattr(node, "name", None) if isinstance(node, SCOPES) else None
        name = name or anonymous.get(type(node))
        if name:
            names[name, first_line(node)] = prefix + name
            function = isinstance(node, SCOPES + (ast.Lambda,)) and not isinstance(node, ast.ClassDef)
            prefix += name + (".<locals>." if function else ".")
        for child in ast.iter_child_nodes(node):
            walk(child, prefix)

    walk(ast.parse(source), "")
    return names


class Thread:
    """The open calls of one thread, and the lines it has so far."""

    def __init__(self, thread):
        self.thread, self.lines, self.stack = thread, [], []

    def enter(self, name):
        """name is None for what is not shown."""
        if name is not None:
            depth = sum(shown for shown in self.stack)
            self.lines.append("  " * depth + name)
        self.stack.append(name is not None)

    def leave(self):
        if self.stack:
            self.stack.pop()


class Greenlet:
    name = "greenlet"


class Oracle:
    def __init__(self, script):
        self.script = script
        self.file = os.path.basename(script)
        with open(script, "rb") as stream:
            self.source = stream.read()
        self.names = qualified_names(self.source)
        self.threads = {}

    def python_name(self, code):
        if code.co_filename != self.script:
            return None
        key = code.co_name, code.co_firstlineno
        qualified = getattr(code, "co_qualname", None) or self.names.get(key, code.co_name)
        return "%s (%s:%d)" % (qualified, self.file, code.co_firstlineno)

    def c_name(self, frame, function):
        if frame.f_code.co_filename != self.script:
            return None
        owner = getattr(function, "__self__", None)
        if isinstance(function, METHOD_DESCRIPTORS):
            return function.__qualname__
        if owner is None or isinstance(owner, types.ModuleType):
            return "%s.%s" % (function.__module__, function.__name__)
        return function.__qualname__

    def thread(self):
        """Identifiers are used again, the objects of threading are not."""
        ident = threading.get_ident()
        thread = self.greenlet() or threading._active.get(ident, ident)
        return self.threads.setdefault(thread, Thread(thread))

    def greenlet(self):
        """What stands for the greenlet that runs, unless it is the outermost one
        of its thread; it must not keep it alive."""
        module = sys.modules.get("greenlet")
        if not hasattr(module, "getcurrent") or not module.getcurrent().parent:
            return None
        return module.getcurrent().__dict__.setdefault("oracle", Greenlet())

    def profile(self, frame, event, argument):
        thread = self.thread()
        if event == "call":
            thread.enter(self.python_name(frame.f_code))
        elif event == "c_call":
            thread.enter(self.c_name(frame, argument))
        else:
            thread.leave()

    def run(self):
        module = types.ModuleType("__main__")
        module.__file__ = self.script
        module.__builtins__ = __builtins__
        sys.modules["__main__"] = module
        code = compile(self.source, self.script, "exec")
        threading.setprofile(self.profile)
        sys.setprofile(self.profile)
        try:
            exec(code, module.__dict__)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    def write(self, path):
        blocks = [
            "\n".join(["thread " + getattr(thread.thread, "name", "?")] + thread.lines)
            for thread in self.threads.values()
            if thread.lines
        ]
        with open(path, "w") as stream:
            stream.write("\n".join(sorted(blocks)) + "\n")


def main(out, script, *arguments):
    sys.argv[:] = [script] + list(arguments)
    sys.path[0] = os.path.dirname(script)
    oracle = Oracle(script)
    try:
        oracle.run()
    finally:
        oracle.write(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
