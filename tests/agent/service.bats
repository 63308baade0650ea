#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# A service that is recorded all the time: the short form of `make bench-service`.

setup() {
    load ../helpers
    load ../pythons
    sealed
    cat >serves.py <<'END'
import http.server, json, os, socketserver, threading
def answer(path):
    made = {}
    exec("def fresh(n): return [n] * 10", made)  # new code with each request
    return json.dumps({"path": path, "all": made["fresh"](len(path)), "sum": sum(map(abs, range(500)))})
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/end":
            threading.Thread(target=server.shutdown).start()
        body = answer(self.path).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    block_on_close = False  # 3.7 keeps the threads that it would wait for (bpo-37193)
server = Server(("127.0.0.1", 0), Handler)
with open("address.new", "w") as stream: stream.write("%d %d\n" % (server.server_port, os.getpid()))
os.rename("address.new", "address")
server.serve_forever()
END
    # asks.py PORT COUNT: the answers that are not what they should be.
    cat >asks.py <<'END'
import json, sys, urllib.request
port, count = map(int, sys.argv[1:])
for i in range(count):
    path = "/%d" % i
    with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path)) as got:
        told = json.load(got)
    if told != {"path": path, "all": [len(path)] * 10, "sum": 124750}: print(told)
END
}

teardown() { [ ! -e address ] || kill "$(cut -d' ' -f2 address)" 2>/dev/null || :; }

memory() { grep RssAnon "/proc/$pid/status" | tr -dc 0-9; }      # KiB
disk() { du -s --block-size=1024 t.json.codesnap | cut -f1; } # KiB

serves() {
    rm -rf address t.*
    "$CODESNAP_BUILD/codesnap-run" -q --last 2s,4M --max-overhead 5% -o t.json "$PY" serves.py 2>said 3>&- 4>&- &
    local port pid before
    until_there address
    read -r port pid <address
    "$PYTHON" asks.py "$port" 300
    before=$(memory)
    for round in 1 2 3; do
        [ -z "$("$PYTHON" asks.py "$port" 300)" ]
        "$CODESNAP_BUILD/codesnap" ctl -q t.json snapshot t.$round.json
        grep -q '"Handler.do_GET (serves.py' t.$round.json
        [ "$(disk)" -lt 8192 ]
    done
    [ "$(memory)" -lt $((before + 2048)) ]
    "$PYTHON" -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' "http://127.0.0.1:$port/end"
    wait $!
    [ ! -s said ]
}

@test "a service answers as untraced, stays as large as it was, and gives snapshots" {
    each_python serves
}
