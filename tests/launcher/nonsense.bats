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
