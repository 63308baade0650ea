# SPDX-License-Identifier: Apache-2.0
"""python3 -m codesnap: record a Python program in the interpreter that runs this.

    python3 -m codesnap [OPTION]... SCRIPT [ARGUMENT]...
    python3 -m codesnap [OPTION]... -m MODULE [ARGUMENT]...
    python3 -m codesnap [OPTION]... -c CODE [ARGUMENT]...

  -o, --output FILE      where the timeline goes; its suffix says what kind
                         [default result.html]
      --tracer c|python  which tracer records; the one in Python is many times
                         slower [default c]
  -q, --quiet            no closing line
  -h, --help             this text
  -V, --version          the version

codesnap-run records more: child processes, and the interpreter's own start.
"""

import atexit
import builtins
import os
import sys
import types

import codesnap
from codesnap import _output
from codesnap._core import hide_all


class Usage(Exception):
    pass


class Options:
    output, tracer, quiet = "result.html", "c", False
    kind = target = None  # "script", "-m" or "-c"
    arguments = ()


FLAGS = {"-o": "output", "--output": "output", "--tracer": "tracer"}


def parse(words):
    """The options, and what is to be run."""
    options, words = Options(), list(words)
    while words and words[0].startswith("-") and words[0] not in ("-", "-m", "-c"):
        word, _, value = words.pop(0).partition("=")
        if word.startswith("-o") and len(word) > 2 and not word.startswith("--"):
            word, value = "-o", word[2:]
        if word in FLAGS:
            if not value and not words:
                raise Usage("%s needs a value" % word)
            setattr(options, FLAGS[word], value or words.pop(0))
        elif word in ("-q", "--quiet"):
            options.quiet = True
        elif word in ("-h", "--help"):
            print(__doc__.rstrip())
            sys.exit(0)
        elif word in ("-V", "--version"):
            print("codesnap", codesnap.__version__)
            sys.exit(0)
        elif word == "--":
            break
        else:
            raise Usage("there is no option %s" % word)
    return parse_target(options, words)


def parse_target(options, words):
    if not words:
        raise Usage("name a script, or -m MODULE, or -c CODE")
    options.kind = words.pop(0) if words[0] in ("-m", "-c") else "script"
    if not words:
        raise Usage("%s needs a value" % options.kind)
    options.target, options.arguments = words[0], words[1:]
    return options


def script_code(path):
    """A script, or a folder or archive with a __main__."""
    from pkgutil import get_importer

    if type(get_importer(path)).__name__ not in ("NoneType", "NullImporter"):
        sys.path.insert(0, path)
        return module_code("__main__")
    with open(path, "rb") as stream:
        code = compile(stream.read(), path, "exec", 0, True)
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    return code, {"__file__": path, "__spec__": None, "__package__": None}


def module_code(name):
    from importlib.util import find_spec

    main = sys.modules.pop("__main__", None)
    try:
        spec = find_spec(name)
    except (ImportError, ValueError) as error:
        raise Usage("no module %s: %s" % (name, error))
    finally:
        sys.modules["__main__"] = main
    if spec is None:
        raise Usage("there is no module %s" % name)
    if spec.submodule_search_locations is not None:
        return module_code(name + ".__main__")
    code = spec.loader.get_code(spec.name)
    return code, {
        "__file__": spec.origin,
        "__spec__": spec,
        "__package__": spec.parent,
        "__loader__": spec.loader,
    }


def prepare(options):
    """The code to run, in a new __main__ that looks as without us."""
    if options.kind == "-c":
        sys.path[0] = ""
        found = compile(options.target, "<string>", "exec", 0, True), {"__spec__": None}
        name = "-c"
    elif options.kind == "-m":
        sys.path[0] = os.getcwd()
        found = module_code(options.target)
        name = found[1]["__file__"]
    else:
        found = script_code(options.target)
        name = options.target
    sys.argv[:] = [name] + list(options.arguments)
    main = types.ModuleType("__main__")
    vars(main).update(found[1], __builtins__=builtins)
    sys.modules["__main__"] = main
    return found[0], main


def show_without_us(kind, error, traceback):
    """As the interpreter does, but from the program's own first frame on."""
    inner = traceback
    while inner is not None:
        outer, inner = inner, inner.tb_next
        if outer.tb_frame.f_code is main.__code__:
            traceback = inner
    sys.__excepthook__(kind, error.with_traceback(traceback), traceback)


def finish(snap, options):
    """The last thing at the program's exit: atexit runs it after the others."""
    if snap._recording is None or os.getpid() != snap._recording.pid:
        return
    try:
        if codesnap._recorder.current is snap:
            snap.stop()
        snap.save(options.output)
    except (OSError, ValueError) as error:
        print("codesnap: %s" % error, file=sys.stderr)
        return
    snap.cleanup()
    if not options.quiet:
        print("codesnap: %s" % options.output, file=sys.stderr)


def main(words):
    try:
        options = parse(words)
        _output.check(options.output)
        options.output = os.path.abspath(options.output)
        snap = codesnap.CodeSnap(options.tracer)
        code, module = prepare(options)
    except (Usage, OSError, ValueError, SyntaxError) as error:
        print("codesnap: %s; see python3 -m codesnap --help" % error, file=sys.stderr)
        return 2
    sys.excepthook = show_without_us
    atexit.register(finish, snap, options)
    snap.start()
    exec(code, vars(module))


hide_all(globals())
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
