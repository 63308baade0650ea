# SPDX-License-Identifier: Apache-2.0
"""Log records as instants."""

import logging

import codesnap
from codesnap._core import core, hide_all


class LogHandler(logging.Handler):
    """A logging.Handler that marks each log record on its thread's track.

        logging.getLogger().addHandler(codesnap.LogHandler())

    The instant is named "LEVEL logger" and has the message.  Costs little while
    nothing is recorded."""

    def emit(self, record):
        if not codesnap.is_recording():
            return
        core.mute()
        try:
            message = self.format(record)
        except Exception:  # as logging does: the program goes on
            self.handleError(record)
            return
        finally:
            core.unmute()
        core.instant("%s %s" % (record.levelname, record.name), message=message)


hide_all(globals())
