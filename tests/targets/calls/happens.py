"""Things happen, each once, with secrets in them; no __str__ of the program's may run for us."""
import http.client
import http.server
import logging
import subprocess
import sys
import threading
import warnings


class Order:
    def __str__(self):
        raise SystemError("nobody asked")

    __repr__ = __str__


class Quiet(logging.Handler):
    def emit(self, record):
        pass


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Cursor:
    def execute(self, operation, parameters=None):
        pass


class OuterCursor:
    def execute(self, sql, parameters=()):
        Cursor().execute(sql, parameters)


def logs():
    log = logging.getLogger("app.db")
    log.addHandler(Quiet())
    log.propagate = False
    log.setLevel(logging.DEBUG)
    log.info("plain 100%")
    log.warning("%s has %d orders, %5.2f %%", "bob", 17, 2.5)
    log.error("%r failed: password=%s token: %s", Order(), "hunter2", "abc")
    log.debug("%(name)s from %(ip)s", {"name": "ann", "ip": "1.2.3.4"})
    log.critical(Order())
    log.log(25, "\u00e4\u20ac\U0001f600\ud800\x00\n" + "x" * 3000)


def warns():
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning)
        warnings.warn("new, with secret=abc")


def requests():
    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1])
    connection.request("GET", "/a/b?token=abc&q=1")
    connection.getresponse().read()
    connection.close()
    server.shutdown()
    server.server_close()


def commands():
    words = ["true", "a b", "--password", "secret word", "--api-key=xyz", "https://u:p@h/x", "-H", "Authorization: Bearer zzz"]
    subprocess.call(words)
    subprocess.call("true; TOKEN=abc true", shell=True)


def statements():
    Cursor().execute("SELECT 'it''s me', 5")
    OuterCursor().execute("INSERT INTO t VALUES (?, 'x')", (1,))
    Cursor().execute("DELETE FROM t")


sys.stderr = None
for part in (logs, warns, requests, commands, statements):
    part()
