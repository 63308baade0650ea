#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Programs that have an interpreter inside, and more than one in a lifetime.

setup() {
    load helpers
    load pythons
    load record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# build_embedder: with the headers and the library of PY; false without them.
build_embedder() {
    [ "$HOW" = shared ] || return 1
    local include library prefix
    read -r include library prefix < <("$PY" -c '
import os, sys, sysconfig
get = sysconfig.get_config_var
print(sysconfig.get_path("include"), os.path.join(get("LIBDIR"), get("LDLIBRARY")), sys.base_prefix)')
    [ -f "$include/Python.h" ] && [ -f "$library" ] || return 1
    export PYTHONHOME=$prefix
    "${CC:-cc}" -w -I"$include" "$TARGETS/embedder.c" -o embedder "$library" \
        -Wl,-rpath,"$(dirname "$library")"
}

embedder() {
    build_embedder || return 0
    [ "$(record t.json ./embedder)" = $'499500\n499500\n499500' ]
    unset PYTHONHOME
    "$PYTHON" "$COMPARE" names t.json >names
    grep -Fx '3000 leaf (<string>:1)' names
    echo "embedded $PY" >>embedded
}

@test "an interpreter that is started three times is recorded three times" {
    each_python embedder
    [ -s embedded ] || skip "no interpreter with headers and a shared library"
}
