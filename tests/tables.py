#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of share/doc and the man page, made from those of the source.

    tables.py FILE            print it as it should be
    tables.py --write FILE... rewrite them

A table stands between `<!-- options -->` or `<!-- formats -->` and
`<!-- end -->`, in a man page between `.\\" options` and `.\\" end`, and is
replaced.
"""

import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def rows(path, macro):
    """The arguments of each use of the macro, strings without their quotes."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as stream:
        text = re.sub(r"/\*.*?\*/", "", stream.read(), flags=re.S)
    for row in re.findall(macro + r"\(((?:\"[^\"]*\"|[^\")])*)\)", text):
        fields = re.findall(r"\"[^\"]*\"|'.'|\w+", row)
        yield [field.strip("\"'") for field in fields]


def code(text):
    return "`%s`" % text.replace("|", "\\|") if text else ""


def flag(name, letter, argument):
    long_flag = "--" + name.replace("_", "-") + (" " + argument if argument else "")
    return ("`-%s`, " % letter if letter != "0" else "") + code(long_flag)


def options():
    yield "| flag | environment | default | |"
    yield "|---|---|---|---|"
    for name, letter, variable, _, argument, default, text in rows(
        "agent/session/options.def", "OPTION"
    ):
        cells = flag(name, letter, argument), code(variable), code(default), text
        yield "| %s |" % " | ".join(cells)


def formats():
    yield "| suffix | name | what |"
    yield "|---|---|---|"
    for name, suffix, summary in rows("formats/formats.def", "FORMAT"):
        yield "| %s | %s | %s |" % (code(suffix), code(name), summary)


def man(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def man_options():
    for name, letter, variable, _, argument, default, text in rows(
        "agent/session/options.def", "OPTION"
    ):
        names = ("-%s, " % letter if letter != "0" else "") + "--" + name.replace("_", "-")
        yield ".TP"
        if argument:
            yield '.BI "%s " "%s"' % (man(names), man(argument))
        else:
            yield '.B "%s"' % man(names)
        yield text + "."
        if default:
            yield "Default"
            yield ".IR %s ." % default
        if variable:
            yield "Environment:"
            yield ".BR %s ." % variable


def filled_in(text):
    text = re.sub(
        r'(^\.\\" options\n).*?(^\.\\" end\n)',
        lambda found: found.group(1) + "\n".join(man_options()) + "\n" + found.group(2),
        text,
        flags=re.S | re.M,
    )
    for name, make in (("options", options), ("formats", formats)):
        pattern = r"(<!-- %s -->\n).*?(<!-- end -->)" % name
        table = "\n".join(make()) + "\n"
        text = re.sub(
            pattern, lambda found: found.group(1) + table + found.group(2), text, flags=re.S
        )
    return text


def main(*arguments):
    for path in arguments:
        if path == "--write":
            continue
        with open(path, encoding="utf-8") as stream:
            text = filled_in(stream.read())
        if arguments[0] != "--write":
            sys.stdout.write(text)
            continue
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
