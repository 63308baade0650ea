# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# For tests of programs whose threads have several tracks: interpreters that have
# greenlets, which are numbered in a trace and have no name in the oracle's.

# in_venv PYTHON PACKAGE...: prints the interpreter of a virtual environment with
# them.
in_venv() {
    local venv path=$1
    shift
    venv=$(mktemp -d "$BATS_FILE_TMPDIR/venv-XXXXXX")
    "$path" -m venv "$venv" >&2 &&
        "$venv/bin/pip" install -q --disable-pip-version-check --only-binary :all: \
            "$@" >&2 && echo "$venv/bin/python"
}

# lanes_first PACKAGE...: of the interpreters on stdin, the first one that can have
# these packages has them then.
lanes_first() {
    local path how
    while IFS='|' read -r _ path how; do
        [[ $how != chroot ]] && in_venv "$path" "$@" 2>/dev/null </dev/null && return
    done
    return 1
}

# tracks: of a tree on stdin, with all greenlets called greenlet, sorted.
tracks() {
    "$PYTHON" -c '
import re, sys
text = re.sub(r"(?m)^thread greenlets? .*", "thread greenlet", sys.stdin.read())
blocks = re.split(r"(?m)^(?=thread )", text.rstrip("\n") + "\n")
sys.stdout.write("".join(sorted(blocks)))'
}
