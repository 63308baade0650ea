#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random options and environments: nothing crashes, errors are one line, and the
program does what it does without us.

    options.py BUILD SECONDS [SEED] [PYTHON...]     30x instead of SECONDS: 30 trials

BUILD may be one with sanitizers; the agent is that of BUILD, too.  What fails is
printed with its seed, which repeats it: `options.py BUILD 0 SEED`.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

OPTIONS_DEF = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../agent/session/options.def")
ROW = re.compile(r"OPTION\((\w+),\s*('.'|0),\s*\"(\w*)\",\s*(\w+),\s*\"([^\"]*)\"")
PROGRAM = """
import os, sys
def f(n): return n and f(n - 1)
f(3)
print(sorted(name for name in os.environ if "SNAP" not in name and name not in ("LD_PRELOAD", "ASAN_OPTIONS")), sys.argv[1:], os.getcwd() == os.environ["PWD"])
print("own error", file=sys.stderr)
sys.exit(7)
"""
WORDS = ["", " ", "0", "1", "-1", "2", "yes", "no", "all", "running", "paused", "program", "start", "c", "python",
         "json", "html", "xml", "t.json", "t.html", "t.folded", "t.json.gz", "t", "a/b.json", "%p.json", "%p%p%.csv",
         "%", "%n%s.db", "x.pftrace", "x" * 300 + ".json", "\u20ac.json", "\udce4.json", "/dev/null", "/dev/full",
         "there", "there/", "there/t.prof", "file", "file/t.json", ".", "self", "mean", "*", "?", "[", "f", "f*", "a:b",
         "1s..2s", "..", "1ms..", "..1ms", "2s..1s", "50us", "1h", "1e9s", "99999999999999999999", "64M", "1K", "16777216G",
         "9999999999999G", "18446744073709551616", "1.5", "0x10", "nan", "\n", "\t", "a\nb", "--", "-", "=", "\"", "'", "\\", "\x1b[31m"]
HIDDEN = ["CODESNAP_SESSION", "CODESNAP_ORIGIN", "CODESNAP_DISABLE", "CODESNAP_", "CODESNAP_OUT", "CODESNAP_UNKNOWN"]


def rows():
    text = open(OPTIONS_DEF).read()
    return [row for row in ROW.findall(text) if row[0] not in ("name", "open")]


class Failure(Exception):
    pass


class Trial:
    def __init__(self, build, pythons, seed):
        self.build, self.rows = os.path.abspath(build), rows()
        self.random = random.Random(seed)
        self.python = self.random.choice(pythons)

    # == WHAT IS TRIED ========================================================

    def word(self):
        word = self.random.choice(WORDS)
        for _ in range(self.random.choice((0, 0, 0, 1, 2))):
            at = self.random.randrange(len(word) + 1)
            word = word[:at] + self.random.choice(WORDS + ["."]) + word[at + self.random.randrange(2):]
        if word.startswith("/") and word not in ("/dev/null", "/dev/full"):
            word = word.lstrip("/")
        return word.replace("../", "")

    def value(self, row):
        kind, argument = row[3], row[4]
        if kind == "CHOICE" and self.random.random() < 0.7:
            return self.random.choice(argument.split("|"))
        return self.word()

    def flag(self):
        row = self.random.choice(self.rows)
        name = row[0].replace("_", "-")
        if self.random.random() < 0.03:
            name += self.word()
        if row[1] != "0" and self.random.random() < 0.5:
            return ["-" + row[1][1]] + ([self.value(row)] if row[3] != "FLAG" else [])
        if row[3] == "FLAG" and self.random.random() < 0.95:
            return ["--" + name]
        return ["--%s=%s" % (name, self.value(row))]

    def flags(self):
        return sum((self.flag() for _ in range(self.random.choice((0, 1, 1, 2, 3, 5)))), [])

    def variables(self):
        chosen = {}
        for _ in range(self.random.choice((0, 1, 2, 4))):
            if self.random.random() < 0.4:
                chosen[self.random.choice(HIDDEN)] = self.word()
                continue
            row = self.random.choice(self.rows)
            if row[2]:
                chosen[row[2]] = self.value(row)
        return chosen

    def settings(self):
        """A file of them, some of which make sense."""
        lines = []
        for _ in range(self.random.choice((0, 1, 1, 2, 4))):
            row = self.random.choice(self.rows)
            value = self.value(row).replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "replace").decode()
            quoted = self.random.choice(['"%s"', '"%s"', '["%s"]', "%s"]) % value
            if row[3] == "FLAG":
                quoted = self.random.choice(["true", "false", quoted])
            lines.append("%s = %s\n" % (row[0].replace("_", "-"), quoted))
        with open(self.folder + "/.codesnap.toml", "w", encoding="utf-8", newline="") as stream:
            stream.write("".join(lines))

    # == TRYING IT ============================================================

    def run(self, command, more=()):
        environment = dict(PATH="/usr/bin:/bin", PWD=self.folder, HOME=self.folder, LC_ALL="C.UTF-8")
        for name in "ASAN_OPTIONS", "UBSAN_OPTIONS":
            if name in os.environ:
                environment[name] = os.environ[name]
        environment.update(more)
        self.said = (command, dict(more))
        done = subprocess.run([word.encode("utf-8", "surrogateescape") for word in command],
                              env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, cwd=self.folder, timeout=120)
        self.output, self.error = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
        return done.returncode

    def need(self, holds, what):
        if not holds:
            raise Failure(what)

    def lines(self, besides=()):
        """Of stderr, but for the program's own; each must be ours."""
        lines = [line for line in self.error.split("\n") if line and line not in besides]
        for line in lines:
            self.need(line.startswith("codesnap: "), "a line that is not ours: %r" % line)
        return lines

    def launcher(self):
        command = [self.build + "/codesnap-run"] + self.flags()
        if self.random.random() < 0.4:
            self.settings()
        helps = any(word in ("-h", "--help", "-V", "--version") or re.match("-q*[hV]", word) for word in command)
        command += self.random.choice(([], ["--"])) + [self.python, "-c", PROGRAM, "a b", ""]
        status = self.run(command, self.variables())
        ran = "own error" in self.error
        if ran:
            self.need(status == 7, "the program's status")
            self.need(self.output == self.plain, "the program's output")
            if not any(word.startswith("--report") for word in command):
                self.lines(["own error"])
        elif helps and status == 0:
            return
        else:
            self.need(status in (2, 125, 126, 127), "a status that means nothing")
            self.need(len(self.lines()) == 1, "an error that is not one line")

    def agent(self):
        more = self.variables()
        more.setdefault("CODESNAP_OUT", "t.json")
        more["LD_PRELOAD"] = os.environ.get("PRELOAD", "") + " " + self.build + "/libcodesnap_agent.so"
        status = self.run([self.python, "-c", PROGRAM, "a b", ""], more)
        self.need(status == 7, "the program's status")
        self.need(self.output == self.plain, "the program's output")
        self.lines(["own error"])

    def verb(self):
        session = [self.random.choice([self.session, self.session + "/", self.session + ".json", self.word()])
                   for _ in range(self.random.choice((1, 1, 1, 2, 0)))]
        verb = self.random.choice(["convert", "merge", "report", "info", "report", self.word()])
        words = self.flags() + session
        if self.random.random() < 0.2:
            self.random.shuffle(words)
        status = self.run([self.build + "/codesnap", verb] + words)
        self.need(status in (0, 2, 125), "a status that means nothing")
        if status:
            self.need(len(self.lines()) >= 1, "nothing is said")

    def once(self, folder):
        self.folder = folder + "/work"
        self.session = folder + "/kept"
        os.mkdir(self.folder)
        os.mkdir(self.folder + "/there")
        open(self.folder + "/file", "w").close()
        self.run([self.python, "-c", PROGRAM, "a b", ""])
        self.plain = self.output
        self.random.choice([self.launcher, self.agent, self.verb])()


def keep_session(build, python, folder):
    """A session, and a JSON of it, which all trials read."""
    environment = dict(os.environ, LD_PRELOAD=" ".join((os.environ.get("PRELOAD", ""), os.path.abspath(build) + "/libcodesnap_agent.so")),
                       CODESNAP_OUT=folder + "/kept.json", CODESNAP_EXIT_CONVERT="0")
    subprocess.run([python, "-c", PROGRAM], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)
    os.rename(folder + "/kept.json.codesnap", folder + "/kept")
    subprocess.run([build + "/codesnap", "convert", "-q", "-o", folder + "/kept.json", folder + "/kept"], check=True)


def main():
    build, bound = sys.argv[1], sys.argv[2]
    most = int(bound[:-1]) if bound.endswith("x") else None
    seed = int(sys.argv[3]) if sys.argv[3:] else random.randrange(1 << 40)
    pythons = sys.argv[4:] or [sys.executable]
    end, tried, failed = time.monotonic() + (0 if most else int(bound)), 0, 0
    folder = tempfile.mkdtemp(prefix="codesnap-options-")
    keep_session(build, pythons[-1], folder)
    while tried == 0 or (tried < most if most else time.monotonic() < end):
        trial = Trial(build, pythons, seed)
        try:
            trial.once(folder)
        except (Failure, subprocess.TimeoutExpired) as failure:
            failed += 1
            print("seed %d: %s\n%r\n--- stdout\n%s--- stderr\n%s" % (seed, failure, trial.said, trial.output, trial.error), flush=True)
        shutil.rmtree(trial.folder)
        tried, seed = tried + 1, seed + 1
    shutil.rmtree(folder)
    print("%d tried, %d failed" % (tried, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
