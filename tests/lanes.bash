# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests of programs whose threads have several tracks: interpreters that have
# greenlets, which are numbered in a trace and have no name in the oracle's.

# tracks: of a tree on stdin, with all greenlets called greenlet, sorted.
tracks() {
    "$PYTHON" -c '
import re, sys
text = re.sub(r"(?m)^thread greenlets? .*", "thread greenlet", sys.stdin.read())
blocks = re.split(r"(?m)^(?=thread )", text.rstrip("\n") + "\n")
sys.stdout.write("".join(sorted(blocks)))'
}
