#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Random options and environments: a short run of the fuzzer.

setup() {
    load ../helpers
    load ../pythons
    cd "$BATS_TEST_TMPDIR" || return 1
}

@test "whatever the options and the environment are, nothing crashes and the program is as untraced" {
    sealed
    "$PYTHON" "$TESTS/fuzz/options.py" "$CODESNAP_BUILD" 30x 1 "$(a_python)" 3>&- 4>&-
}
