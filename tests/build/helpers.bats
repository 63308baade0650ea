#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The helpers notice what they are there to notice.

setup() {
    load ../helpers
    sealed
}

@test "codesnap keeps stdout and stderr apart" {
    codesnap-run sh -c 'echo out; echo err >&2'
    [ "$output" = out ]
    says err 'codesnap: *'
}

@test "codesnap fails a test when the status is another one" {
    run ! codesnap-run sh -c 'exit 3'
    codesnap-run -3 sh -c 'exit 3'
}

@test "says notices a line too many, too few, and another one" {
    export stderr=$'one\ntwo'
    says one two
    run ! says one
    run ! says one two three
    run ! says one three
    stderr=
    says
    run ! says one
}

@test "status_of tells a status from a signal" {
    [ "$(status_of sh -c 'exit 137')" = 137 ]
    [ "$(status_of sh -c 'kill -9 $$')" = SIGKILL ]
}

@test "until_there and until_ended wait as long as it takes, and no longer" {
    "$PYTHON" -c 'import time
while True: time.sleep(1)' 3>&- &
    run ! has_ended $!
    (sleep 0.2; touch there; kill $!) 3>&-
    until_there there
    until_ended $!
}

@test "sealed leaves nothing that steers codesnap" {
    export CODESNAP_OUT=x.json PYTHONHOME=/nowhere
    sealed
    [ -z "${CODESNAP_OUT-}${PYTHONHOME-}" ]
    holds
}

@test "holds notices a file too many and one too few" {
    touch a
    holds a
    run ! holds
    run ! holds a b
}

@test "assert_same shows the difference" {
    echo a >a
    echo b >b
    assert_same a a
    run ! assert_same a b
}
