#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Options come from .codesnap.toml or pyproject.toml, behind flags and variables, and
# what is wrong there is said with its line before the program starts.

setup() {
    load ../helpers
    sealed
    cd "$BATS_TEST_TMPDIR" || return 1
    PY=$(command -v python3)
    echo 'len("a"); abs(1); print("ran")' >app.py
}

# recorded_with OPTION: what info says that the recording was restricted by.
recorded_with() {
    codesnap info t.json
    [[ $output == *"recorded with $1"* ]]
}

@test "settings of pyproject.toml are options of the run, and are said" {
    cat >pyproject.toml <<'END'
[project]
name = "shop"  # another one's
description = """
[tool.codesnap]
max-depth = 1"""
[tool.codesnap]
output = "t.json"
exclude = ["*:a", '*:b']
include = "c"
max-depth = 7
keep = true
c-calls = false
END
    codesnap-run "$PY" app.py
    says 'codesnap: t.json: *; settings: pyproject.toml; session kept: t.json.codesnap'
    recorded_with '--exclude=*:a --exclude=*:b --include=c --max-depth=7'
    codesnap report t.json
    [[ $output != *builtins.len* && -d t.json.codesnap ]]
}

@test "a flag goes before a variable, a variable before the file" {
    printf 'max-depth = 7\nexclude = "file"\noutput = "t.json"\nquiet = true\n' >.codesnap.toml
    codesnap-run "$PY" app.py
    recorded_with '--exclude=file --max-depth=7'
    CODESNAP_FILTER='exclude=variable' CODESNAP_MAX_DEPTH=8 codesnap-run "$PY" app.py
    recorded_with '--exclude=variable --max-depth=8'
    CODESNAP_FILTER='exclude=variable' CODESNAP_MAX_DEPTH=8 \
        codesnap-run --max-depth 9 --exclude flag "$PY" app.py
    recorded_with '--exclude=flag --max-depth=9'
}

@test "what a file leaves out need not be there in every run, what it wants must" {
    printf 'exclude = "json:*"\n' >.codesnap.toml
    codesnap-run -o t.json "$PY" app.py
    says 'codesnap: t.json: *); settings: .codesnap.toml'
    printf 'include = "json:*"\n' >.codesnap.toml
    codesnap-run -o t.json "$PY" app.py
    says 'codesnap: no function that ran fits --include*'
}

@test "several outputs come from a file, unless a flag names one" {
    echo 'output = ["a.json", "b.csv"]' >.codesnap.toml
    codesnap-run -q "$PY" app.py
    [ -s a.json ] && [ -s b.csv ]
    rm a.json b.csv
    codesnap-run -q -o c.json "$PY" app.py
    [ -s c.json ] && [ ! -e a.json ]
}

@test "--config and CODESNAP_CONFIG name the file, or none" {
    echo 'max-depth = 7' >.codesnap.toml
    mkdir other
    printf '[tool.codesnap]\nmax-depth = 8\n' | tee other/pyproject.toml >other/own.toml
    codesnap-run -q -o t.json --config=other/pyproject.toml "$PY" app.py
    recorded_with '--max-depth=8'
    CODESNAP_CONFIG=other/own.toml codesnap-run -q -o t.json "$PY" app.py
    recorded_with '--max-depth=8'
    codesnap-run -q -o t.json --config=no "$PY" app.py
    codesnap info t.json
    [[ $output != *'recorded with'* ]]
    codesnap-run -2 --config=nosuch "$PY" app.py
    says 'codesnap: nosuch: No such file or directory'
}

@test "a pyproject.toml without codesnap is none of ours, whatever it is" {
    echo 'x = = "broken' >pyproject.toml
    codesnap-run -q -o t.json "$PY" app.py
    [ "$output" = ran ]
    echo '[tool.other] # codesnap' >pyproject.toml
    codesnap-run -o t.json "$PY" app.py
    says 'codesnap: t.json: *%, its start*)'
}

@test "what is wrong in a file is said with its line, before the program starts" {
    while IFS='|' read -r text message; do
        printf '# one\n%s\n' "$text" >.codesnap.toml
        codesnap-run -2 "$PY" app.py
        says "codesnap: .codesnap.toml:2: $message"
        [ -z "$output" ]
    done <<'END'
exlude = "a"|there is no setting 'exlude'; did you mean exclude?
max_depth = 5|there is no setting 'max_depth'; did you mean max-depth?
colour = 1|there is no setting 'colour' (codesnap help run lists them)
report = true|report can't be set in a file; leave it out, or give --report
[tool.other]|there is no table 'tool'; give the settings as key = value
max-depth = 0|max-depth: can't read '0'; give a number from 1 on
max-depth = "5"|max-depth: give a number: LEVELS
own = "yes"|own: give true or false
exclude = ["a", 3]|exclude: give a text in quotes, or several in ? ?: PATTERN
exclude = [["a"]]|exclude: give a text in quotes, or several in ? ?: PATTERN
exclude = "a["|exclude: 'a?' has a ? without a ]; write ?? for one in a name
c-calls = "maybe"|c-calls: 'maybe' is not one of its values: yes?no
process = ["a"]|process: give a text in quotes: NAME
exclude =|there is no value: key = "value"
exclude = a|this is no value; a text stands in quotes
max-depth = 5 6|there is something behind the end of the value
output = "a|the string has no end in its line
[[tool.codesnap]]|tool.codesnap is no table; write ?tool.codesnap?
END
}

@test "what is set twice is said with the second line" {
    printf 'own = true\nmax-depth = 5\nown = true\n' >.codesnap.toml
    codesnap-run -2 "$PY" app.py
    says 'codesnap: .codesnap.toml:3: own is set twice; leave one of them out'
    printf '[tool.codesnap]\n[tool.codesnap]\n' >.codesnap.toml
    codesnap-run -2 "$PY" app.py
    says 'codesnap: .codesnap.toml:2: tool.codesnap is there twice; put both together'
}

@test "without the launcher no file is read, and that is said where one was asked for" {
    echo 'max-depth = 7' >.codesnap.toml
    CODESNAP_CONFIG=.codesnap.toml CODESNAP_OUT=t.json \
        LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so "$PY" app.py 2>said
    grep -q 'CODESNAP_CONFIG: only codesnap run reads settings' said
    codesnap info t.json
    [[ $output != *'recorded with'* ]]
}
