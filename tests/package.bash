# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# `import codesnap`, from the package and below the launcher.

export ROOT=$TESTS/..

# packaged COMMAND...: with the package on the path, and no agent before it.
packaged() {
    PYTHONPATH=$ROOT/share/python PYTHONDONTWRITEBYTECODE=1 \
        CODESNAP_AGENT=$CODESNAP_BUILD/libcodesnap_agent.so timeout --kill-after=5 100 "$@" 3>&- 4>&-
}

# both SCRIPT: run it in either way; what it prints is the same.
both() {
    record whole.json "$PY" "$1" >under
    packaged "$PY" "$1" >alone
    diff -u under alone
}

# calls TRACE SCRIPT: names of the script's calls and named spans.
calls() { tree "$1" "$2" | plain_names; }
