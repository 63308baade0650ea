"""Instants of every size, in greenlets that are deep in calls."""

import codesnap
import greenlet


def deep(levels):
    if levels:
        return deep(levels - 1)
    for count in range(20):
        codesnap.instant("sized", **{"k%d" % i: "b" * 1000 for i in range(count)})


for levels in (1, 300, 900):
    greenlet.greenlet(deep).switch(levels)
