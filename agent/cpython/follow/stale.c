/* SPDX-License-Identifier: Apache-2.0
 *
 * stale.c: what runs is asked for frame by frame.
 */
#include "agent/cpython/follow/stale.h"

#include "agent/cpython/abi/frame.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/names/code.h"

struct wanted {
    const void *code;
    bool found;
};

static bool
is_of_another(PyFrameObject *frame, void *context)
{
    struct wanted *wanted = context;
    wanted->found = frame_code_of_object(frame) == wanted->code;
    return !wanted->found;
}

/* Is the function still being run?  By the frames that are. */
static bool
is_running(const void *code)
{
    struct wanted wanted = {code, false};
    frame_each(is_of_another, &wanted);
    return wanted.found;
}

/* Named spans stay open as long as the function in which they began does. */
void
stale_drop(struct thread *thread)
{
    struct call *keep = thread->top;
    for (struct call *call = thread->top; call > thread->bottom; call--) {
        const struct call *innermost = call - 1;
        if (ANNOTATION_IS_SPAN(innermost->key))
            continue;
        bool python = (innermost->word & 15) != SPOOL_ENTER_C;
        if (python && is_running(CODE_OF_KEY(innermost->key)))
            break;
        keep = call - 1;
    }
    thread->top = keep;
}
