#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Killed at any instant: the short version of `make kills`.

setup() {
    load ../helpers
    sealed
}

@test "whenever a program is killed, what it proved to have called is recorded" {
    run timeout 1000 "$PYTHON" "$TESTS/kills/kills.py" 40 "$CODESNAP_PYTHONS" 3>&- 4>&-
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *'40 kills '*', 0 failed; '* ]]
}

@test "the kill test notices what is missing" {
    "$PYTHON" - "$TESTS/kills" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import kills
spans = [kills.compare.Span(name, "FEE", i, i + 1) for i, name in enumerate(["step (a.py:1)", "leaf (a.py:2)", "builtins.len"])]
kills.compare_counts((1, 1), 1, spans)
kills.compare_counts((1, 1), 0, spans)
for count in (2, -1):
    try:
        kills.compare_counts((1, 1), count, spans)
    except kills.Failure:
        continue
    sys.exit("%d is not noticed" % count)
END
}
