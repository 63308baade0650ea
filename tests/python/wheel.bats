#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The wheel: made without setuptools, installed without a network.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    needs_plain_libraries
    ROOT=$TESTS/..
    : "${MAKE:=make}"
    cd "$BATS_TEST_TMPDIR" || return 1
    [ -e "$BATS_FILE_TMPDIR/dist" ] || made wheel
    WHEEL=$(echo "$BATS_FILE_TMPDIR"/dist/*.whl)
}

made() {
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "$MAKE" --no-print-directory -C "$ROOT" \
        BUILD="${BUILD:-$CODESNAP_BUILD}" DIST="$BATS_FILE_TMPDIR/dist" "$@"
}

installed() {
    [[ $HOW == chroot ]] && return # it would need its own pip
    "$PY" -c 'import ensurepip' 2>/dev/null || return 0
    rm -rf venv && "$PY" -m venv venv
    venv/bin/python -m pip install -q --no-index --disable-pip-version-check "$WHEEL"
    printf 'def f(): pass\nf()\n' >script.py
    venv/bin/codesnap --version | grep -q '^codesnap '
    for name in t.json t.html; do
        venv/bin/codesnap-run -q -o $name venv/bin/python script.py 3>&- 4>&-
        venv/bin/python -m codesnap -q -o m.$name script.py 3>&- 4>&-
    done
    tree t.json script.py | grep -q '^  f (script.py:1)'
    tree m.t.json script.py | grep -q '^  f (script.py:1)'
    venv/bin/python -c 'import codesnap
s = codesnap.CodeSnap().start(); s.stop("s.prof"); print(codesnap.__file__)' | grep -q venv
    [ -s s.prof ]
}

@test "the wheel gives the commands and the package on every Python" {
    each_python installed
}

@test "the wheel's tag is what its programs need, and its record is right" {
    "$PYTHON" - "$WHEEL" <<'END'
import base64, csv, hashlib, io, os, re, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
names = wheel.namelist()
record = next(name for name in names if name.endswith("/RECORD"))
rows = list(csv.reader(io.StringIO(wheel.read(record).decode())))
assert sorted(row[0] for row in rows) == sorted(names)
for name, digest, size in rows:
    if digest:
        data = wheel.read(name)
        found = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        assert digest == "sha256=" + found and int(size) == len(data), name
tag = os.path.basename(sys.argv[1])
limit = tuple(map(int, re.search(r"manylinux_(\d+)_(\d+)_", tag).groups()))
for name in names:
    if "/_native/" in name:
        data = wheel.read(name)
        needs = [tuple(map(int, v)) for v in re.findall(rb"GLIBC_(\d+)\.(\d+)[.\d]*\0", data)]
        assert max(needs or [(0, 0)]) <= limit, (name, max(needs))
        assert wheel.getinfo(name).external_attr >> 16 & 0o111, name
END
}

@test "the same source makes the same wheel" {
    cp "$WHEEL" first.whl
    made wheel
    cmp first.whl "$WHEEL"
}

@test "the sdist builds a wheel" {
    made sdist
    tar -xzf "$BATS_FILE_TMPDIR"/dist/codesnap-*.tar.gz
    cd codesnap-*/
    (cd share/python && "$PYTHON" -c 'import sys, wheel; print(wheel.build_wheel(sys.argv[1]))' "$BATS_TEST_TMPDIR") >name
    [ -s "$BATS_TEST_TMPDIR/$(tail -n 1 name)" ]
}

without_programs() {
    [[ $HOW == chroot ]] && return
    "$PY" -c 'import ensurepip' 2>/dev/null || return 0
    rm -rf venv && "$PY" -m venv venv
    venv/bin/python -m pip install -q --no-index --disable-pip-version-check "$BATS_FILE_TMPDIR"/any/*-any.whl
    [ ! -e venv/bin/codesnap ]
    printf 'def f(): pass\nf()\n' >script.py
    for name in t.json t.html; do
        PATH=/nowhere venv/bin/python -m codesnap -q -o $name script.py 3>&- 4>&-
    done
    tree t.json script.py | grep -q '^  f (script.py:1)'
    grep -q '"f (script.py:1)"' t.html
    grep -q 'id="codesnap-end"' t.html
}

@test "a wheel for other systems traces in Python, with page and JSON" {
    made wheel-any DIST="$BATS_FILE_TMPDIR/any"
    each_python without_programs
}

@test "the sdist makes that wheel without make" {
    made sdist
    tar -xzf "$BATS_FILE_TMPDIR"/dist/codesnap-*.tar.gz
    cd codesnap-*/share/python
    local real
    real=$("$PYTHON" -c 'import sys; print(sys.executable)')
    PATH=/nowhere "$real" -c 'import sys, wheel
wheel.platform.machine = lambda: "other"
print(wheel.build_wheel(sys.argv[1]))' "$BATS_TEST_TMPDIR"
    "$real" -m zipfile -l "$BATS_TEST_TMPDIR"/*-any.whl | grep codesnap/viewer.html
}
