"""Many short threads, eight at a time: manythreads.py COUNT."""

import sys
import threading


def leaf():
    return None


def work():
    leaf()
    leaf()


def main(count):
    for _ in range(count // 8):
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


main(int(sys.argv[1]))
