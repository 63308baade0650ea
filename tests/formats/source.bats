#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# The source that a page shows is what ran: of a file that was changed since its
# code was loaded the page says so instead.

setup() {
    load ../helpers
    load ../pythons
    load ../record
    load ../package
    cd "$BATS_TEST_TMPDIR" || return 1
}

# fresh_program: app.py, which imports part.py, both an hour old, in a folder for
# each interpreter.
fresh_program() {
    mkdir -p "$VERSION-$HOW" && cd "$VERSION-$HOW" || return
    printf 'def work():\n    return "as it ran"\n' >part.py
    printf 'import os, part\n%s\npart.work()\n' "${1-}" >app.py
    touch -d '1 hour ago' app.py part.py
}

# What a program does to part.py and to itself.
rewrite='open(os.path.join(os.path.dirname(__file__), "part.py"), "w").write("def work():\n    return 1\n")'

# fates PAGE: the files of the folder, each with what the page has of it.
fates() {
    "$PYTHON" - "$1" "$PWD" <<'END'
import json, os, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
json_of = lambda name: json.loads((re.findall('id="%s">(.*?)</script>' % name, page, re.S) or ["[]"])[0])
held = set(map(int, re.findall('class="codesnap-source" data-file="([0-9]+)"', page)))
changed = set(json_of("codesnap-changed"))
assert not held & changed, (held, changed)
for number, path in enumerate(json_of("codesnap-tables")["files"]):
    if os.path.dirname(path) == sys.argv[2]:
        print(os.path.basename(path), "text" if number in held else "changed" if number in changed else "none")
END
}

has_fates() { diff <(printf '%s\n' "${@:2}") <(fates "$1"); }

untouched() {
    fresh_program
    record page.html "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py text'
    run ! grep -q 'id="codesnap-changed"' page.html
}

@test "a page has the text of files that were left as they were" {
    each_python untouched
}

changed_by_itself() {
    fresh_program "$rewrite"
    record page.html "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py changed'
}

@test "a file that the program changes while it runs is not shown as what ran" {
    each_python changed_by_itself
}

changed_afterwards() {
    fresh_program
    LD_PRELOAD=$CODESNAP_BUILD/libcodesnap_agent.so CODESNAP_OUT=page.html \
        CODESNAP_EXIT_CONVERT=0 "$PY" "$PWD/app.py" 3>&-
    [ ! -e page.html ]
    sed -i 's/as it ran/another!/' part.py
    touch -d '2 hours ago' part.py
    codesnap convert page.html.codesnap -o page.html
    has_fates page.html 'app.py text' 'part.py changed'
}

@test "a file that is changed before the page is made is found, be it older now" {
    each_python changed_afterwards
}

changed_before_the_recording() {
    fresh_program "import codesnap; $rewrite; codesnap.resume()"
    record page.html --start=paused "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py changed'
}

@test "a file that was changed between its import and the recording is found" {
    each_python changed_before_the_recording
}

changed_below_its_own_feet() {
    fresh_program 'import codesnap; open(__file__, "a").write("# more\n"); codesnap.resume()'
    record page.html --start=paused "$PY" "$PWD/app.py"
    has_fates page.html 'app.py changed' 'part.py text'
}

@test "a file whose module is seen only when it ends is no file that was just loaded" {
    each_python changed_below_its_own_feet
}

loaded_twice() {
    fresh_program "$rewrite; import importlib; importlib.reload(part)"
    record page.html "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py changed'
}

@test "a module that is loaded once more, out of another text, is not shown" {
    each_python loaded_twice
}

in_a_child() {
    fresh_program "pid = os.fork()
if pid:
    os.waitpid(pid, 0)
else:
    $rewrite
    part.work()
    os._exit(0)"
    record page.html "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py changed'
}

@test "a file that a forked child changes counts for all" {
    each_python in_a_child
}

second_recording() {
    fresh_program "import codesnap
snap = codesnap.CodeSnap(tracer='$1')
snap.start()
part.work()
snap.stop(output_file='first.html')
$rewrite
snap.start()
part.work()
snap.stop(output_file='second.html')"
    packaged "$PY" "$PWD/app.py"
    fates first.html | grep -Fx 'part.py text'
    fates second.html | grep -Fx 'part.py changed'
}

@test "a recording that begins when all is loaded knows what was changed" {
    each_python second_recording c
    each_python second_recording python
}

by_the_other_tracer() {
    fresh_program "$rewrite"
    record page.html --tracer=python "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py changed'
    fresh_program
    record page.html --tracer=python "$PY" "$PWD/app.py"
    has_fates page.html 'app.py text' 'part.py text'
}

@test "the tracer in Python says the same" {
    each_python by_the_other_tracer
}

# The page is written in Python, too: no library lies beside the package.
alone() {
    [[ $HOW == chroot ]] && return
    fresh_program "import codesnap
codesnap.CodeSnap(tracer='python').run(open('run.py').read(), output_file='page.html')"
    printf 'import part\n%s\n' "${1-}" >run.py
    sed -i 's/^import os, part/import os/; /^part.work/d' app.py
    cp -r "$ROOT/share/python" package
    cp "$CODESNAP_BUILD/viewer.html" package/codesnap
    PATH=/usr/bin:/bin PYTHONPATH=$PWD/package timeout 100 "$PY" "$PWD/app.py" 3>&-
    fates page.html | grep -Fx "part.py $2"
    rm -rf package __pycache__
}

@test "so does a page that is written in Python" {
    each_python alone 'part.work()' text
    each_python alone "import os; __file__ = os.path.abspath('app.py')
part.work(); $rewrite" changed
}
