#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The tests' own tools: what they say is only worth what these are worth.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    cd "$BATS_TEST_TMPDIR" || return 1
}

# span PH NAME TS DUR: one event of a trace.
span() { printf '{"ph":"%s","name":"%s","pid":1,"tid":1,"ts":%s,"dur":%s,"cat":"FEE"}' "$@"; }

# trace EVENT...: t.json with these.
trace() { (IFS=,; printf '{"traceEvents":[%s]}' "$*" >t.json); }

@test "this run has at least one interpreter" {
    [ -s "$CODESNAP_PYTHONS" ]
}

fails_on_this_one() { [ "$HOW" = none ]; }

@test "a test that fails on one interpreter fails" {
    printf '3.6.15|a|none\n3.7.16|b|shared\n3.8.18|c|none\n' >table
    CODESNAP_PYTHONS=table run ! each_python fails_on_this_one
    grep -Fx 'failed on: 3.7.16 (shared)' <<<"$output"
}

@test "versions are compared as numbers" {
    export VERSION=3.10.13
    at_least 3.8
    VERSION=3.8.18
    run ! at_least 3.10
}

@test "compare.py indents a tree and leaves other files out" {
    trace "$(span X 'main (a.py:1)' 1.000 9.000)" "$(span X 'run (lib.py:9)' 2.000 5.000)" \
        "$(span X builtins.len 2.500 0.100)" "$(span X 'leaf (a.py:5)' 3.000 1.000)" \
        "$(span X list.append 3.100 0.100)"
    diff -u - <(tree t.json a.py) <<'END'
thread ?
main (a.py:1)
  leaf (a.py:5)
    list.append
END
}

@test "compare.py marks what never ended" {
    trace "$(span B 'main (a.py:1)' 1.000 0)" "$(span X 'leaf (a.py:5)' 3.000 1.000)"
    diff -u - <(tree t.json a.py) <<'END'
thread ?
main (a.py:1) ...
  leaf (a.py:5)
END
}

@test "compare.py fails on spans that overlap" {
    trace "$(span X 'a (a.py:1)' 1.000 2.000)" "$(span X 'b (a.py:2)' 2.000 2.000)"
    run ! "$PYTHON" "$COMPARE" check t.json
}

@test "compare.py fails on a child that ends with its parent" {
    trace "$(span X 'a (a.py:1)' 1.000 2.000)" "$(span X 'b (a.py:2)' 2.000 1.000)"
    run ! "$PYTHON" "$COMPARE" check t.json
}

@test "compare.py fails on two spans that begin together" {
    trace "$(span X 'a (a.py:1)' 1.000 2.000)" "$(span X 'b (a.py:2)' 1.000 1.000)"
    run ! "$PYTHON" "$COMPARE" check t.json
}

oracle_of_shop() {
    oracle actual "$TARGETS/calls/shop.py"
    sed -i '/<listcomp>/d; s/^ *//' actual
    diff -u - actual <<'END'
thread MainThread
<module> (shop.py:1)
builtins.__build_class__
Shop (shop.py:4)
builtins.__build_class__
Shop.Inner (shop.py:5)
Shop.buy (shop.py:15)
Shop.Inner.deep (shop.py:6)
square (shop.py:19)
square (shop.py:19)
Shop.Inner.make (shop.py:9)
Shop.Inner.make.<locals>.local (shop.py:10)
Shop.Inner.make.<locals>.local.<locals>.<lambda> (shop.py:11)
twice (shop.py:23)
builtins.__build_class__
twice.<locals>.Wrapped (shop.py:24)
twice.<locals>.Wrapped.__call__ (shop.py:25)
<lambda> (shop.py:33)
<lambda> (shop.py:33)
END
}

@test "the oracle finds what was written down by hand" {
    each_python oracle_of_shop
}

# debian PACKAGE...: be on a Debian that has these packages, where nothing else is
# installed; what is installed is in the file `installed`.
debian() {
    local tool
    mkdir -p bin
    for tool in bash sh ln env awk grep sed tr tail find mktemp sleep rm cat sort uniq; do
        ln -sf "$(command -v $tool)" bin/
    done
    printf '%s\n' "$@" >packages
    printf '#!/bin/sh\nshift\nexec "$@"\n' >bin/sudo
    printf '#!/bin/sh\n[ "$1" = policy ] || exec grep "^$2 " "%s"\n' "$PWD/depends" >bin/apt-cache
    printf 'grep -qx "$2" "%s" && echo "  Candidate: 1.0" || echo "  Candidate: (none)"\n' "$PWD/packages" >>bin/apt-cache
    cat >bin/apt-get <<END
#!/bin/sh
[ "\$1" = install ] || exit 0
shift 3
for package; do
    grep -qx "\$package" "$PWD/packages" || { echo "E: no \$package"; exit 100; }
done
printf '%s\n' "\$@" >>"$PWD/installed"
for package; do
    ln -sf /bin/true "$PWD/bin/\$package"
done
END
    chmod +x bin/*
    touch depends
}

need() { PATH=$PWD/bin "$TESTS/need" "$@"; }

@test "a wish that nobody has takes nothing else away" {
    debian bats groff
    run -0 need bats or-else shellcheck groff
    [ "$(xargs <installed)" = "bats groff" ]
    grep -q '^No package of apt-get has: shellcheck' <<<"$output"
}

@test "one package that can't be installed does not take the others with it" {
    debian bats groff cppcheck
    sed -i 's/^shift 3/&\ncase " $* " in *" groff "*) exit 100 ;; esac/' bin/apt-get
    run -0 need bats or-else groff cppcheck
    [ "$(xargs <installed)" = "bats cppcheck" ]
}

@test "of the names that a package may have, one that exists is taken" {
    debian firefox musl-tools
    run -0 need or-else firefox musl-gcc
    [ "$(xargs <installed)" = "firefox musl-tools" ]
    rm installed bin/firefox
    debian firefox-esr
    run -0 need or-else firefox
    [ "$(cat installed)" = firefox-esr ]
}

@test "a package that is only a door to a snap is none" {
    debian chromium-browser groff
    echo 'chromium-browser Depends: snapd' >depends
    run -0 need or-else chromium groff
    [ "$(cat installed)" = groff ]
}

@test "what is required and can't be had is an error" {
    debian groff
    run -1 need bats or-else groff
    grep -q '^Could not install: bats' <<<"$output"
    [ "$(cat installed)" = groff ]
}

@test "who can't install is told each command" {
    debian groff musl-tools
    run -0 need --say musl-gcc or-else groff
    [ ! -e installed ]
    grep -q '^As root: apt-get update && apt-get install .* musl-tools groff$' <<<"$output"
}

@test "the counts at the end come from the results" {
    mkdir bin && cat >bin/bats <<'END'
#!/bin/sh
printf '1..4\nok 1 a\nnot ok 2 b\nok 3 c # skip not here\nok 4 d\n'
exit 1
END
    chmod +x bin/bats
    run -1 env PATH="$PWD/bin:$PATH" "$TESTS/run" bats any.bats
    [ "${lines[-2]}" = 1..4 ]
    [ "${lines[-1]}" = "2 passed, 1 failed, 1 skipped" ]
}

@test "what was skipped is told before the counts, with the reasons" {
    mkdir bin && cat >bin/bats <<'END'
#!/bin/sh
printf '# Python 3.%d is not here: skipped\n' 6 7
printf 'ok 1 a # skip no moon\nok 2 b\nok 3 c # skip no moon\n'
END
    chmod +x bin/bats
    PATH=$PWD/bin:$PATH WISHES='bats no-such-program' run -0 "$TESTS/run" bats any.bats
    grep -A 2 '^# Skipped, and why:' <<<"$output" | tail -n 2 | sed 's/  */ /g' >reasons
    printf '# 2 no moon\n# 1 no Python 3.6, 3.7 here\n' | diff - reasons
    grep -q '^# Missing here: no-such-program' <<<"$output"
    [ "${lines[-1]}" = "1 passed, 0 failed, 2 skipped" ]
}

@test "a test runner that dies counts as a failure" {
    mkdir bin && printf '#!/bin/sh\necho "ok 1 a"; exit 3\n' >bin/bats && chmod +x bin/bats
    run -1 env PATH="$PWD/bin:$PATH" "$TESTS/run" bats any.bats
    [ "${lines[-1]}" = "1 passed, 1 failed, 0 skipped" ]
}

@test "a run without any test is a failure" {
    mkdir bin && printf '#!/bin/sh\n' >bin/bats && chmod +x bin/bats
    run -1 env PATH="$PWD/bin:$PATH" "$TESTS/run" bats any.bats
    [ "${lines[-1]}" = "0 passed, 0 failed, 0 skipped" ]
}

# An interpreter for check.py, whose one case ends as the file `plain` or
# `recorded` says, and which notes each of its runs; the real one is only there
# to be recorded.
some_python() {
    cat >some-python <<'END'
#!/bin/sh
[ "$2" = -m ] || { printf '3.12.0\n0\ntest_it\n'; exit; }
way=plain
[ -z "$LD_PRELOAD" ] || way=recorded
echo $way >>FOLDER/runs
REAL -c pass
echo "test_one (test.test_it.Some.test_one) ... $(cat FOLDER/$way)"
END
    sed -i "s|FOLDER|$PWD|; s|REAL|$(a_python)|" some-python
    chmod +x some-python
    echo ok >plain
    echo "${1:-ok}" >recorded
    touch runs accepted
}

check_cpython() {
    "$PYTHON" "$TESTS/cpython/check.py" --python "$PWD/some-python" \
        --agent "$CODESNAP_BUILD/libcodesnap_agent.so" --results results \
        --files all --modes calls --accepted accepted
}

@test "a case of CPython's own tests that fails when recorded is a difference" {
    some_python FAIL
    run -1 check_cpython
    grep -Fqx 'DIFFERS  3.12.0       calls    test_it:test_it.Some.test_one: ok -> FAIL' <<<"$output"
    grep -cx recorded runs | grep -Fqx 2
}

@test "a difference that is accepted for that version is none" {
    some_python FAIL
    echo '3.12- calls test_it:*.test_one it looks at bytecode' >accepted
    run -0 check_cpython
    grep -Fq accepted <<<"$output"
    echo '3.13- all test_it:*.test_one it looks at bytecode' >accepted
    run -1 check_cpython
}

@test "what CPython's own tests said is kept, and not run again" {
    some_python
    run -0 check_cpython
    run -0 check_cpython
    assert_same <(printf 'plain\nrecorded\n') runs
}

@test "a recording that is not there is a difference" {
    some_python
    sed -i '/ -c pass$/d' some-python
    run -1 check_cpython
    grep -Fq 'test_it:(recording): readable -> not readable' <<<"$output"
}

@test "a death by a signal is a difference, whatever the cases say" {
    some_python
    sed -i "\$a [ \$way = plain ] || kill -SEGV \$\$" some-python
    run -1 check_cpython
    grep -Fq 'test_it:(process): 0 -> SIGSEGV' <<<"$output"
}
