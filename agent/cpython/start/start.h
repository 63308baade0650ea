/* SPDX-License-Identifier: Apache-2.0
 *
 * start.h: the life of the interpreter whose functions py has, as far as it is
 * watched or recorded.  With the GIL.
 */
#ifndef CODESNAP_START_H
#define CODESNAP_START_H

#include <stdbool.h>
#include <stddef.h>

/* An interpreter begins its imports: the first one, or one more. */
void start_wake(void);
/* The current interpreter goes on with them. */
void start_arrive(void);
/* One lives and is watched, or recorded. */
bool start_is_awake(void);
/* Another library's interpreters follow: what was measured is void. */
void start_forget_layout(void);

/* Record from here on.  0; or -1 if that failed, or it was begun before. */
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
/* A recording of the attached agent's begins, in a session made for output, and
 * ends.  0 with the folder, or -1 with errno. */
int start_begin(const char *output, bool c_calls, char *folder, size_t room);
void start_end(const char *folder);

#endif
