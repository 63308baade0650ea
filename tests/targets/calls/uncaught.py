# SPDX-License-Identifier: Apache-2.0
"""Exceptions that nobody catches: of threads, of a child process, and at last of the
program; and such as somebody catches, or that leave in order."""

import multiprocessing
import sys
import threading


def thread_stops():
    raise StopIteration


def thread_leaves():
    sys.exit()


def process_closes():
    raise GeneratorExit


def stopped():
    raise StopIteration


def caught():
    try:
        stopped()
    except StopIteration:
        pass


def numbers():
    yield 1


class Closing(threading.Thread):
    def run(self):
        raise GeneratorExit


def work():
    next(iter(()))


def main():
    threads = threading.Thread(target=thread_stops), threading.Thread(target=thread_leaves), Closing()
    for thread in threads:
        thread.start()
        thread.join()
    process = multiprocessing.get_context("fork").Process(target=process_closes)
    process.start()
    process.join()
    caught()
    if len(sys.argv) > 1:
        sys.exit(0)
    work()


if __name__ == "__main__":
    alive = numbers()  # is closed when the program has ended
    next(alive)
    main()
