# SPDX-License-Identifier: Apache-2.0
"""%load_ext codesnap, then %%codesnap in a cell (or %codesnap before a line):
records it and shows the viewer below.

    %%codesnap [FILE]
    work()

FILE keeps the page (or writes another format, shown as a link)."""

import os
import tempfile

import codesnap
from codesnap import _output, _recorder
from codesnap._core import hide_all

HEIGHT = 600  # pixels


def frame(path):
    """The page inside of an output cell.  Not as a data: URL, of which chromium
    takes no more than 2 MB."""
    with open(path, encoding="utf-8") as stream:
        page = stream.read().replace("&", "&amp;").replace('"', "&quot;")
    return '<iframe srcdoc="%s" sandbox="allow-scripts allow-downloads" width="100%%" height="%d" style="border:0"></iframe>' % (page, HEIGHT)


class Page:
    """What a cell shows; not IPython's HTML, which warns of frames."""

    def __init__(self, path):
        self.text = frame(path)

    def _repr_html_(self):
        return self.text

    def __repr__(self):
        return "<the timeline of this cell>"


def show(path):
    from IPython.display import FileLink, display

    display(Page(path) if path.endswith(".html") else FileLink(path))


def run(shell, text, output):
    folder = None if output else tempfile.mkdtemp()
    path = output or os.path.join(folder, "codesnap.html")
    snap = codesnap.CodeSnap()
    try:
        _output.check(path)
        snap.start()
        try:
            shell.run_cell(text)
        finally:
            snap.stop()
        with _recorder.Muted():
            snap._recording.write(path, small=True)
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
