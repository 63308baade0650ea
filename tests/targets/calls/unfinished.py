"""Ends in the middle of things."""

import os


def finished():
    return None


def opened():
    deeper()


def deeper():
    os._exit(3)


finished()
opened()
