"""Functions whose names and files try to break a writer."""

names = [
    'quote"backslash\\slash/',
    "new\nline\ttab\x00nul\x1f\x7f",
    "</script><script>alert(1)",
    "lone\ud800surrogate\udfff",
    "\u00fcml\u00e4ut \u4e2d\u6587 \U0001f600",
    "\u2028\u2029",
    "%s%n{}$(x)`x`",
    " (fake.py:1)",
    "",
    "x" * 100000,
]


def named(name, file):
    scope = {}
    exec(compile("def f():\n    return 1\n", file, "exec"), scope)
    function = scope["f"]
    code = function.__code__
    if hasattr(code, "co_qualname"):
        function.__code__ = code.replace(co_name=name, co_qualname=name)
    elif hasattr(code, "replace"):
        function.__code__ = code.replace(co_name=name)
    else:
        function.__code__ = type(code)(
            code.co_argcount, code.co_kwonlyargcount, code.co_nlocals,
            code.co_stacksize, code.co_flags, code.co_code, code.co_consts,
            code.co_names, code.co_varnames, code.co_filename, name,
            code.co_firstlineno, code.co_lnotab, code.co_freevars,
            code.co_cellvars)
    return function


for hostile in names:
    named(hostile, "hostile.py")()
    named("f", "/tmp/" + (hostile[:50] or "empty").replace("\x00", "") + ".py")()
