#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What a program sees of the finder in sys.meta_path.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

finders() {
    plainly "$PY" "$TARGETS/tools/finders.py" >plain
    record t.json "$PY" "$TARGETS/tools/finders.py" >traced
    diff -u plain traced
    record t.json "$PY" -c 'import sys
print(sys.meta_path[-1], [finder.__module__ for finder in sys.meta_path][-1])' >last
    grep -x "<class '_codesnap.Finder'> _codesnap" last
}

@test "our finder is a class, as the others in sys.meta_path" {
    each_python finders
}
