"""rounds.py COUNT [FILE]: 97 functions in turn, COUNT times, or until FILE is there."""
import os
import sys

SIZE = 97
exec(compile("".join("def f%d(): pass\n" % i for i in range(SIZE)), "rounds", "exec"))
FUNCTIONS = [globals()["f%d" % i] for i in range(SIZE)]


def turn():
    for function in FUNCTIONS:
        function()


def main(count, path=None):
    while count > 0 or path and not os.path.exists(path):
        turn()
        count -= 1


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
