#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What can't be meant is said in one line, with the way out, before the program
# starts.

setup() {
    load ../helpers
    sealed
    cd "$BATS_TEST_TMPDIR" || return 1
}

# refused: each line of standard input is FLAGS|MESSAGE, a pattern.
refused() {
    local flags message
    while IFS='|' read -r flags message; do
        eval "codesnap-run -2 $flags echo started"
        says "codesnap: $message"
        [ -z "$output" ]
    done
}

@test "a pattern that nobody can mean" {
    refused <<'END'
--exclude 'a[b'|--exclude: 'a?b' has a ? without a ]; write ?? for one in a name
--exclude '[!]'|--exclude: '?!]' has a ? without a ]*
--include :f|--include: ':f' has nothing before the : in it; give MODULE:NAME, or ?:NAME for any module
--include m:|--include: 'm:' has nothing behind the : in it; give MODULE:?, or FILE alone
--exclude-tree 'f()'|--exclude-tree: 'f()' has parentheses; give the name without them
--exclude a.py::f|--exclude: 'a.py::f' has several : in it; give MODULE:NAME or FILE:LINE
--exclude a.py:f|--exclude: 'a.py:f' is a FILE with a name behind it; give FILE, FILE:LINE or MODULE:NAME
--exclude a,b|--exclude: 'a,b' has a , or ; in it; give the patterns one by one, and write * for it in a name
--exclude ' f'|--exclude: ' f' begins or ends with a space; leave it out
--exclude ''|--exclude: the value is empty; give a PATTERN
END
}

@test "a pattern that nobody can mean, in the variable" {
    CODESNAP_FILTER='exclude=a;include=b[' codesnap-run -2 echo started
    says "codesnap: CODESNAP_FILTER: 'b?' has a ? without a ]*"
    LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so CODESNAP_OUT=t.json \
        CODESNAP_FILTER='exclude=:f' "$(command -v python3)" -c 'print(1)' >out 2>said
    [ "$(cat out)" = 1 ]
    grep -q "CODESNAP_FILTER: ':f' has nothing before the :" said
}

@test "a value that no option of its kind takes" {
    local name kind value
    while IFS='|' read -r name kind; do
        case $kind in
        FLAG) value=maybe ;;
        CHOICE) value=maybe ;;
        SIZE | NUMBER) value=-5 ;;
        GLOB | RULE) value='a[b' ;;
        TEXT | TEXTS) value='' ;;
        *) value=nonsense ;;
        esac
        codesnap-run -2 "--$name=$value" echo started
        says "codesnap: *--$name*"
        [ -z "$output" ]
    done < <(PYTHONPATH=$TESTS "$PYTHON" -c '
import tables
for row in tables.rows("agent/session/options.def", "OPTION"):
    if row[0] not in ("fail_if", "help", "version"):
        print(row[0].replace("_", "-"), row[3], sep="|")')
}

@test "numbers and durations without sense" {
    refused <<'END'
--max-depth 0|--max-depth: can't read '0'; give a number from 1 on
--max-depth 1.5|--max-depth: can't read '1.5'*
--min-duration 5|--min-duration: can't read '5'; give a duration as 50us, 10s, 5m or 1h
--min-duration -5ms|--min-duration: can't read '-5ms'*
--min-duration '5 ms'|--min-duration: can't read '5 ms'*
--window 5..|--window: can't read '5..'; give A..B*
--window ..|--window: can't read '..'; give A..B*
--window 2s..1s|--window: '2s..1s' ends before it begins*
--process 123|--process: no process has its pid before it starts; give a name
END
}

@test "options that contradict each other" {
    refused <<'END'
--max-depth 5 --max-depth 6|--max-depth is given twice, as '5' and '6'; leave one of them out
--from start --from=program|--from is given twice, as 'start' and 'program'*
--include a --exclude '*'|--include=a has no effect, since --exclude=? comes after it; leave one of them out, or change their order
--exclude b:c --include d --exclude-tree b:c|--exclude=b:c has no effect, since --exclude-tree=b:c comes after it*
--wait --children=no|--wait has no effect with --children=no*
--tracer python --exclude a|the tracer in Python records all functions*
--tracer python --last 10s|the tracer in Python keeps all that it records*
--sort total|--sort has no effect without --report*
END
    CODESNAP_FILTER='exclude=a;include=*:*' codesnap-run -2 echo started
    says 'codesnap: --exclude=a has no effect, since --include=?:? comes after it*'
}

@test "a variable that is misspelt, or named after an option" {
    while IFS='|' read -r variable message; do
        env "$variable=x" "$CODESNAP_BUILD/codesnap-run" echo started >out 2>said && return 1
        # shellcheck disable=SC2053 # a pattern
        [[ $(cat out said) == "codesnap: CODESNAP_"$message ]]
    done <<'END'
CODESNAP_EXCLUDE|EXCLUDE: there is no such variable; set CODESNAP_FILTER='exclude=PATTERN'
CODESNAP_OUTPUT|OUTPUT: there is no such variable; that of --output is CODESNAP_OUT
CODESNAP_KEEP|KEEP: there is no such variable; give --keep
CODESNAP_MAXDEPTH|MAXDEPTH: there is no such variable; did you mean CODESNAP_MAX_DEPTH[?]
END
}

@test "a variable that only begins like ours is somebody else's" {
    CODESNAP_VERSION=1.2 CODESNAP_HOME=/srv CODESNAP_BUILD_NUMBER=7 CODESNAP_KEEP='' codesnap-run echo started
    [ "$output" = started ]
}

@test "what repeats or narrows is no contradiction" {
    codesnap-run --exclude '*' --include 'time:sleep' --exclude a --exclude a \
        --max-depth 5 --max-depth 5 --own --own=no echo started
    [ "$output" = started ]
}
