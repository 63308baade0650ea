#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The README says what the source says.

setup() {
    load ../helpers
    ROOT=$TESTS/..
}

@test "the README's tables are those of options.def and formats.def" {
    diff -u "$ROOT/README.md" <("$PYTHON" "$TESTS/tables.py" "$ROOT/README.md")
}

@test "every option of the README is in --help, and the other way round" {
    codesnap run --help
    diff <(grep -o '^| .*--[a-z-]*' "$ROOT/README.md" | grep -o -- '--[a-z-]*$' | sort -u) \
        <(grep -oE '^ +(-., )?--[a-z-]+' <<<"$output" | grep -o -- '--[a-z-]*' | sort -u)
}

@test "every file and folder that the README names is there" {
    while read -r name; do
        [ -e "$ROOT/$name" ] || [ -e "$ROOT/agent/$name" ] || [ -e "$ROOT/agent/cpython/$name" ] ||
            [ -e "$ROOT/formats/$name" ] || [ -e "$ROOT/launcher/$name" ] ||
            [ -e "$ROOT/share/viewer/$name" ] || [ -e "$ROOT/tests/$name" ] || {
            echo "no $name"
            missing=1
        }
    done < <(sed -n '/^### Code map/,$p' "$ROOT/README.md" | grep -oE '`[A-Za-z0-9_/.-]+`' |
        tr -d '`' | grep -E '\.(c|h|md|def|html|py|bats|bash)$|/$' | grep -vE 'NN-|NAME')
    [ -z "${missing-}" ]
}
