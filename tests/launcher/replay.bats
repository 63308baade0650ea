#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# codesnap report and info of outputs, whose session is gone: they say what they
# would of the session.

bats_require_minimum_version 1.5.0

setup_file() {
    load ../helpers
    export WORK=$BATS_FILE_TMPDIR
    cd "$WORK" || return 1
    cat >mixed.py <<'END'
import os, threading, codesnap
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def steps(n):
    for i in range(n): yield i
def fails(n):
    if not n: raise ValueError(n)
    fails(n - 1)
def work():
    for i in range(20):
        fib(7); sum(steps(5)); sorted([3, 1, 2], key=lambda v: -v)
        try: fails(3)
        except ValueError: pass
        with codesnap.trace('load "x", "ts":1; \u20ac'):
            codesnap.instant("miss", key='a\n\u20ac"x', l=[1, {"c": "]}:"}])
            codesnap.counter("queue:", length=i, waiting=0.1 * i)
hostile = 'a;b "q", </script>\n\t\x1b[31m {(\udc80\u20ac\U0001f600)}.py'
threads = [threading.Thread(target=work, name="n;\"%d" % i) for i in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
space = {}
exec(compile("def f(): return g()\ndef g(): return len('x')\n", hostile, "exec"), space)
space["f"]()
if os.fork() == 0:
    work()
else:
    os.wait()
os._exit(0)
END
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$WORK/s.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" mixed.py 3>&- 4>&-
    "$CODESNAP_BUILD/codesnap" convert -q s.json.codesnap -o s.html -o s.json -o s.json.gz
}

setup() {
    load ../helpers
    cd "$WORK" || return 1
    S=s.json.codesnap
}

# alike FILE ARG...: the report of it is that of the session.
alike() {
    codesnap report "${@:2}" "$S"
    local expected=$output
    codesnap report "${@:2}" "$1"
    diff <(echo "$expected") <(echo "$output")
}

# refused FILE HINT: it is told in one line what it is.
refused() {
    codesnap -125 report "$1"
    says "codesnap: $1: $2*"
    [ -z "$output" ]
}

@test "each view of an output is that of its session" {
    for file in s.html s.json s.json.gz; do
        for view in --sort=self --tree --slow --threads --processes '--slowest=*'; do
            alike "$file" "$view" --limit 0
            alike "$file" "$view" --json
        done
    done
}

@test "a part of an output is that of its session" {
    for part in --window=1ms..20ms --min-duration=100us '--function=fib*' --max-depth=2 --process=mixed.py; do
        alike s.html "$part"
        # Which span is a generator's step, and what fits an instant, JSON lacks.
        for file in s.json s.json.gz; do
            diff <("$CODESNAP_BUILD/codesnap" report "$part" "$S" | sed '$d') \
                <("$CODESNAP_BUILD/codesnap" report "$part" $file | sed '$d')
        done
    done
    codesnap -125 report --function nosuch s.html
    says "codesnap: s.html: no function matches --function 'nosuch'; *"
}

@test "info of an output counts the same" {
    counts() {
        "$CODESNAP_BUILD/codesnap" info --json "$1" 3>&- 4>&- | "$PYTHON" -c '
import json, sys
found = json.load(sys.stdin)
for name in ("session", "state", "size_bytes"): del found[name]
# What a JSON has no event of is not in it.
del found["functions"]
print(sorted(found.items()))'
    }
    for file in s.html s.json s.json.gz; do
        [ "$(counts "$file")" = "$(counts "$S")" ]
    done
    "$CODESNAP_BUILD/codesnap" info s.html 3>&- 4>&- | grep '^state  *an output of codesnap'
}

@test "what is no output that can be read is told" {
    "$CODESNAP_BUILD/codesnap" convert -q "$S" -o s.pftrace -o s.speedscope.json -o s.csv
    for file in s.pftrace s.speedscope.json s.csv; do
        refused $file 'neither a session folder (OUTPUT.codesnap) nor an .html, .json or .json.gz *'
    done
    : >empty
    refused empty 'neither a session folder *'
    cp "$S"/*.spool part.spool
    refused part.spool 'is a part of a session; name the folder *'
    echo '<!DOCTYPE html><html></html>' >other.html
    refused other.html 'is not a complete page of codesnap*'
}

@test "an output that is cut off anywhere is told, not guessed" {
    for kind in html json json.gz; do
        size=$(stat -c %s "s.$kind")
        for share in 10 30 50 70 90 99; do
            head -c $((size * share / 100)) "s.$kind" >"cut.$kind"
            refused "cut.$kind" 'is not a complete *'
        done
        head -c $((size - 40)) "s.$kind" >"cut.$kind"
        refused "cut.$kind" 'is not a complete *'
    done
}

@test "a page that has its tables twice is told to be damaged" {
    "$PYTHON" - s.html twice.html <<'END'
import re, sys
page = open(sys.argv[1], encoding="utf-8").read()
tables = re.search('<script[^>]*id="codesnap-tables".*?</script>', page, re.S).group()
open(sys.argv[2], "w", encoding="utf-8").write(page.replace(tables, tables * 2))
END
    refused twice.html 'is not a complete page *'
}

@test "a damaged output is no crash" {
    for kind in html json json.gz; do
        for seed in $(seq 10); do
            "$PYTHON" -c '
import random, sys
random.seed(int(sys.argv[2]))
data = bytearray(open(sys.argv[1], "rb").read())
low = data.find(b"codesnap-tables\">") + 1 if sys.argv[1].endswith("html") else 0
for _ in range(20): data[random.randrange(low, len(data))] = random.randrange(256)
open("bad." + sys.argv[3], "wb").write(data)' "s.$kind" "$seed" "$kind"
            for view in --sort=self --slow '--slowest=*'; do
                status=0
                timeout 100 "$CODESNAP_BUILD/codesnap" report "$view" "bad.$kind" >out 2>err 3>&- 4>&- || status=$?
                [ $status = 0 ] || [ $status = 125 ] || { echo "$kind $seed"; cat err; false; }
                run ! grep -q 'died of signal' err
            done
        done
    done
}

@test "a part as an output says what is in it, and of how much" {
    "$CODESNAP_BUILD/codesnap" convert -q "$S" --window 1ms..20ms -o w.html -o w.json
    "$CODESNAP_BUILD/codesnap" convert -q "$S" --thread 'n;*' -o t.html -o t.json
    codesnap report --window 1ms..20ms "$S"
    whole=$(tail -1 <<<"$output")
    [[ $whole == *" of "*" calls, "* ]]
    codesnap report w.html
    [ "$(tail -1 <<<"$output")" = "$whole" ]
    for kind in html json; do
        codesnap info w.$kind
        grep '^part  *--window 1ms\.\.20ms$' <<<"$output"
        codesnap info t.$kind
        grep "^part  *--thread '*n;\*'*\$" <<<"$output"
        codesnap info --json t.$kind
        grep -F '"part":"--thread' <<<"$output"
        codesnap info s.$kind
        [[ $output != *$'\n'part* ]]
    done
    codesnap info w.html
    grep -E '^calls +[0-9,]+ of [0-9,]+$' <<<"$output"
    grep -F '"from_ns":1000000,"to_ns":20000000' w.json
}

# page CHANGE: s.html with its data scripts changed, a list of [tag, bytes] in
# Python, as page.html.
page() {
    "$PYTHON" - s.html "$1" >page.html <<'END'
import base64, re, sys, zlib
def plain(data): return data[1:] if data[0] == 0 else zlib.decompress(data[1:], -15)
def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128: return value, at
text = open(sys.argv[1], encoding="utf-8").read()
scripts = list(re.finditer(r'(<script type="application/octet-stream"[^>]*>)([^<]*)(</script>\n?)', text))
data = [[m.group(1), plain(base64.b64decode(m.group(2)))] for m in scripts]
first = next(i for i, (tag, _) in enumerate(data) if "annotations" not in tag and "waits" not in tag)
annotations = next(i for i, (tag, _) in enumerate(data) if "annotations" in tag)
exec(sys.argv[2])
def script(tag, body):
    tag = re.sub('data-sum="[0-9a-f]*"', 'data-sum="%08x"' % zlib.adler32(body), tag)
    return "%s%s</script>\n" % (tag, base64.b64encode(body).decode())
made = [script(tag, b"\0" + body) for tag, body in data]
sys.stdout.reconfigure(encoding="utf-8")
print(text[:scripts[0].start()] + "".join(made) + text[scripts[-1].end():], end="")
END
}

# left_out CHANGE: a page that is changed so says that it lacks something.
left_out() {
    page "$1"
    "$CODESNAP_BUILD/codesnap" report page.html 3>&- 4>&- | tail -1 | grep -E '; left out: [0-9,]+ damaged bytes$'
    "$CODESNAP_BUILD/codesnap" info page.html 3>&- 4>&- | grep -E '^damaged +[0-9,]+ bytes, left out'
}

@test "the sums of a large page are in its functions, and what needs each call says the way out" {
    "$PYTHON" - >page.html <<'END'
import base64, json, re, sys
text = open("s.html", encoding="utf-8").read()
names = json.loads(re.search('id="codesnap-tables">(.*?)</script>', text, re.S).group(1))["functions"]["name"]
fib = next(i for i, name in enumerate(names) if name.startswith("fib "))
# Track 0: five calls of fib, 10 ns together, 4 ns the longest, outside of all others.
sums = base64.b64encode(bytes([0, 0, 1, 0, 0, 1, 1, 10, 1, fib & 127 | 128, fib >> 7, 5, 0, 10, 10, 0, 4])).decode()
script = '<script type="application/octet-stream" class="codesnap-chunk codesnap-aggregates" data-track="0">%s</script>\n' % sums
end = text.index('<script type="application/json" id="codesnap-end">')
text = text[:end] + script + text[end:].replace('"slow":', '"short":{"threshold_ns":9,"aggregates":1,"spans":5,"durations":[]},"slow":', 1)
sys.stdout.reconfigure(encoding="utf-8")
print(text, end="")
END
    fib() {
        "$CODESNAP_BUILD/codesnap" report --json "$1" 3>&- 4>&- | "$PYTHON" -c 'import json, sys
fib = next(f for f in json.load(sys.stdin)["functions"] if f["name"].startswith("fib "))
print(fib["calls"], fib["self_ns"], fib["total_ns"], "min_ns" in fib)'
    }
    # of MEMBER ARGUMENT...: what codesnap says of it in JSON.
    of() { "$CODESNAP_BUILD/codesnap" "${@:2}" --json 3>&- 4>&- | "$PYTHON" -c 'import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
    read -r calls self_ns total_ns known < <(fib s.html)
    [ "$known" = True ]
    [ "$(fib page.html)" = "$((calls + 5)) $((self_ns + 10)) $((total_ns + 10)) False" ]
    [ "$(of spans info page.html)" = $(($(of spans info s.html) + 5)) ]
    for view in threads processes; do
        "$CODESNAP_BUILD/codesnap" report "--$view" --json page.html 3>&- 4>&- |
            "$PYTHON" -c 'import json, sys
print(sum(one["calls"] for one in json.load(sys.stdin)[sys.argv[1]]))' "$view" | grep -x "$(of calls info s.html | awk '{print $1 + 5}')"
    done
    for view in --tree --slow --own '--window 0ns..1ms'; do
        # shellcheck disable=SC2086 # two words
        codesnap -125 report $view page.html
        says 'codesnap: page.html: is a large page, with only the sums of its short calls: *'
    done
    codesnap diff page.html page.html
    codesnap -125 diff --fail-if "self(*) > +1%" page.html page.html
}

@test "one changed letter in a page's data is found" {
    for seed in $(seq 20); do
        "$PYTHON" -c '
import random, re, sys
random.seed(int(sys.argv[1]))
page = open("s.html", encoding="utf-8").read()
data = random.choice(list(re.finditer("<script[^>]*codesnap-chunk[^>]*>([^<]*)<", page)))
at = random.randrange(data.start(1), data.end(1) - 4)
sys.stdout.reconfigure(encoding="utf-8")
print(page[:at] + ("B" if page[at] == "A" else "A") + page[at + 1:], end="")' "$seed" >page.html
        "$CODESNAP_BUILD/codesnap" info page.html 3>&- 4>&- | grep -E '^damaged +[0-9,]+ bytes, left out'
    done
}

@test "what is damaged inside a page is left out, and said to be" {
    page pass
    codesnap report page.html
    local expected=$output
    [ "$("$CODESNAP_BUILD/codesnap" report s.html 3>&- 4>&-)" = "$expected" ]
    left_out 'data[first][1] = data[first][1][:-3]'
    left_out 'data[first][1] = b""'
    left_out 'data[annotations][1] = data[annotations][1][:-9]'
    left_out 'data[annotations][1] = b""'
    # A function that is not there: the first token behind the head.
    left_out '
body, at = data[first][1], 0
for _ in range(4): _, at = varint(body, at)
stored, at = varint(body, at)
for _ in range(3 * stored): _, at = varint(body, at)
_, at = varint(body, at)
data[first][1] = body[:at] + b"\xff\x7f" + body[at + 2:]'
    page 'del data[first]'
    refused page.html 'is not a complete page *'
    page 'del data[annotations]'
    refused page.html 'is not a complete page *'
}

@test "memory does not grow with the calls of a JSON" {
    needs prlimit
    needs_plain_memory
    env LD_PRELOAD="$CODESNAP_BUILD/libcodesnap_agent.so" CODESNAP_OUT="$WORK/many.json" \
        CODESNAP_EXIT_CONVERT=0 "$(a_python)" -c '
def f(): pass
for _ in range(1000000): f()' 3>&- 4>&-
    "$CODESNAP_BUILD/codesnap" convert -q many.json.codesnap -o many.json
    "$CODESNAP_BUILD/codesnap" report many.json.codesnap >expected 3>&- 4>&-
    TMPDIR=$WORK prlimit --data=$((32 << 20)) "$CODESNAP_BUILD/codesnap" report many.json >found 3>&- 4>&-
    cmp expected found
}

@test "a program that becomes another one by exec is read from its JSON" {
    cat >again.py <<'END'
import os
import sys

if len(sys.argv) < 2:
    os.execv(sys.executable, [sys.executable, "again.py", "2"])
END
    codesnap-run -q -o again.json "$(a_python)" again.py
    codesnap report --processes again.json
    [ "$(grep -c again.py <<<"$output")" -ge 2 ]
    codesnap info again.json
}
