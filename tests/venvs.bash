# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Interpreters with packages, in virtual environments.

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

# first_with PACKAGE...: of the interpreters on stdin, the first one for which pip
# has these packages, in a virtual environment with them.
first_with() {
    local path how
    while IFS='|' read -r _ path how; do
        [[ $how != chroot ]] && in_venv "$path" "$@" 2>/dev/null </dev/null && return
    done
    return 1
}
