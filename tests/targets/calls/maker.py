"""maker.py COUNT: makes code without end, and calls each of it once."""
import sys


def make(number):
    names = {}
    exec(compile("def made(): inner()\ndef inner(): pass\n", "made %d" % number, "exec"), names)
    names["made"]()


for number in range(int(sys.argv[1])):
    make(number)
