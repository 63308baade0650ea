"""Threads begin while another one is past a quarter of its stack, here and in a
forked child, which the deep one is not in."""
import os
import threading

here = threading.Event()
done = threading.Event()


def dive(n):
    if n:
        return dive(n - 1)
    here.set()
    done.wait()


def leaf():
    pass


def work(calls):
    for _ in range(calls):
        leaf()


def begin(calls):
    thread = threading.Thread(target=work, args=(calls,))
    thread.start()
    thread.join()


threading.stack_size(256 << 10)
deep = threading.Thread(target=dive, args=(200,))
deep.start()
here.wait()
threading.stack_size(0)
begin(1000)
begin(200)
child = os.fork()
if child == 0:
    begin(30)
    os._exit(0)
os.waitpid(child, 0)
done.set()
deep.join()
begin(4)
