/* SPDX-License-Identifier: Apache-2.0
 *
 * task.c: see task.h.  A step costs 0.2 to 0.7 us more than its call.
 */
#include "agent/cpython/follow/task.h"

#include <errno.h>
#include <string.h>

#include "agent/cpython/abi/guard.h"
#include "agent/cpython/follow/annotation.h"
#include "agent/cpython/follow/tasklife.h"
#include "agent/cpython/names/asynctask.h"
#include "agent/cpython/names/code.h"
#include "agent/store/ring.h"

#define NAME_BYTES_MAX 256u

/* == WHOSE STEP IT IS ===================================================== */

static bool
is_generator(const struct call *call)
{
    PyObject *code = (PyObject *)(uintptr_t)CODE_OF_KEY(call->key);
    uint64_t word = code_word(code);
    if (word & (CODE_COROUTINE | CODE_GENERATOR))
        return true;
    return py.minor >= 12 &&
           pyobject_attribute_number(code, "co_flags", 0) & CO_ANY_GENERATOR;
}

/* Is the innermost call a coroutine's, or a generator's, such as __await__? */
static bool
is_awaited(const struct thread *thread)
{
    const struct call *call = thread->top - 1;
    while (call >= thread->bottom && ANNOTATION_IS_SPAN(call->key))
        call--;
    if (call < thread->bottom)
        return false;
    uint32_t kind = call->word & 15;
    return kind == SPOOL_RESUME || kind == SPOOL_THROW ||
           (kind == SPOOL_ENTER_PYTHON && is_generator(call));
}

/* What asking may change, of the program's. */
struct asking {
    int saved_errno;
    PyObject *exception[3];
};

static PyObject *
ask(struct asking *asking)
{
    guard_shut_out();
    asking->saved_errno = errno;
    py.PyErr_Fetch(&asking->exception[0], &asking->exception[1],
                   &asking->exception[2]);
    return asynctask_current();
}

static void
end_asking(struct asking *asking, PyObject *task)
{
    pyobject_release(task);
    py.PyErr_Clear();
    py.PyErr_Restore(asking->exception[0], asking->exception[1],
                     asking->exception[2]);
    guard_let_in();
    errno = asking->saved_errno;
}

/* == STEPS THAT ARE OPEN ================================================== */

static bool
is_open(const struct thread *thread, const struct thread_step *step)
{
    return step->call >= thread->bottom && step->call < thread->top &&
           step->call->key == step->key;
}

/* The innermost one; NULL: none. */
static const struct thread_step *
open_step(struct thread *thread)
{
    while (thread->step_count &&
           !is_open(thread, &thread->steps[thread->step_count - 1]))
        thread->step_count--;
    return thread->step_count ? &thread->steps[thread->step_count - 1] : NULL;
}

/* Of those that are in each other only the last few are known: a record too many
 * does no harm. */
static void
push_step(struct thread *thread, struct thread_step step)
{
    if (thread->step_count == THREAD_STEPS)
        memmove(thread->steps, thread->steps + 1,
                --thread->step_count * sizeof step);
    thread->steps[thread->step_count++] = step;
}

/* == RECORDS ============================================================== */

static void
record_step(struct thread *thread, uint64_t word, uint64_t id)
{
    uint64_t payload = spool_task_step((uint32_t)word >> SPOOL_KIND_BITS, id);
    record_extended(thread, clock_ticks(spool_clock_kind), SPOOL_EXT_TASK,
                    &payload, 1);
}

/* With what is known of the task. */
static void
record_begin(struct thread *thread, uint64_t word, const struct tasklife *life,
             PyObject *task)
{
    uint64_t payload[SPOOL_TASK_NAME + NAME_BYTES_MAX / 8] = {0};
    struct text_holder holder;
    struct guard guard;
    guard_enter(&guard, thread);
    PyObject *name = asynctask_name(task);
    struct text text = pyobject_text(name, &holder);
    if (text.length > NAME_BYTES_MAX)
        text.length = NAME_BYTES_MAX;
    memcpy(&payload[SPOOL_TASK_NAME], text.bytes, text.length);
    payload[SPOOL_TASK_NAME_BYTES] = text.length;
    pyobject_release_text(&holder);
    pyobject_release(name);
    guard_leave(&guard, thread);
    payload[SPOOL_TASK_STEP] = spool_task_step(
        (uint32_t)(word & UINT32_MAX) >> SPOOL_KIND_BITS, life->id);
    payload[SPOOL_TASK_PARENT] = life->parent;
    payload[SPOOL_TASK_MADE] = life->made_ticks;
    if (!thread->parked)
        record_extended(thread, clock_ticks(spool_clock_kind), SPOOL_EXT_TASK,
                        payload,
                        SPOOL_TASK_NAME +
                            ((uint32_t)payload[SPOOL_TASK_NAME_BYTES] + 7) / 8);
}

/* A coroutine that starts is another task's, unless who made this one was seen, and
 * always where a task is being made: an eager one, at the address of one that is
 * gone. */
static bool
is_another(const struct thread *thread, const struct tasklife *life,
           uint32_t kind)
{
    return kind == SPOOL_ENTER_PYTHON && life->begun &&
           (!life->made || thread->making > 0);
}

static void
step(struct thread *thread, PyObject *task, const void *key, uint64_t word,
     uint32_t kind)
{
    struct tasklife life;
    const struct thread_step *outer = open_step(thread);
    if (outer && outer->task == task)
        return;
    if (!tasklife_find(task, &life) || is_another(thread, &life, kind)) {
        life = (struct tasklife){.task = task, .within = thread->making > 0};
        life.parent = thread->making > 0 ? thread->maker
                      : outer            ? outer->id
                                         : 0;
    }
    bool first = !life.begun;
    life.begun = true;
    if (first && !(life.id = tasklife_keep(life)))
        return;
    push_step(thread, (struct thread_step){thread->top, key, task, life.id});
    if (first || ring_is_on())
        record_begin(thread, word, &life, task);
    else
        record_step(thread, word, life.id);
}

void
task_enter(struct thread *thread, const void *key, uint64_t word, uint32_t kind)
{
    struct asking asking;
    if (thread->unrecorded || is_awaited(thread))
        return;
    PyObject *task = ask(&asking);
    if (task && !thread->parked)
        step(thread, task, key, word, kind);
    end_asking(&asking, task);
}

/* == WHO MAKES THEM ======================================================= */

/* The id of the task that runs now; 0: none. */
static uint64_t
current_id(void)
{
    struct asking asking;
    struct tasklife life;
    PyObject *task = ask(&asking);
    uint64_t id = task && tasklife_find(task, &life) ? life.id : 0;
    end_asking(&asking, task);
    return id;
}

/* It may have run its first step before it was handed out: an eager one. */
static void
note_made(const struct thread *thread)
{
    struct tasklife life;
    bool known = tasklife_find(thread->result, &life);
    if (known && life.within) {
        life.within = false;
        life.made = true;
    } else {
        life = (struct tasklife){.task = thread->result,
                                 .parent = thread->maker,
                                 .made_ticks = clock_ticks(spool_clock_kind),
                                 .made = true};
    }
    tasklife_keep(life);
}

/* One may call another one: the outermost counts.  Where the end of one was missed,
 * a call that is no deeper says so. */
static void
begin_making(struct thread *thread)
{
    size_t open = thread_open(thread);
    if (thread->making && open > thread->making_depth) {
        thread->making++;
        return;
    }
    thread->making = 1;
    thread->making_depth = open;
    thread->maker = current_id();
}

void
task_making(struct thread *thread, bool starts)
{
    if (starts)
        begin_making(thread);
    else if (thread->making && --thread->making == 0 && thread->result &&
             thread->result != py._Py_NoneStruct)
        note_made(thread);
}
