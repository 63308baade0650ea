# SPDX-License-Identifier: Apache-2.0
"""%load_ext codesnap, then %%codesnap in a cell (or %codesnap before a line):
records it and shows the viewer below.

    %%codesnap [FILE]
    work()

FILE keeps the page (or writes another format, shown as a link)."""

import base64
import os
import tempfile

import codesnap
from codesnap._core import hide_all

HEIGHT = 600  # pixels


def frame(path):
    """The page inside of an output cell."""
    with open(path, "rb") as stream:
        page = base64.b64encode(stream.read()).decode()
    return '<iframe src="data:text/html;base64,%s" width="100%%" height="%d" style="border:0"></iframe>' % (page, HEIGHT)


def show(path):
    from IPython.display import HTML, FileLink, display

    display(HTML(frame(path)) if path.endswith(".html") else FileLink(path))


def run(shell, text, output):
    folder = None if output else tempfile.mkdtemp()
    path = output or os.path.join(folder, "codesnap.html")
    snap = codesnap.CodeSnap()
    try:
        snap.start()
        try:
            shell.run_cell(text)
        finally:
            snap.stop(path)
        show(path)
    finally:
        snap.cleanup()
        if folder:
            if os.path.exists(path):
                os.unlink(path)
            os.rmdir(folder)


def load_ipython_extension(shell):
    def magic(line, cell=None):
        """Record a cell or a line, and show its timeline."""
        if cell is None:
            run(shell, line, None)
        else:
            run(shell, cell, line.strip() or None)

    shell.register_magic_function(magic, "line_cell", "codesnap")


hide_all(globals())
