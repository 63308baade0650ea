# SPDX-License-Identifier: Apache-2.0
"""What `pip list` does."""

import sys

from pip._internal.cli.main import main

sys.exit(main(["list", "--disable-pip-version-check", "--format=json"]))
