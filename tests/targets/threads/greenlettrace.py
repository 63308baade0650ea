"""A program that sets trace functions of its own, one of which fails."""

import threading

import greenlet


def work():
    greenlet.getcurrent().parent.switch()


def run(title):
    one = greenlet.greenlet(work)
    try:
        one.switch()
        one.switch()
    except KeyError as error:
        print(title, "raised", error)
    print(title, one.dead)
    return one


def told(event, pair):
    print("told", event, pair[0] is pair[1], len(pair))


def fails(event, pair):
    raise KeyError(event)


def main():
    kept = [run("plain")]
    print(greenlet.gettrace())
    print(greenlet.settrace(told))
    print(greenlet.gettrace() is told)
    kept.append(run("traced"))
    print(greenlet.settrace(fails) is told)
    kept.append(run("failing"))
    print(greenlet.gettrace())
    kept.append(run("plain again"))
    try:
        greenlet.settrace()
    except TypeError:
        print("TypeError")
    print(greenlet.settrace(None), greenlet.gettrace())
    try:
        kept[0].switch()
    except Exception as error:
        print(type(error).__name__)


main()
thread = threading.Thread(target=main)
thread.start()
thread.join()
