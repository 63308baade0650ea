"""pingpong.py ROUNDS [HOW]: two processes send messages to and fro over pipes.

HOW is how the other one starts: fork, exec (it executes itself again before it
plays), both (a fork of this one plays with an executed one) or apart (an
executed one records a session of its own, for b.json).  Each message is
sent inside send(), and received before receive() returns.

For the first half both are on one processor, where a message takes as long there
as back; on two, one of them can be slower all the time.  Then wherever they like.
"""

import os
import sys


def send(pipe, byte):
    os.write(pipe, byte)


def receive(pipe):
    return os.read(pipe, 1)


def rounds_on_processors(rounds):
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    for n in range(rounds):
        if n == rounds // 2:
            os.sched_setaffinity(0, allowed)
        yield n


def serve(source, target, rounds):
    for _ in rounds_on_processors(rounds):
        send(target, b"!")
        receive(source)


def answer(source, target, rounds):
    for _ in rounds_on_processors(rounds):
        receive(source)
        send(target, b"!")


def execute(source, target, rounds, how):
    if how == "apart":
        del os.environ["CODESNAP_SESSION"]
        os.environ["CODESNAP_OUT"] = "b.json"
    pipes = "%d,%d" % (source, target)
    os.execv(sys.executable, [sys.executable, __file__, str(rounds), pipes])


def main(rounds, how="fork"):
    rounds = int(rounds)
    if "," in how:
        answer(*map(int, how.split(",")), rounds)
        return
    there, back = os.pipe(), os.pipe()
    for fd in there + back:
        os.set_inheritable(fd, True)
    if how == "both" and os.fork():
        os._exit(os.wait()[1] >> 8)
    if os.fork() == 0:
        if how != "fork":
            execute(there[0], back[1], rounds, how)
        answer(there[0], back[1], rounds)
        os._exit(0)
    serve(back[0], there[1], rounds)
    os.wait()


main(*sys.argv[1:])
