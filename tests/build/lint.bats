#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The sources keep to the style: make lint has nothing to say.

setup() {
    load ../helpers
}

@test "clang-format, cppcheck and shellcheck are content" {
    for program in clang-format cppcheck shellcheck; do
        command -v $program || skip "$program is not installed"
    done
    # Another release formats otherwise, and finds more.
    [[ $(clang-format --version) == *' version 14.'* ]] || skip "clang-format is not 14, cppcheck not of its time"
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make --no-print-directory \
        -C "$TESTS/.." lint
}
