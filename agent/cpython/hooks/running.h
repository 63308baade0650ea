/* SPDX-License-Identifier: Apache-2.0
 *
 * running.h: the shadow stack follows the frames that run, in 3.11.
 *
 * There a frame can be entered without the profile event "call": a generator
 * that goes on because what it delegates to has ended in a throw(), code that
 * has no RESUME.  And one can be left without having been entered: a signal
 * handler or a trace function raises at its beginning.  Up to 3.10 each frame
 * evaluation has both events.
 *
 * So each open call knows its frame, a C function's its caller's: the low half of
 * the interpreter frame's address.  Below the bottom of the shadow stack is that
 * of the innermost frame that ran before the recording started: it and those
 * outside of it are not shown.
 */
#ifndef CODESNAP_RUNNING_H
#define CODESNAP_RUNNING_H

#include "agent/cpython/abi/frame.h"
#include "agent/track/thread.h"

#define RUNNING_FRAME(frame) ((uint32_t)(uintptr_t)(frame))

/* Is the innermost open call that of this frame, or of a C function that it
 * called?  A comparison. */
static inline bool
running_is_innermost(const struct thread *thread, const void *frame)
{
    return thread->top[-1].frame == RUNNING_FRAME(frame);
}

/* The same of the frame that called this one. */
static inline bool
running_calls(const struct thread *thread, const void *frame)
{
    return running_is_innermost(thread,
                                python_word(frame, frame_previous_offset));
}

/* An event of this frame comes: open what has started without us, close what has
 * ended.  With the GIL, in the slow path. */
void running_follow(struct thread *thread, PyFrameObject *object);

/* The same for a frame that is entered now; false: its call is open already. */
bool running_enter(struct thread *thread, PyFrameObject *object,
                   const void *key);

/* The frame was left; its exit is recorded. */
void running_left(struct thread *thread, PyFrameObject *object);

/* Frame evaluation is handed a frame that no event will announce, maybe: a step
 * of a generator starts. */
void running_begin_step(void *frame);

#endif
