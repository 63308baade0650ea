# SPDX-License-Identifier: Apache-2.0
"""codesnap for Python programs: `codesnap.spool` reads recordings."""

from codesnap._core import core
from codesnap._spans import ignore

trace = core.trace
instant = core.instant
counter = core.counter
pause = core.pause
resume = core.resume
is_recording = core.is_recording
__version__ = core.version
