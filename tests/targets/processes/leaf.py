"""A child process: one call, and the status that it is given."""

import sys


def leaf():
    return len(sys.argv)


if __name__ == "__main__":
    leaf()
    sys.exit(int(sys.argv[1]))
