#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The documents say what the source says, and their commands work.

setup() {
    load ../helpers
    ROOT=$TESTS/..
    DOC=$ROOT/share/doc
}

@test "the tables of the documents are those of options.def and formats.def" {
    local name
    for name in options formats; do
        grep -q "<!-- $name -->" "$DOC/$name.md"
        diff -u "$DOC/$name.md" <("$PYTHON" "$TESTS/tables.py" "$DOC/$name.md")
    done
}

@test "every option of the table is in --help, and the other way round" {
    codesnap run --help
    local run=$output
    codesnap diff --help
    diff <(grep -oE '^\| (`-.`, )?`--[a-z-]+' "$DOC/options.md" | grep -o -- '--[a-z-]*$' | sort -u) \
        <(grep -oE '^ +(-., )?--[a-z-]+' <<<"$run$output" | grep -o -- '--[a-z-]*' | sort -u)
}

# documents: the README and all of share/doc.
documents() { ls "$ROOT"/README.md "$DOC"/*.md; }

@test "every file and folder that a document names is there" {
    local document name missing=
    for document in $(documents); do
        while read -r name; do
            [ -e "$ROOT/$name" ] || [ -e "$ROOT/$name.c" ] || [ -e "$ROOT/$name.h" ] ||
                missing+="$document: no $name"$'\n'
        done < <(grep -oE '`(agent|formats|launcher|share|tests)/[A-Za-z0-9_/.-]+`' "$document" |
            tr -d '`' | grep -v NAME)
    done
    echo "$missing"
    [ -z "$missing" ]
}

@test "every link of a document leads to a file that is there" {
    local document link missing=
    for document in $(documents); do
        while read -r link; do
            [ -e "${document%/*}/$link" ] || missing+="$document: no $link"$'\n'
        done < <(grep -oE '\]\([^)#:]+[)#]' "$document" | tr -d '()#]')
    done
    echo "$missing"
    [ -z "$missing" ]
}

# commands DOCUMENT: its commands, without their comments and those of make.
commands() {
    awk '/^```/ { open = !open; inside = open && $0 == "```"; next } inside' "$1" |
        sed 's/ *#.*//' | grep -E '^(codesnap|ssh|LD_PRELOAD|python3 -m codesnap)'
}

# a_workplace: a folder with what the commands of the documents speak of.  A
# program that is killed leaves its session.
a_workplace() {
    local name
    sealed
    mkdir bin tests
    ln -s "$CODESNAP_BUILD"/codesnap "$CODESNAP_BUILD"/codesnap-run bin
    ln -s "$(a_python)" bin/python3
    printf '#!/bin/sh\nshift\nexec "$@"\n' >bin/ssh
    chmod +x bin/ssh
    PATH=$PWD/bin:$PATH
    cp "$ROOT/share/examples/shop.py" app.py
    for name in trace.json app.json web1 web2 SESSION BEFORE AFTER; do
        run -137 env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$name" \
            CODESNAP_FORMAT=json python3 -c 'import os, runpy
runpy.run_path("app.py", run_name="__main__")
os.kill(os.getpid(), 9)'
    done
    for name in SESSION BEFORE AFTER; do
        mv "$name.codesnap" "$name"
    done
    a_service
}

# a_service: one that runs, until the test is over.
a_service() {
    timeout 300 bin/codesnap-run -q -o service.html python3 -c 'import os, time
while not os.path.exists("stop"): time.sleep(0.01)' >/dev/null 3>&- 4>&- &
    until_true bin/codesnap ctl service.html >/dev/null 2>&1
}

# works COMMAND: it ends with 0.
works() {
    echo "\$ $1"
    eval "timeout 100 env $1" >out 2>&1 3>&- 4>&- </dev/null || { cat out; return 1; }
}

@test "every command of the README and the guide works" {
    local document command count=0
    a_workplace
    for document in "$ROOT/README.md" "$DOC/guide.md" "$DOC/first-trace.md"; do
        while read -r command; do
            command=${command//\/usr\/local\/lib\/codesnap/$CODESNAP_BUILD}
            works "${command//\/var\/tmp\//}"
            count=$((count + 1))
        done < <(commands "$document" | grep -v pytest)
    done
    touch stop
    wait
    [ "$count" -ge 15 ]
}

@test "every make target that a document names is there" {
    local target
    while read -r target; do
        grep -qhE "^$target:|^## $target:" "$ROOT/Makefile" "$ROOT"/*/*/*.mk || {
            echo "no target $target"
            return 1
        }
    done < <(documents | xargs grep -ohE '(^|`)make [a-z][a-z-]+' | awk '{ print $2 }' | sort -u)
}
