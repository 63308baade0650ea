"""comers.py threads|children COUNT: one after the other, each makes the turns of rounds.py."""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "calls"))
import rounds


def child():
    pid = os.fork()
    if pid == 0:
        rounds.main(3)
        os._exit(0)
    os.waitpid(pid, 0)


def thread(number):
    it = threading.Thread(target=rounds.main, args=(3,), name="comer %d" % number)
    it.start()
    it.join()


for number in range(int(sys.argv[2])):
    child() if sys.argv[1] == "children" else thread(number)
