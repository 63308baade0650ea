# SPDX-License-Identifier: Apache-2.0
"""The commands codesnap and codesnap-run of an installed package: they become
the program that lies in it."""

import os
import sys


def become(name):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_native", "codesnap")
    try:
        os.execv(path, [name] + sys.argv[1:])
    except OSError as error:
        print("codesnap: %s: %s; install the package again" % (path, error.strerror), file=sys.stderr)
        return 125


def codesnap():
    return become("codesnap")


def codesnap_run():
    return become("codesnap-run")
