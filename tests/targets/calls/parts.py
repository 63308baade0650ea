"""Recordings one after the other, with a pause, and one started and ended inside a call."""

import codesnap, os
def work(n):
    return n
def deep(act):
    act()
work(0)
snap = codesnap.CodeSnap(*os.environ.get("TRACER", "c").split())
for name in ("one.json", "two.json"):
    snap.start()
    work(1)
    codesnap.pause()
    work(2)
    codesnap.resume()
    work(3)
    snap.stop(name)
    work(4)
deep(snap.start)
work(5)
deep(lambda: snap.stop("three.json"))
snap.cleanup()
