# SPDX-License-Identifier: Apache-2.0
"""What the tracer in Python knows of the functions that it meets: how they are
called, and what a frame of theirs does when it is entered or left.
"""

import os
import sys
import types

from codesnap._core import HERE

ENTER, ENTER_C, EXIT, EXCEPTION, RESUME, YIELD, THROW, UNOPENED = 1, 2, 3, 4, 5, 6, 7, 8
PYTHON, C, SPAN = 1, 2, 3
GENERATOR = 0x20 | 0x80 | 0x200
METHOD_TYPES = type(list.append), type(dict.__dict__["fromkeys"])
NEWER = sys.version_info
hidden = {}  # id of a code object that is not recorded: the object
prefixes = {}  # before 3.11: what a code object's qualified name starts with

# == OPCODES: what a frame does at f_lasti ====================================


def opcodes(*names):
    from opcode import opmap

    return frozenset(opmap[name] for name in names if name in opmap)


RETURNS = opcodes("RETURN_VALUE", "RETURN_CONST")
YIELDS = opcodes("YIELD_VALUE")
YIELD_FROM = opcodes("YIELD_FROM")  # before 3.11: f_lasti stands before it
RESUMES = opcodes("RESUME")


class Function:
    """What is known of a code object."""

    __slots__ = ("code", "low", "high", "bytes", "generator", "span", "steps", "plain")

    def __init__(self, code, number, span):
        self.code, self.low, self.span = code, number << 4, span
        self.high = number << 64  # beside an address
        self.bytes, self.generator = None, bool(code.co_flags & GENERATOR)
        self.steps = False  # with-blocks of named spans were suspended in it
        self.plain = not self.generator and span is None

    def opcode(self, at):
        if self.bytes is None:
            self.bytes = self.code.co_code
        return self.bytes[at] if 0 <= at < len(self.bytes) else -1

    def entry(self, frame):
        """How a generator's step starts."""
        at = frame.f_lasti
        if NEWER < (3, 11):
            return ENTER if at < 0 else RESUME
        if self.opcode(at) not in RESUMES:
            return THROW
        return RESUME if self.opcode(at + 1) & 3 else ENTER

    def exit(self, frame, value):
        at = frame.f_lasti
        opcode = self.opcode(at)
        if self.generator and self.yields(at, opcode):
            return YIELD
        return EXIT if value is not None or opcode in RETURNS else EXCEPTION

    def yields(self, at, opcode):
        """From 3.13 on f_lasti stands where the frame will go on."""
        if NEWER >= (3, 13) and opcode in RESUMES:
            return self.opcode(at + 1) & 3 != 0
        return opcode in YIELDS or self.opcode(at + 2) in YIELD_FROM


# == NAMES ====================================================================


def status(file):
    try:
        return os.stat(file)
    except (OSError, ValueError):
        return None


class Names:
    """The ids of one spool."""

    def __init__(self, spool, span_type):
        self.spool, self.span_type = spool, span_type
        self.functions, self.c, self.ids = {}, {}, {}
        self.files = {}  # as they were when they were loaded: what was told
        if NEWER < (3, 11):
            learn()

    def intern(self, *fields):
        """Equal functions share an id, whichever thread meets them first: what
        one enters under an id is left under the same."""
        with self.spool.lock:
            if fields not in self.ids:
                self.ids[fields] = self.spool.name_function(*fields)
            return self.ids[fields]

    def meet(self, code, frame, starts=False):
        """A Function, or None for what is not recorded.  starts: it is called now,
        it was not before."""
        file = code.co_filename
        known = None
        if file.startswith("<codesnap>") or os.path.dirname(file) == HERE or id(code) in hidden:
            self.functions[id(code)] = None
            self.functions[id(code), 0] = code  # keeps it alive
            return None
        module = frame.f_globals.get("__name__")
        module = module if isinstance(module, str) else ""
        number = self.intern(PYTHON, module, qualified_name(code), file, max(0, code.co_firstlineno), code.co_flags | owner_flags(module, file))
        self.meet_file(file, starts and code.co_name == "<module>")
        known = self.functions[id(code)] = Function(code, number, self.span_of(code))
        return known

    def meet_file(self, file, loading):
        """As agent/cpython/names/sourcefile.c: only while a module is loaded its file
        is looked at."""
        with self.spool.lock:
            if not file.startswith("/") or (file in self.files and not loading):
                return
            found = status(file) if loading else None
            told = found and (found.st_size, found.st_mtime_ns)
            if file not in self.files or (told and told != self.files[file]):
                self.files[file] = told
                self.spool.tell_source(file, found)

    def span_of(self, code):
        """The id of the span that @trace put behind the constants, or None."""
        last = code.co_consts[-1] if code.co_consts else None
        return self.intern(SPAN, "", last.name) if type(last) is self.span_type else None

    def meet_c(self, key, function):
        owner = definer(function)
        if owner is self.span_type:  # what `with` calls, from 3.12 on
            self.c[key] = -1
            return -1
        if owner is None:
            module = function.__module__
            number = self.intern(C, module if isinstance(module, str) else "", function.__name__)
        else:
            flags = 2 if isinstance(function.__self__, type) else 1
            number = self.intern(C, owner.__qualname__, function.__name__, "", 0, flags)
        self.c[key] = number << 4
        return number << 4


# == WHOSE CODE IT IS =========================================================

OWNER_KNOWN, OWNER_USER = 1 << 30, 1 << 31  # in flags
STANDARD = os.path.dirname(os.__file__) + os.sep
MADE = "<frozen ", "<codesnap", "<attrs ", "<decorator-gen", "<__array_function__"


def owner_flags(module, file):
    """As agent/cpython/names/owncode.c: whose code it is."""
    user = module == "__main__" if file == "<string>" else file and not is_of_library(file)
    return OWNER_KNOWN | (OWNER_USER if user else 0)


def is_of_library(file):
    folders = file.split("/")
    installed = "site-packages" in folders or "dist-packages" in folders
    return installed or file.startswith((STANDARD, *MADE)) or any(is_library(*pair) for pair in zip(folders, folders[1:]))


def is_library(outer, inner):
    """lib/python3.11, lib64/python3, or python311.zip anywhere."""
    rest = inner[len("python") :].rstrip("t")
    known = inner.startswith("python3") and rest.replace(".", "").isdigit()
    return known and outer in ("lib", "lib64") or inner.startswith("python3") and inner.endswith(".zip")


# == QUALIFIED NAMES BEFORE 3.11 ==============================================
#
# There a code object does not know its own; but its parent has it among its
# constants, and ran before.


def qualified_name(code):
    if NEWER >= (3, 11):
        return code.co_qualname
    name = prefixes.get(id(code), "") + code.co_name
    name_children(code, name)
    return name


def name_children(code, name):
    prefix = name + (".<locals>." if code.co_flags & 1 else ".")
    if code.co_name == "<module>":
        prefix = ""
    for child in code.co_consts:
        if isinstance(child, types.CodeType) and id(child) not in prefixes:
            prefixes[id(child)] = prefix
            name_children(child, prefix + child.co_name)


def learn():
    """Functions that were made before, found in their modules."""
    for module in list(sys.modules.values()):
        if isinstance(module, types.ModuleType):
            learn_namespace(vars(module), True)


def learn_namespace(namespace, deeper):
    for value in list(namespace.values()):
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        if isinstance(value, types.FunctionType):
            name_code(value.__code__, value.__qualname__)
        elif type(value) is type and deeper:
            learn_namespace(vars(value), False)


def name_code(code, name):
    if NEWER < (3, 11) and id(code) not in prefixes and name.endswith(code.co_name):
        prefixes[id(code)] = name[: len(name) - len(code.co_name)]
        name_children(code, name)


# == C FUNCTIONS ==============================================================


def definer(function):
    """The type that a C function is a method of; None for a module's."""
    owner = function.__self__
    if owner is None or isinstance(owner, types.ModuleType):
        return None
    candidates = type(owner).__mro__ + (owner.__mro__ if isinstance(owner, type) else ())
    for kind in candidates:
        if isinstance(vars(kind).get(function.__name__), METHOD_TYPES):
            return kind
    return type(owner)


def c_key(function):
    owner = function.__self__
    if owner is None or isinstance(owner, types.ModuleType):
        return function.__module__, function.__name__
    return owner if isinstance(owner, type) else type(owner), function.__name__
