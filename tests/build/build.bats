#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What make makes: both compilers, no warning, and an agent that asks little
# of the system it is loaded into.

setup() {
    load ../helpers
    load ../pythons
    ROOT=$TESTS/..
    AGENT=$CODESNAP_BUILD/libcodesnap_agent.so
    : "${MAKE:=make}" "${CC:=gcc}"
    cd "$BATS_TEST_TMPDIR" || return 1
}

# made ARG...: run make in the checkout, not as a part of the make that tests.
made() { env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "$MAKE" --no-print-directory -C "$ROOT" "$@"; }

# built ARG...: the same with what is being tested, which stays as it is.
built() { made BUILD="${BUILD:-$CODESNAP_BUILD}" CC="$CC" "$@"; }

dynamic() { readelf --dynamic --wide "$AGENT"; }
symbols() { readelf --dyn-syms --wide "$AGENT" | awk 'NR > 3 && $1 ~ /:$/'; }

@test "make makes the launcher, its second name and the agent" {
    [ -x "$CODESNAP_BUILD/codesnap" ]
    [ "$(readlink "$CODESNAP_BUILD/codesnap-run")" = codesnap ]
    [ -f "$AGENT" ]
}

@test "a second make does nothing" {
    built -q all
}

@test "gcc compiles everything without a warning" {
    made BUILD="$BATS_TEST_TMPDIR/gcc" CC=gcc all >out 2>&1
    if grep -i -A 3 warning out; then false; fi
}

@test "clang compiles everything without a warning" {
    command -v clang || skip "no clang here"
    made BUILD="$BATS_TEST_TMPDIR/clang" CC=clang all >out 2>&1
    if grep -i -A 3 warning out; then false; fi
}

beside_headers() {
    local include minor
    read -r minor include < <("$PY" -c 'import sys, sysconfig; print(sys.version_info[1], sysconfig.get_path("include"))')
    [ -f "$include/Python.h" ] || return 0
    awk -v minor="$minor" -f "$TESTS/symbols.awk" "$ROOT/agent/cpython/abi/symbols.def" |
        "$CC" -I"$include" -w -fsyntax-only -xc -
    echo >>checked
}

@test "what the agent takes CPython's functions for is what the headers of each version say" {
    each_python beside_headers
    [ -s checked ] || skip "no interpreter has its headers here"
}

@test "it builds without zlib and without CPython's headers" {
    mkdir "$BATS_TEST_TMPDIR/without"
    echo '#error "not here"' >"$BATS_TEST_TMPDIR/without/zlib.h"
    export CPATH=$BATS_TEST_TMPDIR/without
    made BUILD="$BATS_TEST_TMPDIR/plain" PYTHON=/bin/false all
    run ! grep -q libz <(readelf --dynamic "$BATS_TEST_TMPDIR/plain/codesnap")
}

@test "make help names every target" {
    run -0 made help
    for target in all check lint format install uninstall dist clean demo pythons; do
        grep -q "^  $target " <<<"$output"
    done
}

@test "make install and make uninstall are a pair" {
    built install DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/opt/codesnap
    "$BATS_TEST_TMPDIR/root/opt/codesnap/bin/codesnap" --version
    [ -f "$BATS_TEST_TMPDIR/root/opt/codesnap/lib/codesnap/libcodesnap_agent.so" ]
    built uninstall DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/opt/codesnap
    [ -z "$(find "$BATS_TEST_TMPDIR/root" ! -type d)" ]
}

@test "an installed launcher finds its agent" {
    built install DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr
    "$BATS_TEST_TMPDIR/root/usr/bin/codesnap-run" -q -o "$BATS_TEST_TMPDIR/t.json" \
        "$PYTHON" -c 'print(1)'
    [ -s "$BATS_TEST_TMPDIR/t.json" ]
}

@test "make dist packs the committed tree, and that builds" {
    git -C "$ROOT" rev-parse --git-dir || skip "no git checkout"
    git clone -q "$ROOT" "$BATS_TEST_TMPDIR/clone"
    cd clone
    env -u BUILD -u MAKEFLAGS -u MAKELEVEL make dist
    tar -xzf codesnap-*.tar.gz
    cd codesnap-*/
    env -u BUILD -u MAKEFLAGS -u MAKELEVEL make -j2 all
    build/codesnap --version
}

@test "the agent links libc and nothing else" {
    dynamic | grep NEEDED
    run ! grep -vE '\[(libc\.so\.6|ld-linux.*)\]' <(dynamic | grep NEEDED)
}

@test "the agent needs no symbol newer than GLIBC_2.17" {
    newest=$(symbols | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
    symbols | grep GLIBC_ | awk '{ print $8 }' | sort -t @ -k 2V | tail -n 5
    [ "$(printf '%s\n' "$newest" 2.17 | sort -V | tail -n 1)" = 2.17 ]
}

@test "the agent exports what interposed.def and agent.map name, and nothing else" {
    {
        sed -n 's/^INTERPOSED(\(.*\)).*/\1/p' "$ROOT/agent/exec/interposed.def"
        sed -n 's/.*global: *\([A-Za-z_]*\);.*/\1/p' "$ROOT/agent/agent.map"
    } | sort >named
    symbols | awk '$7 != "UND" && $5 != "LOCAL" { print $8 }' | sort | diff -u named -
}

@test "the agent has no text relocations and no executable stack" {
    run ! grep -q TEXTREL <(dynamic)
    readelf --program-headers --wide "$AGENT" | grep -q 'GNU_STACK.* RW '
    run ! grep -E 'LOAD.* RWE ' <(readelf --program-headers --wide "$AGENT")
}

@test "the agent is bound at once and read-only after relocation" {
    dynamic | grep -q 'BIND_NOW\|FLAGS.*NOW'
    readelf --program-headers --wide "$AGENT" | grep -q GNU_RELRO
}

@test "the agent has no strong reference to Python" {
    run ! grep -E ' GLOBAL .* UND _?Py' <(symbols)
}

@test "thread-local storage of the agent is small" {
    size=$(readelf --program-headers --wide "$AGENT" | awk '$1 == "TLS" { print $6 }')
    echo "TLS: ${size:-none}"
    [ "$((${size:-0}))" -le 64 ]
}

@test "a program without Python starts with the agent and is left alone" {
    [ "$(LD_PRELOAD=$AGENT LD_BIND_NOW=1 /bin/echo hello 2>&1)" = hello ]
}
