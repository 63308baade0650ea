/* SPDX-License-Identifier: Apache-2.0
 *
 * valuewalk.h: a value of the program's as JSON, by walking it ourselves.  Between
 * guard_enter and guard_leave; no code of the program's runs, but with valuewalk_by_repr.
 *
 *     None, True, 17, 0.5, "text"    themselves; numbers that JSON's readers would
 *                                    round, nan and inf in quotes
 *     b"ab\x00"                      "b'ab\\x00'"
 *     [1, 2], (1, 2), {1, 2}         [1,2], or [1,{"<more>":98}]
 *     {"a": 1}                       {"a":1,"<more>":98}
 *     another object                 "<app.Order>", or {"<type>":"app.Order","id":17}
 *     too deep in                    "<list of 3>"
 *     with a secret's name           "<redacted>"
 *
 * Subclasses of these are other objects.
 */
#ifndef CODESNAP_VALUEWALK_H
#define CODESNAP_VALUEWALK_H

#include "agent/cpython/abi/python.h"
#include "agent/cpython/values/valuetext.h"

#define VALUE_LEVELS     2         /* that are opened */
#define VALUE_MOST       100       /* values in all */
#define VALUE_FIELDS     20        /* of one list, dictionary or object */
#define VALUE_CHARACTERS 255       /* of one string */
#define VALUE_BYTES      64        /* of one bytes object */
#define VALUE_MOST_NS    10000000u /* in all */

/* Objects are shown by the program's own repr. */
extern bool valuewalk_by_repr;

struct walk {
    struct valuetext text;
    unsigned left;        /* values that may still be written */
    uint64_t deadline_ns; /* CLOCK_MONOTONIC */
    long preempted;       /* how often the thread was */
};

/* preempted: how often the thread was so far.  The time in which others were given
 * its processor does not count. */
struct walk valuewalk_begin(char *bytes, size_t room, long preempted);
/* A member of the object that is open; name is a str.  False, and nothing is
 * written, if the bounds are reached. */
bool valuewalk_argument(struct walk *walk, PyObject *name, PyObject *value);
/* The member "return", of a function with that name. */
void valuewalk_return(struct walk *walk, PyObject *function, PyObject *value);

#endif
