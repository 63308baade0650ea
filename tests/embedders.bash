# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Programs in C that have an interpreter inside, and extensions in C, built with what
# PY brings.

# embedder_parts: sets INCLUDE, LIBRARY and PYTHONHOME for PY; false where it has
# no headers or no shared library.
embedder_parts() {
    [ "$HOW" = shared ] || return 1
    local prefix
    read -r INCLUDE LIBRARY prefix < <("$PY" -c '
import os, sys, sysconfig
get = sysconfig.get_config_var
print(sysconfig.get_path("include"), os.path.join(get("LIBDIR"), get("LDLIBRARY")), sys.base_prefix)')
    [ -f "$INCLUDE/Python.h" ] && [ -f "$LIBRARY" ] || return 1
    export PYTHONHOME=$prefix
}

# build_embedder NAME [OPTION...]: that target, linked with it; false as above.
build_embedder() {
    local name=$1
    shift
    embedder_parts || return 1
    "${CC:-cc}" -w -I"$INCLUDE" "$TARGETS/embedders/$name.c" -o "$name" "$@" "$LIBRARY" \
        -Wl,-rpath,"$(dirname "$LIBRARY")" -pthread
}

# build_extension NAME: that module, here, for PY; false where it has no headers.
build_extension() {
    local include
    include=$("$PY" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    [ -f "$include/Python.h" ] || return 1
    "${CC:-cc}" -w -shared -fPIC -I"$include" "$TARGETS"/*/"$1.c" -o "$1.so"
}
