#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# --events: what happens is an instant, with what it says.

setup() {
    load ../helpers
    load ../pythons
    sealed
    TARGETS=$TESTS/targets
    cat >told.py <<'END_OF_PROGRAM'
import json, re
for event in json.load(open("t.json"))["traceEvents"]:
    if event["ph"] not in "iI": continue
    told = event["args"]
    told.pop("file", 0), told.pop("line", 0), told.pop("port", 0)
    print("%s: %s" % (event["name"], re.sub("x{900,}", "X", "|".join(told.values())).replace("\n", "~")))
END_OF_PROGRAM
    cat >expected <<'END_OF_TEXT'
log INFO: app.db|plain 100%
log WARNING: app.db|bob has 17 orders, 2.5 %
log ERROR: app.db|<__main__.Order> failed: password=<redacted> token: <redacted>
log DEBUG: app.db|ann from 1.2.3.4
log CRITICAL: app.db|<__main__.Order>
log INFO: app.db|ä€😀�?~X…
warning: DeprecationWarning|old
warning: UserWarning|new, with secret=<redacted>
http request: GET|127.0.0.1|/a/b?…
subprocess: true 'a b' --password <redacted> --api-key=<redacted> https://u:<redacted>@h/x -H 'Authorization: Bearer <redacted>'
subprocess: true; TOKEN=<redacted> true
sql: SELECT '?', 5
sql: INSERT INTO t VALUES (?, '?')
sql: DELETE FROM t
END_OF_TEXT
}

happen() {
    "$CODESNAP_BUILD/codesnap-run" -q --events all -o t.json "$PY" "$TARGETS/calls/happens.py"
    PYTHONUTF8=1 "$PYTHON" told.py >told
    diff expected told
}

@test "log records, warnings, requests, commands and statements are told, without their secrets" {
    each_python happen
}

@test "only what is asked for is told, also of functions that a rule leaves out" {
    PY=$(a_python)
    codesnap-run -q --events http,sql --exclude 'http.client:*' --exclude '*Cursor*' -o t.json "$PY" "$TARGETS/calls/happens.py"
    PYTHONUTF8=1 "$PYTHON" told.py >told
    grep -E '^(http|sql)' expected | diff - told
}

@test "nothing is told unasked" {
    codesnap-run -q -o t.json "$(a_python)" "$TARGETS/calls/happens.py"
    run ! grep -qE '"ph":"[iI]"' t.json
}

@test "a flood is told in part, and how much was not" {
    codesnap-run -q --events log -o t.json "$(a_python)" -c 'import logging, time
log = logging.getLogger(); log.addHandler(logging.NullHandler())
def flood():
    for i in range(30000): log.warning(str(i))
flood(); time.sleep(1.1); log.warning("last")'
    "$PYTHON" - <<'END_OF_PROGRAM'
import json
told = [e["args"] for e in json.load(open("t.json"))["traceEvents"] if e["ph"] in "iI"]
assert len(told) + sum(one.get("not_told_before", 0) for one in told) == 30001, len(told)
assert any("not_told_before" in one for one in told) and told[-1]["message"] == "last", told[-1]
END_OF_PROGRAM
}

@test "what is no such event is said, and the tracer in Python looks at none" {
    codesnap-run -2 --events log,prints true
    says 'codesnap: --events takes log, warnings, sql, http and subprocess*'
    codesnap-run -2 --events all --tracer python true
    says 'codesnap: the tracer in Python does not look at what happens*'
}
