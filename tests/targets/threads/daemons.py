"""A daemon thread that is still running when the program ends."""

import threading
import time


def forever(started):
    inside(started)


def inside(started):
    started.set()
    while True:
        time.sleep(0.01)


def main():
    started = threading.Event()
    threading.Thread(target=forever, args=(started,), name="daemon", daemon=True).start()
    started.wait()


main()
