#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# All that can be recorded beside calls, in one recording: each output and each view
# is made of it.

setup() {
    load ../helpers
    load ../pythons
    sealed
    cat >all.py <<'END'
import asyncio, gc, logging, threading
async def fetch(i):
    await asyncio.sleep(0.001)
    if i == 3: raise ValueError("bad item")
    return i
async def handle(i):
    try: return crunch(await fetch(i))
    except ValueError as error: logging.getLogger("all").warning("failed: %s", error)
def crunch(n): return sum(range(n))
async def main():
    await asyncio.gather(*[handle(i) for i in range(6)])
thread = threading.Thread(target=crunch, args=(100000,))
thread.start()
asyncio.new_event_loop().run_until_complete(main())
gc.collect()
thread.join()
END
}

records() {
    "$CODESNAP_BUILD/codesnap-run" -q --keep --args '*:crunch' --returns '*:crunch' --exceptions --events all \
        --counters --gc --syscalls --cpu=yes -o t.html "$PY" all.py 2>said 3>&- 4>&-
    grep -x 'failed: bad item' said
    [ "$(wc -l <said)" = 1 ]
    for suffix in html json json.gz db pftrace csv firefox.json speedscope.json folded prof callgrind; do
        for part in '' --min-duration=100us --window=1ms..1s --own --max-depth=5 --thread=Main* '--function=handle*'; do
            # shellcheck disable=SC2086 # nothing, or one word
            "$CODESNAP_BUILD/codesnap" convert -q t.html.codesnap $part -o "x.$suffix" 3>&- 4>&-
        done
    done
    for view in '' --tree --slow --threads --processes --tasks --exceptions --imports '--slowest=*'; do
        # shellcheck disable=SC2086 # nothing, or one word
        "$CODESNAP_BUILD/codesnap" report $view t.html.codesnap >/dev/null 3>&- 4>&-
    done
    "$CODESNAP_BUILD/codesnap" convert -q t.html.codesnap -o t.db 3>&- 4>&-
    [ "$("$PYTHON" -c 'import sqlite3
base = sqlite3.connect("t.db")
count = lambda table, also="": base.execute("select count(*) from %s %s" % (table, also)).fetchone()[0]
print(count("tasks") >= 7, count("exceptions", "where message = \"bad item\""), count("arguments", "where name = \"n\""), count("instants"), count("counters") > 0)')" = 'True 1 6 1 True' ]
    rm -r t.*
}

@test "all of it in one recording, in each output and each view" {
    each_python records
}
