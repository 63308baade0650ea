#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What holds no Python that we can record runs as if we were not there, and one
# line says why nothing was recorded.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    echo 'int main(void) { return 5; }' >five.c
}

# unrecorded RC REASON COMMAND...: the command's own status and no output of
# its own, the one line with that reason, and nothing left behind.
unrecorded() {
    local before
    before=$(ls -A)
    codesnap-run "-$1" "${@:3}"
    says "codesnap: nothing recorded: $2"
    [ "$(ls -A)" = "$before" ]
}

compiled() {
    needs gcc
    gcc five.c -o "$@" 2>errors || skip "gcc can't make this here: $(head -n 1 errors)"
}

@test "a shell" {
    unrecorded 5 'sh started no Python (3.6 or newer)' sh -c 'exit 5'
}

@test "a static executable" {
    compiled five -static
    unrecorded 5 '*/five is a static executable*' "$PWD/five"
    compiled five -static-pie
    unrecorded 5 './five is a static executable*' ./five
}

@test "a 32-bit executable" {
    compiled five -m32
    unrecorded 5 '*another kind of processor*' ./five
}

@test "a header of another processor" {
    printf '\x7fELF\x01\x01\x01' >arm
    head -c 100 /dev/zero >>arm
    chmod +x arm
    codesnap-run -126 ./arm
    says 'codesnap: ./arm: Exec format error'
}

@test "an executable of musl" {
    needs musl-gcc
    musl-gcc five.c -o five
    unrecorded 5 '*linked with musl*' ./five
}

@test "a setuid executable" {
    needs_root
    compiled five
    chown 65534 five && chmod 4755 five
    unrecorded 5 '*setuid*' ./five
}

@test "an executable with file capabilities" {
    needs_root
    needs setcap setpriv
    compiled five
    setcap cap_net_raw+ep five || skip "no file capabilities here"
    cp -r "$CODESNAP_BUILD"/codesnap* "$CODESNAP_BUILD"/*.so .
    chmod a+rwx .
    reachable
    run -5 --separate-stderr setpriv --reuid=65534 --clear-groups ./codesnap run ./five
    says '*capabilities*'
}

@test "a setuid executable of one's own is no obstacle" {
    compiled five
    chmod 4755 five
    unrecorded 5 './five started no Python (3.6 or newer)' ./five
}

@test "a script that a static executable runs" {
    compiled five -static
    printf '#!%s\n' "$PWD/five" >script
    chmod +x script
    unrecorded 5 '*/five is a static executable*' ./script
}

@test "a script that env finds its interpreter for" {
    compiled five -static
    printf '#!/usr/bin/env -S LANG=C five -x\n' >script
    chmod +x script
    PATH=$PWD:$PATH unrecorded 5 '*/five is a static executable*' ./script
}

@test "a program without libc, such as Go's" {
    needs go
    mkdir go && cd go
    printf 'package main\nfunc main() { println("ran") }\n' >main.go
    GO111MODULE=off GOCACHE=$BATS_TEST_TMPDIR/cache CGO_ENABLED=0 \
        go build -buildmode=pie -o five main.go || skip "go builds nothing here"
    codesnap-run ./five
    says ran 'codesnap: nothing recorded: ./five started no Python (3.6 or newer)'
}

@test "Python 2" {
    path=$(compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/2.7*/bin/python2.7" || command -v python2.7) ||
        skip "there is no Python 2"
    codesnap-run -5 "$path" -c 'print "two"; raise SystemExit(5)'
    [ "$output" = two ]
    says '*is Python 2*'
}

@test "PyPy, by its name" {
    compiled pypy3
    unrecorded 5 '*is PyPy*' ./pypy3
}

@test "a Python whose environment was cleaned" {
    unrecorded 0 'env started no Python (3.6 or newer) in our environment; put codesnap run behind env' env -i "$PY" -c pass
}

@test "CODESNAP_DISABLE=1" {
    CODESNAP_DISABLE=1 unrecorded 0 'CODESNAP_DISABLE is set*' "$PY" -c pass
}

@test "an executable with AddressSanitizer runs without a complaint" {
    compiled five -fsanitize=address
    ./five || [ $? -eq 5 ] || skip "AddressSanitizer does not work here"
    unrecorded 5 '*no Python*' ./five
}

@test "a Python started by a static executable is recorded" {
    needs gcc
    printf '#include <unistd.h>\nint main(int c, char **v) { return execv(v[1], v + 1); }\n' >run.c
    gcc -static run.c -o starts || skip "no static libc"
    codesnap-run ./starts "$PY" -c 'print(len("abc"))'
    says 'codesnap: result.html: *'
}

@test "a damaged executable does not stop the inspection" {
    compiled five
    size=$(stat -c %s five)
    for ((at = 0; at < 1200; at += 37)); do
        cp five damaged
        printf '\xff\xff\xff\xff' | dd of=damaged bs=1 seek=$at conv=notrunc status=none
        said=$(timeout 100 "$CODESNAP_BUILD/codesnap-run" ./damaged 2>&1) || true
        echo "$at of $size: $said"
        [[ $said == *codesnap:* ]]
    done
}
