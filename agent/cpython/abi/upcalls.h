/* SPDX-License-Identifier: Apache-2.0
 *
 * upcalls.h: what the lower rooms of agent/cpython need done by those above them.
 * Filled once, by the door (agent/cpython/cpython.c), before anything else; none
 * of them is called for an event of a function that is known.  With the GIL (or
 * attached, free-threaded).
 */
#ifndef CODESNAP_UPCALLS_H
#define CODESNAP_UPCALLS_H

#include <stdbool.h>

struct upcalls {
    /* An interpreter starts its imports; the current one goes on with them; one
     * lives and is watched, or recorded; another library's follow (start.h). */
    void (*wake)(void);
    void (*arrive)(void);
    bool (*is_awake)(void);
    void (*forget_layout)(void);
    /* The program's first frame was seen; the current interpreter is watched, or
     * recorded, as the others are (start.h). */
    int (*program)(void);
    int (*join)(void);
    bool (*is_recording)(void);
    /* The recording pauses, and goes on (pause.h). */
    bool (*pause)(void);
    bool (*resume)(void);
    /* A thread was called to attention (tick.h): what was ordered from outside is
     * done.  Is anything?  Of a process that pauses, for each of its calls. */
    void (*act)(void);
    bool (*is_ordered)(void);
    /* Nothing is recorded before that is ordered. */
    void (*await)(void);
    /* The module that programs import (module.h). */
    void (*offer)(void);
    bool (*is_offered)(void);
    void (*trace_in_python)(bool c_calls, bool paused);
    void (*forget_module)(void);
};

extern const struct upcalls *upcalls;

void upcalls_fill(const struct upcalls *table);

#endif
