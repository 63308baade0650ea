#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# An interpreter is found whenever and however it comes, and the recording starts
# with the first code that is not its own start-up.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../embedders
    cd "$BATS_TEST_TMPDIR" || return 1
    cp "$TARGETS/embedders/leaf_work.py" "$TARGETS/calls/hello.py" .
    export PYTHONPATH=.
}

# embedded COMMAND...: it ran on this interpreter; some_embedded skips the test
# if none had what it takes.
embedded() { echo "$PY" >>embedded; }
some_embedded() { [ -s embedded ] || skip "no interpreter with headers and a shared library"; }

# counted COUNT NAME: so often that is in t.json.
counted() { names t.json | grep -Fx "$1 $2"; }
names() { env -u PYTHONHOME -u PYTHONPATH "$PYTHON" "$COMPARE" names "$@"; }
forest() { env -u PYTHONHOME -u PYTHONPATH "$PYTHON" "$COMPARE" tree "$@"; }

# first_is PATTERN: what t.json starts with.
first_is() {
    env -u PYTHONHOME -u PYTHONPATH "$PYTHON" -c '
import json, sys
events = json.load(open("t.json"))
events = events["traceEvents"] if isinstance(events, dict) else events
print(min((e for e in events if e.get("cat") == "FEE"), key=lambda e: e["ts"])["name"])' | grep -E "^$1"
}

# starts_clean: nothing of the interpreter's own start-up is in t.json.
starts_clean() {
    names t.json >all
    if grep -E '(site\.py|<frozen site>|encodings/__init__\.py|<frozen runpy>|runpy\.py):[0-9]+\)$' all; then
        echo "start-up is in the recording"
        return 1
    fi
}

# == BY DLOPEN ================================================================

late() {
    embedder_parts || return 0
    "${CC:-cc}" -w "$TARGETS/embedders/late.c" -o late -ldl
    local flag
    for flag in local global deepbind; do
        rm -f t.json
        [ "$(record t.json ./late "$LIBRARY" $flag)" = $'3\n3\n3' ]
        forest t.json '<string>' | plain_names >tree
        diff -u - tree <<END
thread MainThread
<module>
  f
    builtins.len
  builtins.print
  f
    builtins.len
  builtins.print
  f
    builtins.len
  builtins.print
END
    done
    embedded
}

@test "an interpreter that is loaded by dlopen is recorded, under any flags" {
    each_python late
    some_embedded
}

# Of those in a chroot, from inside of it: their Python becomes the program.
late_inside() {
    [ "$HOW" = chroot ] || return 0
    local flag become='
import glob, os, sys
library = glob.glob("/usr/lib/*/libpython%d.%d*.so.1" % sys.version_info[:2])
library and os.execv("./late", ["./late", library[0], sys.argv[1]])'
    for flag in local global deepbind; do
        rm -f t.json
        record t.json "$PY" -c "$become" $flag >out
        [ -s out ] || return 0
        [ "$(cat out)" = $'3\n3\n3' ]
        counted 3 'f (<string>:1)'
    done
    embedded
}

@test "so is one of the newest, in a system of its own" {
    "${CC:-cc}" -w "$TARGETS/embedders/late.c" -o late -ldl
    each_python late_inside
    [ -s embedded ] || skip "no chroot with a libpython"
}

again() {
    embedder_parts || return 0
    "${CC:-cc}" -w "$TARGETS/embedders/late.c" -o late -ldl
    [ "$(record t.json ./late "$LIBRARY" local 3 | wc -l)" -eq 9 ]
    counted 9 'f (<string>:1)'
    embedded
}

@test "an interpreter that is loaded, finalized and loaded again is recorded each time" {
    each_python again
    some_embedded
}

plugin() {
    build_embedder plugin -shared -fPIC || return 0
    "${CC:-cc}" -w "$TARGETS/embedders/host.c" -o host -ldl
    local flag
    for flag in now deepbind; do
        rm -f t.json
        record t.json ./host ./plugin $flag
        counted 3 'request (leaf_work.py:5)'
        counted 3 'helper (leaf_work.py:1)'
        starts_clean
    done
    embedded
}

@test "an interpreter that a plugin brings is recorded, on threads of its host" {
    each_python plugin
    some_embedded
}

apart() {
    embedder_parts || return 0
    "${CC:-cc}" -w "$TARGETS/embedders/late.c" -o late -ldl
    plainly ./late "$LIBRARY" dlmopen >expected || return 0
    codesnap-run -0 -o t.json ./late "$LIBRARY" dlmopen
    [ "$output" = "$(cat expected)" ]
    says 'codesnap: not recorded: a Python that dlmopen loaded has a namespace of its own' \
        'codesnap: nothing recorded: ./late started no Python (3.6 or newer)*'
    embedded
}

@test "an interpreter that dlmopen loads runs as ever, and is said to be out of reach" {
    each_python apart
    some_embedded
}

# two: each interpreter with the one before it, one after the other.
two() {
    embedder_parts || return 0
    local previous
    previous=$(cat previous 2>/dev/null) || true
    printf '%s\n%s\n' "$LIBRARY" "$PYTHONHOME" >previous
    [ "$previous" ] || return 0
    "${CC:-cc}" -w "$TARGETS/embedders/several.c" -o several -ldl
    # shellcheck disable=SC2086 # library, home; no spaces in them
    env -u PYTHONHOME "$CODESNAP_BUILD/codesnap-run" -q -o t.json ./several \
        $previous "$LIBRARY" "$PYTHONHOME" 3>&- 4>&- >out
    diff -u <(printf '%s\n' 3 3) out
    counted 2 'f (<string>:1)'
    embedded
}

@test "several libraries in one process are recorded one after the other" {
    each_python two
    some_embedded
}

# == THAT NEVER RUNS __MAIN__ =================================================

no_main() {
    build_embedder nomain || return 0
    local how option
    for how in site nosite; do
        for option in --c-calls=yes --c-calls=no; do
            rm -f t.json
            record t.json $option ./nomain $how
            counted 1 'import leaf_work (leaf_work.py:1)'
            counted 3 'request (leaf_work.py:5)'
            counted 3 'helper (leaf_work.py:1)'
            starts_clean
        done
    done
    record t.json --from=start ./nomain
    counted 3 'request (leaf_work.py:5)'
    names t.json | grep -E '(site\.py|<frozen site>):[0-9]+\)$'
    embedded
}

@test "an embedder that never runs __main__ is recorded from its first code on" {
    each_python no_main
    some_embedded
}

as_python() {
    build_embedder runmain || return 0
    [ "$(record t.json ./runmain hello.py)" = World ]
    first_is '<module> .hello.py:1.'
    [ "$(record t.json ./runmain -m hello a)" = A ]
    first_is _run_module_as_main
    embedded
}

@test "an embedder that runs a program as python does starts where python does" {
    each_python as_python
    some_embedded
}

site_hooks() {
    rm -rf site && mkdir site
    echo 'import json; json.dumps([1])' >site/usercustomize.py
    echo 'def hook(): pass
hook()' >site/sitecustomize.py
    build_embedder nomain || return 0
    PYTHONPATH=site:. record t.json ./nomain
    counted 3 'request (leaf_work.py:5)'
    starts_clean
    if names t.json | grep customize; then false; fi
    embedded
}

@test "sitecustomize and usercustomize are part of the start-up" {
    each_python site_hooks
    some_embedded
}

# == REAL PROGRAMS ============================================================

@test "gdb's Python is recorded" {
    needs gdb
    gdb -batch -ex 'python print(1)' 2>/dev/null | grep -x 1 || skip "this gdb has no Python"
    unset PYTHONPATH
    [ "$(record t.json gdb -nx -batch -ex 'python print(len("abc"))' 2>/dev/null)" = 3 ]
    counted 1 'builtins.print'
    names t.json | grep -E '^[0-9]+ <module> \(<string>:1\)$'
}

@test "vim's Python is recorded, and vim without it is left alone" {
    local vim
    vim=$(compgen -c | grep -xE 'vim(\.[a-z0-9]+)?' | sort -u | while read -r name; do
        "$name" --version </dev/null | grep -q '+python3' && echo "$name" && break
    done) || true
    [ "$vim" ] || skip "no vim with Python"
    unset PYTHONPATH
    record t.json "$vim" -u NONE -es -c 'python3 import textwrap; textwrap.fill("a")' -c 'qa!' </dev/null
    names t.json | grep -E '^1 TextWrapper\.fill '
    codesnap-run -0 -o none.json "$vim" -u NONE -es -c 'qa!' </dev/null
    says "codesnap: nothing recorded: $vim started no Python (3.6 or newer)"
}

# toolchain PACKAGE: TOOLS is an interpreter with it, and without the environment's
# modules.
toolchain() {
    load ../venvs
    TOOLS=$(tac "$CODESNAP_PYTHONS" | grep -E '^3\.(9|10|11|12)\.' | first_with "$@") ||
        skip "pip has no $* for an interpreter here"
    unset PYTHONPATH
}

sold() {
    [ "$(record t.json "$@" b)" = B ]
    counted 1 'greet (hello.py:6)'
    counted 1 'hello (hello.py:10)'
    counted 1 'str.title'
}

@test "what PyInstaller makes is recorded, in one file and in a folder" {
    toolchain pyinstaller
    "$TOOLS" -m PyInstaller --log-level ERROR --onedir --name folder hello.py >&2 3>&-
    "$TOOLS" -m PyInstaller --log-level ERROR --onefile --name file hello.py >&2 3>&-
    sold dist/folder/folder
    sold dist/file
}

# A compiled function is C: what it calls in the standard library is recorded.
# Nuitka comes as source, and asks for patchelf where it puts all in a folder.
@test "what Nuitka makes is recorded where it runs Python" {
    local alone=()
    toolchain --no-binary nuitka nuitka
    "${TOOLS%/*}/pip" install -q --disable-pip-version-check --only-binary :all: patchelf >&2 3>&- &&
        alone=(--standalone)
    echo 'import textwrap; print(textwrap.fill("a b", 80))' >wrap.py
    PATH=${TOOLS%/*}:$PATH "$TOOLS" -m nuitka --quiet --assume-yes-for-downloads "${alone[@]}" wrap.py >&2 3>&- ||
        skip "Nuitka compiles nothing here"
    [ ! -d wrap.dist ] || cd wrap.dist || return
    [ "$(record t.json ./wrap.bin)" = 'a b' ]
    names t.json | grep -E '^1 TextWrapper\.fill '
}

# httpd MODULES: what an Apache needs to serve this folder by mod_wsgi.
httpd() {
    PORT=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    printf '%s\n' "ServerRoot $PWD" "PidFile $PWD/pid" "Listen 127.0.0.1:$PORT" "ServerName localhost" \
        "ErrorLog $PWD/log" "LoadModule mpm_event_module $1/mod_mpm_event.so" \
        "LoadModule authz_core_module $1/mod_authz_core.so" "LoadModule wsgi_module $1/mod_wsgi.so" \
        "WSGIScriptAlias / $PWD/service.py" "<Directory $PWD>" "Require all granted" "</Directory>"
}

# It is killed: Python's end waits for threads that Apache has ended.
@test "mod_wsgi's requests are recorded" {
    needs apache2 curl
    local modules=/usr/lib/apache2/modules PORT
    [ -e $modules/mod_wsgi.so ] || skip "there is no mod_wsgi"
    wsgi_service
    httpd $modules >conf
    unset PYTHONPATH
    record t.json apache2 -X -f "$PWD/conf" &
    until_true curl -sf "http://127.0.0.1:$PORT/" >body
    [ "$(cat body)" = 7 ]
    kill -KILL "$(cat pid)"
    wait $! || true
    counted 1 'application (service.py:3)'
    counted 1 'answer (service.py:1)'
}

wsgi_service() {
    cat >service.py <<'END'
def answer(n):
    return str(n).encode()
def application(environment, start):
    start("200 OK", [])
    return [answer(7)]
END
}

@test "uWSGI's requests are recorded" {
    load ../venvs
    needs curl
    local path uwsgi how
    while IFS='|' read -r _ path how; do
        [ "$how" = chroot ] && continue
        "$path" -m venv venv && venv/bin/pip install -q --disable-pip-version-check uwsgi &&
            uwsgi=venv/bin/uwsgi && break
    done < <(tac "$CODESNAP_PYTHONS") 2>/dev/null
    [ "${uwsgi-}" ] || skip "pip builds no uwsgi for an interpreter here"
    wsgi_service
    unset PYTHONPATH
    record t.json "$uwsgi" --http-socket 127.0.0.1:0 --wsgi-file service.py \
        --die-on-term --pidfile pid >log 2>&1 &
    until_true grep -q 'socket 0 bound to TCP' log
    until_true curl -sf "http://$(grep -oE '127\.0\.0\.1:[0-9]+' log | head -n 1)/" >body
    [ "$(cat body)" = 7 ]
    kill -TERM "$(cat pid)"
    wait $! || true
    counted 1 'application (service.py:3)'
    counted 1 'answer (service.py:1)'
}
