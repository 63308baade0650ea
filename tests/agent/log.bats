#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# CODESNAP_LOG: what the agent does, for whoever debugs it.

setup() {
    load ../helpers
    load ../pythons
    sealed
}

# logged: the log without pids and times, sorted where processes mix.
logged() { sed -E 's/^[0-9]+ [0-9]+\.[0-9]{6} //' agent.log; }

life() {
    rm -f agent.log
    CODESNAP_LOG=$PWD/agent.log codesnap-run -o t.json "$PY" -c 'import os
if os.fork() == 0: os._exit(0)
os.wait()'
    says 'codesnap: t.json: *'
    logged >said
    [[ $(<said) == *'loaded: a Python is about to start'*'the interpreter starts: '*'the program starts'*'the interpreter ends'* ]]
    grep -qE '^the interpreter starts: .*3\..*, session .*/t.json.codesnap$' said
    [ "$(cut -d ' ' -f 1 agent.log | sort -u | wc -l)" = 1 ]
}

@test "the log has the agent's life in order, and stderr nothing of it" {
    each_python life
}

@test "it says that the agent is turned off, that no Python is there" {
    export CODESNAP_LOG=$PWD/agent.log
    PY=$(a_python)
    CODESNAP_DISABLE=1 LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so CODESNAP_OUT=t.json "$PY" -c ''
    logged | grep -x 'loaded: disabled, or nothing is asked for'
    LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so CODESNAP_OUT=t.json cat </dev/null
    logged | grep -x 'loaded: no Python is here yet'
    [ "$(stat -c %a agent.log)" = 600 ]
}

@test "a log that can't be written changes nothing" {
    CODESNAP_LOG=/no/such/folder/log codesnap-run -o t.json "$(a_python)" -c 'print(1)'
    [ "$output" = 1 ]
    says 'codesnap: t.json: *'
}
