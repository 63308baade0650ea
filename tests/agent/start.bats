#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# However a program is started, the same calls are recorded.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$TARGETS/calls/hello.py" .
}

# expect_calls FILE: t.json holds the calls of hello.py under that file name;
# before 3.12 the list comprehension is one more, in between.
expect_calls() {
    tree t.json "$1" | plain_names | sed 's/^ *//' |
        grep -E '^(greet|hello|str\.title)$' >actual
    diff -u <(printf '%s\n' greet hello str.title) actual
}

options() {
    local option
    for option in '' -I -S -E -s -O -B '-X dev' '-X utf8' '-W error' -u -q; do
        # shellcheck disable=SC2086 # one word each
        [ "$(record t.json "$PY" $option hello.py)" = World ]
        expect_calls hello.py || { echo "with $option"; return 1; }
    done
}

@test "interpreter options change nothing" {
    each_python options
}

with_c() {
    [ "$(record t.json "$PY" -c "$(cat hello.py)")" = World ]
    expect_calls '<string>'
}

@test "a program given by -c is recorded" {
    each_python with_c
}

with_m() {
    [ "$(record t.json "$PY" -m hello a)" = A ]
    expect_calls hello.py
}

@test "a module run by -m is recorded" {
    each_python with_m
}

with_stdin() {
    [ "$(record t.json "$PY" <hello.py)" = World ]
    expect_calls '<stdin>'
    [ "$(record t.json "$PY" - b <hello.py)" = B ]
    expect_calls '<stdin>'
}

@test "a script on stdin is recorded" {
    each_python with_stdin
}

# A file called __main__.py says little, so its folder is shown too.
with_zipapp() {
    rm -rf app app.pyz && mkdir app && cp hello.py app/__main__.py
    "$PY" -m zipapp app
    [ "$(record t.json "$PY" app.pyz)" = World ]
    expect_calls app.pyz/__main__.py
    [ "$(record t.json "$PY" app)" = World ]
    expect_calls app/__main__.py
}

@test "a zipapp and a folder are recorded" {
    each_python with_zipapp
}

with_venv() {
    # In the chroot only what runs there already sees the interpreter's path.
    local enter='import os, sys; os.execv(sys.argv[1], sys.argv[1:])'
    rm -rf venv
    "$PY" -m venv --without-pip venv
    if [ "$HOW" = chroot ]; then
        [ "$(record t.json "$PY" -c "$enter" venv/bin/python hello.py)" = World ]
    else
        [ "$(record t.json venv/bin/python hello.py)" = World ]
    fi
    expect_calls hello.py
}

@test "a program in a virtual environment is recorded" {
    each_python with_venv
}

with_allocator() {
    local allocator
    for allocator in debug malloc pymalloc malloc_debug; do
        [ "$(PYTHONMALLOC=$allocator record t.json "$PY" hello.py)" = World ]
        expect_calls hello.py
    done
}

@test "every allocator of PYTHONMALLOC works" {
    each_python with_allocator
}

with_dev_mode() {
    record t.json "$PY" -X dev -W error hello.py >out 2>err
    [ "$(cat out)" = World ]
    [ ! -s err ]
}

@test "development mode has nothing to complain about" {
    each_python with_dev_mode
}

from_start() {
    record t.json --from=start "$PY" hello.py
    expect_calls hello.py
    "$PYTHON" "$COMPARE" names t.json >all
    record t.json --from=program "$PY" hello.py
    "$PYTHON" "$COMPARE" names t.json >program
    [ "$(wc -l <all)" -gt "$(wc -l <program)" ]
    if grep -q 'site.py' program; then
        echo "site.py ran before the program"
        return 1
    fi
}

@test "--from=start has what comes before the program as well" {
    each_python from_start
}

shebang() {
    printf '#!%s\n' "$PY" | cat - hello.py >script
    chmod +x script
    [ "$(record t.json ./script)" = World ]
    expect_calls script
}

@test "a script with a shebang line is recorded" {
    each_python shebang
}

# Its generators yield before site, importlib and the like are done.
only_program() {
    local option
    for option in '' -S; do
        # shellcheck disable=SC2086 # no word, or one
        codesnap-run -q -o t.csv "$PY" $option hello.py
        ! grep ,before, t.csv || { echo "with $option"; return 1; }
        grep -q ',return,greet' t.csv
    done
}

@test "of the interpreter's start-up nothing is in the recording" {
    each_python only_program
}
