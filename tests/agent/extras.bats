#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Words in code objects (co_extra), beside other tools that keep values there.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../package
    cd "$BATS_TEST_TMPDIR" || return 1
}

beside_another_tool() {
    local c_calls
    plainly "$PY" "$TARGETS/tools/extras.py" >plain
    for c_calls in yes no; do
        record t.json --c-calls=$c_calls "$PY" "$TARGETS/tools/extras.py" >traced
        diff -u plain traced
    done
    PYTHONMALLOC=debug record t.json "$PY" "$TARGETS/tools/extras.py" >traced
    diff -u plain traced
    PYTHONTRACEMALLOC=1 record t.json "$PY" "$TARGETS/tools/extras.py" >traced
    diff -u plain traced
    "$PYTHON" "$COMPARE" names t.json extras.py >names
    grep -F ' made.<locals>' names || grep -F ' made (extras.py' names
}

@test "another tool is given to free what it set in code objects, and nothing else" {
    each_python beside_another_tool
}

after_another_tool() {
    plainly "$PY" "$TARGETS/tools/extras.py" >plain
    packaged "$PY" "$TARGETS/tools/extras.py" late part.json >traced
    diff -u plain traced
    "$PYTHON" "$COMPARE" names part.json extras.py >names
    grep -F ' work (extras.py' names
}

@test "so it is where codesnap comes after that tool" {
    each_python after_another_tool
}

forgets() {
    cat >forget.py <<'END'
import copy, marshal, pickle, sys
def f(): return 1
f()
other = f.__code__
copied = marshal.loads(marshal.dumps(other))
print(copied == other, hash(copied) == hash(other), f())
if hasattr(other, "replace"):
    f.__code__ = other.replace(co_name="g")
    print(f(), f.__code__.co_name)
del f, other, copied
END
    plainly "$PY" forget.py >plain
    record t.json "$PY" forget.py >traced
    diff -u plain traced
}

@test "copies of a code object are as untraced" {
    each_python forgets
}
