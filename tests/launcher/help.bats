#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What codesnap says about itself: help, version, man page, completions.

setup() {
    load ../helpers
    sealed
    SHARE=$TESTS/../share
}

@test "--version is one line on stdout" {
    codesnap --version
    [[ $output =~ ^codesnap\ [0-9]+\.[0-9]+\.[0-9]+ ]]
    codesnap-run --version
    codesnap convert -V
    says
}

@test "--help lists the verbs, and each verb its options and the formats" {
    codesnap --help
    [[ $output == *'codesnap run '*'codesnap convert '* ]]
    codesnap run --help
    [[ $output == *Examples:*Output:*--output*--spool*Recording:*--from*.html*.json* ]]
    local all=$output
    codesnap help run
    [ "$output" = "$all" ]
    codesnap -2 help rum
    says '*codesnap run?'
    codesnap convert -h
    [[ $output == *--output*.html*.json* && $output != *--spool* && $output != *CODESNAP_* ]]
    [[ $output == *"default the session's name"* && $output != *'default result.html'* ]]
    codesnap report --help
    [[ $output == *--limit*--slowest* || $output == *--slowest*--limit* ]]
    [[ $output != *--source* && $output != *.pftrace* ]]
}

@test "no line of --help is wider than 80 columns" {
    for verb in run convert merge report diff info open; do
        codesnap $verb --help
        awk 'length > 80 { print; bad = 1 } END { exit bad }' <<<"$output"
    done
}

@test "--help to a full disk is an error" {
    [ -w /dev/full ] || skip "no /dev/full"
    "$CODESNAP_BUILD/codesnap" run --help >/dev/full 2>said || status=$?
    [ "$status" = 125 ]
    grep -q 'No space' said
}

@test "the man page has every option, its variable and its words" {
    "$PYTHON" - "$TESTS" "$SHARE/codesnap.1" <<'END'
import re, sys
sys.path.insert(0, sys.argv[1])
import tables
page = open(sys.argv[2]).read().replace("\\-", "-")
page = " ".join(re.sub(r'^\.[A-Z]+ ?"?|"', "", page, flags=re.M).split())
for name, letter, variable, _, argument, default, text in tables.rows("agent/session/options.def", "OPTION"):
    flag = ("-%s, " % letter if letter != "0" else "") + "--" + name.replace("_", "-")
    for part in (flag + (" " + argument if argument else "") + " " + text, variable):
        assert part in page, part
END
}

@test "the man page is well-formed" {
    needs groff
    [ -z "$(groff -man -ww -z "$SHARE/codesnap.1" 2>&1)" ]
}

# completed WORD...: what bash offers for the last of them.
completed() {
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _codesnap "$CODESNAP_BUILD/$1"
    echo "${COMPREPLY[*]}"
}

@test "bash completes verbs, options, values and programs" {
    PATH=$CODESNAP_BUILD:$PATH
    # shellcheck source=/dev/null
    source "$SHARE/completions/codesnap.bash"
    [ "$(completed codesnap co)" = convert ]
    [ "$(completed codesnap run --fr)" = --from ]
    [ "$(completed codesnap-run --qu)" = --quiet ]
    [ "$(completed codesnap convert --sp)" = '' ]
    [ "$(completed codesnap di)" = diff ]
    [ "$(completed codesnap diff --fa)" = --fail-if ]
    [ "$(completed codesnap run --from st)" = start ]
    [ "$(completed codesnap run --format js)" = json ]
    [[ " $(completed codesnap-run -o x ca) " == *' cat '* ]]
    [ "$(completed codesnap-run cat --fr)" = '' ]
    [ "$(completed codesnap-run --spool x --quiet --fr)" = --from ]
    mkdir t.json.codesnap
    [ "$(completed codesnap convert t.)" = t.json.codesnap ]
}
