#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# How the agent gets in: LD_PRELOAD, the paths it can hold, and the environment
# that the program and codesnap runs inside it see.

setup() {
    load ../helpers
    sealed
    PY=$(a_python)
    AGENT=$(realpath "$CODESNAP_BUILD")/libcodesnap_agent.so
}

# preloaded [VALUE]: what the program finds in LD_PRELOAD when it was VALUE.
preloaded() {
    timeout 100 env LD_PRELOAD="${1-}" "$CODESNAP_BUILD/codesnap-run" -q \
        sh -c 'echo "$LD_PRELOAD"' 2>/dev/null 3>&-
}

@test "the agent comes before what is preloaded already" {
    [ "$(preloaded)" = "$AGENT" ]
    [ "$(preloaded /none/a.so:/none/b.so)" = "$AGENT:/none/a.so:/none/b.so" ]
    [ "$(preloaded '/none/a.so  /none/b.so')" = "$AGENT:/none/a.so:/none/b.so" ]
}

@test "the agent is there once" {
    [ "$(preloaded "/none/a.so:$AGENT")" = "$AGENT:/none/a.so" ]
    [ "$(preloaded "/elsewhere/libcodesnap_agent.so")" = "$AGENT" ]
}

@test "a sanitizer's library stays the first" {
    [ "$(preloaded /none/a.so:/none/libasan.so.8)" = "/none/libasan.so.8:$AGENT:/none/a.so" ]
    [ "$(preloaded /none/libtsan.so.2)" = "/none/libtsan.so.2:$AGENT" ]
}

@test "a path with blanks, colons or a dollar works" {
    for folder in 'a b' 'a:b' 'a$LIB'; do
        mkdir "$folder"
        cp "$CODESNAP_BUILD"/codesnap "$CODESNAP_BUILD"/*.so "$folder"
        run -0 --separate-stderr "./$folder/codesnap" run "$PY" -c 'print(len("abc"))'
        says 'codesnap: result.html: *'
    done
}

@test "the link to such a path outlives the run, and is the same next time" {
    mkdir 'a b'
    cp "$CODESNAP_BUILD"/codesnap "$CODESNAP_BUILD"/*.so 'a b'
    first=$('./a b/codesnap' run -q sh -c 'echo $LD_PRELOAD' 2>/dev/null)
    [ "$(readlink "$first")" = "$PWD/a b/libcodesnap_agent.so" ]
    [ "$('./a b/codesnap' run -q sh -c 'echo $LD_PRELOAD' 2>/dev/null)" = "$first" ]
}

@test "a folder of somebody else is not trusted with that link" {
    needs_root
    mkdir 'a b' cache
    cp "$CODESNAP_BUILD"/codesnap "$CODESNAP_BUILD"/*.so 'a b'
    mkdir -m 777 cache/codesnap
    link=$(XDG_CACHE_HOME=$PWD/cache './a b/codesnap' run -q sh -c 'echo $LD_PRELOAD' 2>/dev/null)
    [ -n "$link" ]
    [[ $link != "$PWD"/cache/* ]]
}

@test "an installed agent is found" {
    mkdir -p usr/bin usr/lib/codesnap
    cp "$CODESNAP_BUILD/codesnap" usr/bin
    cp "$AGENT" usr/lib/codesnap
    ln -s "$PWD/usr/bin/codesnap" codesnap-run
    [ "$(./codesnap-run -q sh -c 'echo $LD_PRELOAD' 2>/dev/null)" = \
        "$PWD/usr/lib/codesnap/libcodesnap_agent.so" ]
}

@test "the program gets the session and the given options, and no more" {
    unset CODESNAP_BUILD_ONLY
    env | grep ^CODESNAP_ | sort >before
    CODESNAP_OUT=t.json by_codesnap --from=start sh -c 'env | grep ^CODESNAP_ | sort' >after 2>/dev/null
    diff before after >added || true
    [ "$(sed -n 's/^> //p' added)" = "CODESNAP_FROM=start
CODESNAP_SESSION=$PWD/t.json.codesnap" ]
}

@test "the environment gives options where the command line does not" {
    CODESNAP_OUT=env.json codesnap-run "$PY" -c pass
    says 'codesnap: env.json: *'
    CODESNAP_OUT=env.json codesnap-run -o line.json "$PY" -c pass
    says 'codesnap: line.json: *'
}

@test "a codesnap-run inside a recorded program has its own session" {
    codesnap-run --from=start -o outer.json sh -c '
        "$1/codesnap-run" -o inner.json "$2" -c "print(len(\"abc\"))"
        "$2" -c pass' - "$CODESNAP_BUILD" "$PY"
    says 'codesnap: inner.json: *1 process*' 'codesnap: outer.json: *1 process*'
    "$PYTHON" -c 'import json
sizes = [len(json.load(open(name + ".json"))["traceEvents"]) for name in ("inner", "outer")]
print(sizes)
assert sizes[0] * 5 < sizes[1], "the inner one inherited --from=start"'
}

@test "tools that are preloaded beside us go on working" {
    library=$(find /usr/lib -name 'libjemalloc.so.2' -o -name 'libtcmalloc*.so.4' \
        -o -name 'libeatmydata.so' 2>/dev/null | head -n 1)
    [ -n "$library" ] || skip "none of jemalloc, tcmalloc, eatmydata is here"
    LD_PRELOAD=$library codesnap-run "$PY" -c 'print(open("/proc/self/maps").read())'
    [[ $output == *"$library"* ]]
    says 'codesnap: result.html: *'
}
