#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# What can't be done is said before anything runs: one line that names the
# thing and the way out, with a status of its own.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
}

# refused RC PATTERN [ARG...]: codesnap-run ARG... ends with RC and one line,
# and no program ran.
refused() {
    codesnap-run "-$1" "${@:3}"
    says "$2"
    [ -z "$output" ]
}

@test "a command that is not there is 127" {
    refused 127 'codesnap: no-such: no such command*' no-such
    refused 127 'codesnap: ./no-such: No such file*' ./no-such
    refused 127 'codesnap: : *' ''
}

@test "a file that is not executable is 126" {
    echo 'print(1)' >app
    refused 126 'codesnap: ./app: not executable*' ./app
    refused 126 'codesnap: /: is a folder without a __main__.py*' /
}

@test "a script whose interpreter is gone is 127" {
    printf '#!/no/such/python\n' >app
    chmod +x app
    refused 127 'codesnap: ./app: the interpreter in its first line is not there' ./app
}

# PATH has a python3 that is recorded.
with_python3() {
    mkdir bin
    ln -s "$PY" bin/python3
    PATH=$PWD/bin:$PATH
}

@test "a script, a folder with a __main__.py, -m and -c are run by python3" {
    with_python3
    mkdir pack
    echo 'import sys; print("ran", sys.argv[1:])' | tee app.py >pack/__main__.py
    for command in app.py ./app.py pack '-m pack' '-m app'; do
        # shellcheck disable=SC2086 # one or two words
        codesnap-run -o t.json $command -q --help
        [ "$output" = "ran ['-q', '--help']" ]
        grep -q '"<module> (' t.json
        rm t.json
    done
    codesnap-run -o t.json -c 'import sys; print(sys.argv)' -m x
    [ "$output" = "['-c', '-m', 'x']" ]
}

@test "a script that runs by itself keeps its interpreter" {
    with_python3
    printf '#!/bin/sh\necho by sh\n' >app.py
    chmod +x app.py
    codesnap-run ./app.py
    [ "$output" = 'by sh' ]
    PATH=$PWD:$PATH
    codesnap-run app.py
    [ "$output" = 'by sh' ]
}

@test "a script without a python3 in PATH names the way out" {
    echo 'print(1)' >app.py
    PATH=/no/such "$CODESNAP_BUILD/codesnap-run" app.py 2>said || rc=$?
    [ "$rc" = 127 ]
    grep -q '^codesnap: app.py: no python3 in PATH.*codesnap run /path/to/python3 app.py$' said
    refused 127 'codesnap: none.py: no such file' none.py
}

@test "a text without #! runs in the shell, as from a shell" {
    echo 'echo "$0 $1"; exit 4' >app
    chmod +x app
    codesnap-run -4 ./app x
    [ "$output" = './app x' ]
}

@test "an unknown option names one that is near, or none" {
    refused 2 '*--tracr;*--tracer?*' --tracr c true
    refused 2 '*--outptu;*--output?*' --outptu=x true
    refused 2 '*--colour (codesnap help run lists them)' --colour true
    refused 2 '*-x*' -x true
    codesnap -2 convert --spool x y
    says '*--spool*'
}

@test "an unknown verb names the one that was meant, or none" {
    codesnap -2 convrt x
    says "*'convrt'; did you mean codesnap convert?"
    codesnap -2 record x
    says "*'record'; did you mean codesnap run?"
    codesnap -2 vew x
    says "*'vew'; did you mean codesnap open?"
    codesnap -2 zzz
    says "*'zzz' (codesnap --help lists them); to record a program: codesnap run zzz"
    codesnap -2 python3 app.py
    says '*codesnap run python3*'
}

@test "an option without its value says what it wants" {
    refused 2 '*-o needs a value: FILE' -o
    refused 2 '*--format needs a value: NAME' --format
    refused 2 '*--quiet takes no value, or no to take it back' --quiet=maybe true
    refused 2 '*--output: the value is empty*' --output= true
}

@test "an unknown tracer or starting point names the allowed ones" {
    refused 2 "*--tracer: 'rust' is not one of its values: *c*" --tracer rust true
    refused 2 '*--from: *program|start' --from=end true
    CODESNAP_TRACER=rust refused 2 'codesnap: CODESNAP_TRACER:*' true
}

@test "a bad size says what a size is" {
    for size in 12x -1 K '' 1.5M 99999999999999999999; do
        refused 2 '*--exit-convert: *' "--exit-convert=$size" true
    done
}

@test "an output of no known kind names the known ones" {
    refused 2 '*out.xyz*.html, .json*' -o out.xyz true
    refused 2 "*--format*'xyz'*html, json*" --format xyz true
    refused 2 '*standard output is the program*' --format json -o - true
}

@test "an output that can't be written is said before the program starts" {
    mkdir folder
    refused 125 '*/no/such/: *No such file*' -o /no/such/t.json touch ran
    refused 125 '*folder: is a folder*' --format json -o folder touch ran
    refused 125 'codesnap: /proc/: can*' -o /proc/t.json touch ran
    refused 125 '*--spool' --spool /proc -o t.json touch ran
    refused 125 '*a folder that exists with --spool' --spool no/such -o t.json touch ran
    refused 2 'codesnap: t.json: -o names it twice' -o t.json -o u.json -o t.json touch ran
    if [[ $EUID -eq 0 ]] && mkdir small && mount -t tmpfs -o nr_inodes=1 codesnap-test small; then
        refused 125 '*No space left*another folder with --spool' --spool small -o t.json touch ran
        umount small
    fi
    [ ! -e ran ]
}

@test "a folder that may not be written is said before the program starts" {
    needs_root
    needs setpriv
    reachable
    run -125 --separate-stderr setpriv --reuid=65534 --clear-groups \
        "$CODESNAP_BUILD/codesnap-run" -o t.json touch ran
    [[ ${stderr-} == codesnap:* ]] || skip "other users can't run the build: $stderr"
    says 'codesnap: ./: *Permission denied*'
    [ ! -e ran ]
}

@test "checking an output does not touch it" {
    echo old >t.json
    codesnap-run -127 -o t.json no-such
    codesnap-run -3 -o t.json sh -c 'exit 3'
    holds t.json
    [ "$(cat t.json)" = old ]
}

@test "options that have no effect together are refused" {
    refused 2 '*--sort has no effect without --report*' --sort self true
    refused 2 '*--json has no effect without --report*' --json true
    refused 2 '*--output has no effect with --report*' -o x.json --report true
    refused 2 '*--source has no effect*' --source=no -o x.json true
    refused 2 '*--exit-convert has no effect here*' --exit-convert 1M true
    codesnap -2 report --tree --sort calls x
    says '*--sort has no effect with --tree*'
    CODESNAP_EXIT_CONVERT=1M codesnap-run -q true
}

@test "nothing to run, or no verb at all, says how to call it" {
    refused 2 '*PROGRAM*--help*'
    codesnap -2
    says '*codesnap run app.py*'
    codesnap -2 convert
    says '*SESSION*'
}

@test "options after the program are the program's" {
    codesnap-run -q echo -q --help -o
    [ "$output" = '-q --help -o' ]
    codesnap-run -q -- echo -- x
    [ "$output" = '-- x' ]
}

@test "an agent that is not there is said, with the way out" {
    CODESNAP_AGENT=/no/agent.so refused 125 'codesnap: CODESNAP_AGENT: /no/agent.so: *' true
    cp "$CODESNAP_BUILD/codesnap" alone
    run -125 --separate-stderr ./alone run true
    says '*libcodesnap_agent.so*make*'
}

@test "a broken agent leaves the program as it is" {
    head -c 5000 /dev/urandom >broken.so
    CODESNAP_AGENT=$PWD/broken.so codesnap-run -5 "$PY" -c 'print("ran"); raise SystemExit(5)'
    [ "$output" = ran ]
    [[ $stderr == *'codesnap: nothing recorded: '* ]]
}

@test "a file name can't steer the terminal" {
    refused 127 $'codesnap: a?[31mb: *' $'a\e[31mb'
}
