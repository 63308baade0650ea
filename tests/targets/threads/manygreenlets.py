"""Many short greenlets, and some that live through all of them:
manygreenlets.py COUNT; prints by how many KiB the process grew since a tenth."""

import sys

import greenlet


def work():
    leaf()
    greenlet.getcurrent().parent.switch()
    leaf()


def leaf():
    return None


def resident():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon"):
                return int(line.split()[1])


def mappings():
    with open("/proc/self/maps") as maps:
        return len(maps.readlines())


def main(count):
    living = [greenlet.greenlet(work) for _ in range(20)]
    for one in living:
        one.switch()
    for number in range(count):
        one = greenlet.greenlet(work)
        one.switch()
        one.switch()
        if number == count // 10:
            before = resident(), mappings()
    print(resident() - before[0], mappings() - before[1])
    for one in living:
        one.switch()


main(int(sys.argv[1]))
