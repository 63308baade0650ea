/* SPDX-License-Identifier: Apache-2.0
 *
 * callargs.h: what an event of our JSON says of its call beside name and times.
 */
#ifndef CODESNAP_CALLARGS_H
#define CODESNAP_CALLARGS_H

#include <stddef.h>
#include <stdint.h>

/* How a call is, in reorder_call. */
enum {
    CALL_OPEN = 1,      /* when the recording ended */
    CALL_STEP = 2,      /* a further one of a generator or coroutine */
    CALL_BEFORE = 4,    /* it had begun before the recording */
    CALL_WAIT = 8,      /* no call: a wait, whose kind is what it is of */
    CALL_ARGUMENTS = 16 /* they are known */
};

struct callargs {
    uint32_t how;
    const char *arguments; /* a JSON object in the line, or NULL */
    size_t bytes;
};

/* Behind ,"args":{...}, which is added to what is there; or at, where there is none. */
const char *callargs_take(const char *at, struct callargs *args);

#endif
