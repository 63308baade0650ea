#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What the agent takes of the program's memory.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

measured() {
    "$PYTHON" "$TESTS/bench/memory.py" --build "$CODESNAP_BUILD" \
        --functions 6000 --threads 300 --kinds functions nested threads --check --pythons "$PY" 3>&- 4>&-
}

# The heap may grow by a piece just then; a leak is there again.
leaves_nothing() { measured || measured; }

@test "a function or a thread that is gone leaves no memory behind" {
    each_python leaves_nothing
}

# Up to 3.11: from 3.12 on CPython itself makes an int for each call.
unseen_by_tracemalloc() {
    [[ $VERSION =~ ^3\.([6-9]|1[01])\. ]] || return 0
    cat >heap.py <<'END'
import binascii, math, tracemalloc
tracemalloc.start()
tracemalloc.get_traced_memory()
before = tracemalloc.get_traced_memory()
math.sqrt(2.0); binascii.crc32(b"")
after = tracemalloc.get_traced_memory()
print([b - a for a, b in zip(before, after)])
END
    plainly "$PY" heap.py >plain
    record t.json "$PY" heap.py >traced
    diff -u plain traced
    "$PYTHON" "$COMPARE" names t.json | grep -F binascii.crc32
}

@test "meeting a C function takes nothing from the interpreter's heap" {
    each_python unseen_by_tracemalloc
}

of_any_characters() {
    cat >names.py <<'END'
class Größe:
    def 名前(self): return [*map(𐌀, "ab")]
def 𐌀(x): return x
Größe().名前()
exec(compile("def f(): pass\nf()", "\udce4\u20ac.py", "exec"))
END
    record t.json "$PY" names.py
    "$PYTHON" "$COMPARE" names t.json >names
    grep -Fx '1 Gr\xf6\xdfe.\u540d\u524d (names.py:2)' names
    grep -Fx '2 \U00010300 (names.py:3)' names
    grep -Fx '1 f (\ufffd\u20ac.py:1)' names
}

@test "names of any characters are told as the interpreter has them" {
    each_python of_any_characters
}
