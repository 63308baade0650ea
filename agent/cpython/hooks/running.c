/* SPDX-License-Identifier: Apache-2.0
 *
 * running.c: what is open beside what is running.  From the frame of an event on
 * outwards: the first frame that has an open call is where the two meet.
 */
#include "agent/cpython/hooks/running.h"

#include "agent/cpython/abi/frame.h"
#include "agent/cpython/abi/pyobject.h"
#include "agent/cpython/follow/attach.h"
#include "agent/cpython/follow/attend.h"
#include "agent/cpython/hooks/foreign.h"
#include "agent/cpython/hooks/hook.h"
#include "agent/cpython/names/code.h"
#include "agent/cpython/names/generator.h"

#define AT_ONCE 128 /* the rest is opened when these have ended */

/* Begun, and not suspended: throw() makes frames look like running ones that it
 * only passes on its way to the innermost. */
static bool
runs(void *frame, PyObject *code, uint64_t word)
{
    int lasti = frame_lasti(frame, code);
    return lasti >= 0 &&
           !(word & CODE_GENERATOR && generator_has_yielded(word, lasti));
}

/* Of the code of a frame that was entered unseen. */
static uint64_t
word_of(void *frame, PyObject *code, struct thread *thread)
{
    uint64_t word = code_word(code);
    if ((word & CODE_TAG_MASK) == CODE_NAMED)
        return word;
    PyObject *globals = frame_globals(frame);
    word = attend_code_in(code, word, thread, NULL, globals, false);
    pyobject_release(globals);
    return word;
}

/* == WHERE BOTH MEET ====================================================== */

/* Frame evaluation does not note frames: there the code says it. */
static bool
belongs(struct call *call, const void *frame, const PyObject *code)
{
    if (call->frame || call->key == NULL)
        return call->frame == RUNNING_FRAME(frame);
    if (!code || CODE_OF_KEY(call->key) != code)
        return false;
    call->frame = RUNNING_FRAME(frame);
    return true;
}

/* The innermost call of the frame; what lies below the bottom, too. */
static struct call *
find_call(struct thread *thread, const void *frame, const PyObject *code)
{
    struct call *call = thread->top;
    while (call-- > thread->bottom)
        if (belongs(call, frame, code))
            return call;
    return belongs(call, frame, code) ? call : NULL;
}

struct unseen {
    void *frames[AT_ONCE]; /* the outermost one last; the first ones may miss */
    size_t count;
};

/* The call that the frame, or else the next one outside of it, has.  own is the
 * event's frame: it runs wherever it stands. */
static struct call *
meet(struct thread *thread, void *frame, const void *own, struct unseen *unseen)
{
    for (; frame; frame = python_word(frame, frame_previous_offset)) {
        PyObject *code = frame_code(frame);
        struct call *call = find_call(thread, frame, code);
        if (call)
            return call;
        if (unseen->count < AT_ONCE &&
            (frame == own || runs(frame, code, word_of(frame, code, thread))))
            unseen->frames[unseen->count++] = frame;
    }
    return find_call(thread, NULL, NULL);
}

/* == FOLLOWING ============================================================ */

/* Their exits were not seen. */
static void
close_above(struct thread *thread, const struct call *call)
{
    while (thread->top - 1 > call)
        record_exit(thread, thread->top[-1].key, SPOOL_EXIT_UNSEEN,
                    clock_ticks(spool_clock_kind));
}

static void
open_frame(struct thread *thread, void *frame)
{
    PyObject *code = frame_code(frame);
    uint64_t word = word_of(frame, code, thread);
    bool goes_on = word & CODE_GENERATOR &&
                   generator_has_begun(word, frame_lasti(frame, code));
    if (word && !foreign_is_folded(thread, word))
        hook_enter_known(thread, code, word,
                         goes_on ? SPOOL_RESUME : SPOOL_ENTER_PYTHON, frame);
}

/* Nothing that is open is being run: whatever is started before. */
static void
begin_anew(struct thread *thread, const void *frame)
{
    close_above(thread, thread->bottom - 1);
    thread->bottom[-1].frame = RUNNING_FRAME(frame);
}

/* Some tools report frames of their own making, which nothing runs. */
static bool
is_real(PyFrameObject *object)
{
    if (unlikely(!frame_previous_offset))
        frame_learn_previous(object);
    return frame_previous_offset && py.PyEval_GetFrame() == object;
}

static bool
is_fresh(const struct thread *thread)
{
    return thread->top == thread->bottom &&
           thread->top[-1].frame == CALL_FRAME_UNKNOWN;
}

static __attribute__((noinline)) void
follow(struct thread *thread, void *frame, const void *own)
{
    struct unseen unseen;
    unseen.count = 0;
    struct call *call =
        is_fresh(thread) ? NULL : meet(thread, frame, own, &unseen);
    if (!call) {
        begin_anew(thread, frame);
        return;
    }
    close_above(thread, call);
    while (unseen.count > 0)
        open_frame(thread, unseen.frames[--unseen.count]);
}

void
running_follow(struct thread *thread, PyFrameObject *object)
{
    void *frame = frame_behind(object);
    if (!running_is_innermost(thread, frame) && is_real(object))
        follow(thread, frame, frame);
}

bool
running_enter(struct thread *thread, PyFrameObject *object, const void *key)
{
    void *frame = frame_behind(object);
    if (running_is_innermost(thread, frame) && thread->top[-1].key == key)
        return false;
    if (!running_calls(thread, frame) && is_real(object))
        follow(thread, python_word(frame, frame_previous_offset), NULL);
    return true;
}

void
running_left(struct thread *thread, PyFrameObject *object)
{
    void *frame = frame_behind(object);
    struct call *below = thread->bottom - 1;
    if (below->frame == RUNNING_FRAME(frame) && frame_previous_offset)
        below->frame = RUNNING_FRAME(python_word(frame, frame_previous_offset));
}

void
running_begin_step(void *frame)
{
    struct thread *thread = attach_thread();
    PyObject *code = frame_code(frame);
    if (!thread || !code || frame_lasti(frame, code) < 0)
        return;
    uint64_t word = word_of(frame, code, thread);
    int lasti = frame_lasti(frame, code);
    if (word & CODE_GENERATOR && generator_has_begun(word, lasti) &&
        !generator_has_yielded(word, lasti) && !foreign_is_folded(thread, word))
        hook_enter_known(thread, code, word, SPOOL_RESUME, frame);
}
