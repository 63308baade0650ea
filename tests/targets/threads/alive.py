"""As sitecustomize: a thread that lives before the program does."""

import threading

turns = threading.Semaphore(0)
done = threading.Semaphore(0)


def tick():
    return None


def forever():
    while True:
        turns.acquire()
        tick()
        done.release()


def rounds(count):
    for _ in range(count):
        turns.release()
        done.acquire()


thread = threading.Thread(target=forever, name="early", daemon=True)
thread.start()
rounds(2)
