/* SPDX-License-Identifier: Apache-2.0
 *
 * sentinel.h: in a pause that an order from outside ends, from 3.12 on, some calls
 * are told, and each looks for an order.
 *
 * It is to cost nothing, so a function that is called often is told no more: what
 * is left are those that are called now and then.  No code of the program's asks
 * again for what was disabled (sys.monitoring.restart_events would, for other
 * tools, too): instead begins and ends of functions take turns, and each code that
 * runs in between forgets what was disabled in it.  With the GIL (or attached,
 * free-threaded).
 */
#ifndef CODESNAP_SENTINEL_H
#define CODESNAP_SENTINEL_H

#include <stdbool.h>

#include "agent/cpython/abi/python.h"

enum sentinel {
    SENTINEL_NOTHING,
    SENTINEL_TOO_OFTEN, /* this place is not to tell it again */
    SENTINEL_ACTED      /* what was ordered was done */
};

/* A pause starts.  surely: its end comes at a time that was set before, and then is
 * not to be missed where all functions are called often; one of them is told on,
 * whatever that costs. */
void sentinel_begin(bool surely);
/* A call of this code was told. */
enum sentinel sentinel_look(const PyObject *code);

#endif
