/* SPDX-License-Identifier: Apache-2.0
 *
 * start.h: the life of the interpreter whose functions py has, as far as it is
 * watched or recorded.  With the GIL.
 */
#ifndef CODESNAP_START_H
#define CODESNAP_START_H

#include <stdbool.h>

#include "agent/session/config.h"

/* What the agent is told; each on a thread with a live thread state. */
struct start_events {
    /* An interpreter has started its imports; before os.environ is read.  0 to
     * record, -1 to leave it alone. */
    int (*begun)(const char *interpreter);
    /* The program's own code starts; os.environ was read. */
    void (*program)(void);
    /* It was finalized. */
    void (*ended)(void);
};

/* An interpreter is to be watched and recorded so, whose end and start are to be
 * told.  Before all else. */
void start_expect(const struct start_events *events,
                  const struct python_options *options);
bool start_is_expected(void);
const struct python_options *start_options(void);
void start_want_c_calls(bool c_calls);

/* An interpreter starts its imports: the first one, or one more. */
void start_wake(void);
/* The current interpreter goes on with them. */
void start_arrive(void);
/* One lives and is watched, or recorded. */
bool start_is_awake(void);
/* Another library's interpreters follow: what was measured is void. */
void start_forget_layout(void);

/* Record from here on.  0; or -1 if that failed, or it was started before. */
int start_recording(void);
bool start_is_recording(void);
/* The current interpreter is watched, or recorded, as the others are.  0, or
 * -1. */
int start_join(void);
/* Begin, or go on after a rest, while any number of threads run.  0, or -1. */
int start_resume(void);
/* The program's first frame was seen: offer it the module codesnap, and begin
 * unless it wants to do that itself.  As start_recording. */
int start_program(void);

/* The program loaded the agent by itself, into a running interpreter, which calls
 * from there.  0, or -1. */
int start_attach(const void *caller);
/* Was the agent there before the program? */
bool start_was_first(void);

/* Watch for the program's own first frame; nothing is recorded yet.  0, or -1. */
int start_watch(void);
/* Measure what calls cost here; the hooks are as they were, afterwards.  Not in a
 * later life of the interpreter, on a thread that has records. */
void start_calibrate(void);
/* The recording is over; another one may begin. */
void start_stop(void);

#endif
