/* SPDX-License-Identifier: Apache-2.0
 *
 * tasksteps.c: see tasksteps.h.  Rare beside calls.
 */
#include "formats/decode/tasksteps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/base/text.h"
#include "formats/spool/spool.h"

#define NAME_BYTES (SPOOL_EXT_WORDS_MAX * sizeof(uint64_t))
#define NAME_ROOM  (3 * NAME_BYTES + 1) /* what is not UTF-8 can triple */

/* == BEGIN ================================================================== */

/* The name, cleaned, into steps->name; false without memory. */
static bool
read_name(struct tasksteps *steps, const uint64_t *data, unsigned words)
{
    size_t bytes = words > SPOOL_TASK_NAME ? data[SPOOL_TASK_NAME_BYTES] : 0;
    if (bytes > (words - SPOOL_TASK_NAME) * sizeof *data)
        bytes = 0;
    if (steps->name == NULL && (steps->name = malloc(NAME_ROOM)) == NULL) {
        errno = ENOMEM;
        return false;
    }
    const char *from = (const char *)(data + SPOOL_TASK_NAME);
    size_t clean = bytes ? text_clean_into(steps->name, from, bytes) : 0;
    steps->name[clean] = '\0';
    return true;
}

static int
tell_task(struct tasksteps *steps, uint64_t ticks, const uint64_t *data,
          unsigned words)
{
    struct emitter *emitter = steps->emitter;
    if (emitter->visitor->task == NULL || words < SPOOL_TASK_NAME)
        return 0;
    if (!read_name(steps, data, words))
        return EMITTER_FAILED;
    uint64_t made = data[SPOOL_TASK_MADE];
    const struct task task = {
        .number = steps->task,
        .parent = data[SPOOL_TASK_PARENT],
        .name = steps->name,
        .function = emitter_function(emitter, steps->called),
        .start_ns = emitter_ns(emitter, made && made < ticks ? made : ticks),
    };
    emitter->result = emitter->visitor->task(emitter->context, &task);
    return emitter->result != 0 ? EMITTER_FAILED : 0;
}

int
tasksteps_announce(struct tasksteps *steps, uint64_t ticks,
                   const uint64_t *data, unsigned words)
{
    if (words == 0) {
        steps->damaged_bytes += sizeof *data;
        return 0;
    }
    steps->announced = true;
    steps->task = data[SPOOL_TASK_STEP] & ((1ull << SPOOL_TASK_BITS) - 1);
    steps->called = (uint32_t)(data[SPOOL_TASK_STEP] >> SPOOL_TASK_BITS);
    return tell_task(steps, ticks, data, words);
}

/* Is a step of that task open already? */
static bool
runs(const struct tasksteps *steps, uint64_t task)
{
    for (uint32_t i = 0; i < steps->count; i++)
        if (steps->list[i].task == task)
            return true;
    return false;
}

static void
look_for_next(struct tasksteps *steps)
{
    steps->depth = steps->holds   ? steps->held_depth
                   : steps->count ? steps->list[steps->count - 1].depth + 1
                                  : 0;
}

static int
tell(struct tasksteps *steps, const struct task_step *step)
{
    struct emitter *emitter = steps->emitter;
    steps->told++;
    if (emitter->visitor->task_step == NULL)
        return 0;
    emitter->result = emitter->visitor->task_step(emitter->context, step);
    return emitter->result != 0 ? EMITTER_FAILED : 0;
}

int
tasksteps_finish(struct tasksteps *steps)
{
    bool holds = steps->holds;
    steps->holds = false;
    look_for_next(steps);
    return holds ? tell(steps, &steps->held) : 0;
}

static int
push(struct tasksteps *steps, struct taskstep step)
{
    if (steps->count == steps->room &&
        list_grow((void **)&steps->list, &steps->room, sizeof *steps->list) !=
            0)
        return EMITTER_FAILED;
    steps->list[steps->count++] = step;
    look_for_next(steps);
    return 0;
}

int
tasksteps_open(struct tasksteps *steps, uint32_t id, const struct frame *frame,
               uint32_t depth)
{
    struct taskstep step = {steps->task, frame->start_ns, frame->function,
                            depth, frame->opened};
    steps->announced = false;
    if (id != steps->called || runs(steps, steps->task))
        return 0;
    if (steps->holds && steps->held.task == step.task &&
        steps->held_depth == depth) {
        step.start_ns = steps->held.start_ns;
        steps->holds = false;
    }
    if (tasksteps_finish(steps) != 0)
        return EMITTER_FAILED;
    return push(steps, step);
}

/* == END ==================================================================== */

void
tasksteps_yield(struct tasksteps *steps, uint32_t id, const uint64_t *words,
                size_t count)
{
    const uint32_t mask = SPOOL_FUNCTION_LIMIT - 1;
    while (count-- > 0) {
        unsigned kind = words[count] & 15;
        if (kind == SPOOL_YIELD)
            id = (uint32_t)(words[count] >> SPOOL_KIND_BITS) & mask;
        else if (kind != SPOOL_BUSY && kind != SPOOL_TIME)
            break;
    }
    steps->awaited = emitter_function(steps->emitter, id);
}

/* The innermost one has. */
static int
close_step(struct tasksteps *steps, uint64_t ns, enum close_how closed)
{
    struct taskstep step = steps->list[--steps->count];
    const struct task_step told = {
        .task = step.task,
        .function = step.function,
        .start_ns = step.start_ns,
        .end_ns = ns,
        .closed = closed,
        .awaited = closed == CLOSE_YIELD ? steps->awaited : NULL,
    };
    steps->awaited = NULL;
    steps->holds = step.opened == OPEN_THROW && closed != CLOSE_YIELD &&
                   closed != CLOSE_UNFINISHED;
    if (steps->holds) {
        steps->held = told;
        steps->held_depth = step.depth;
    }
    look_for_next(steps);
    return steps->holds ? 0 : tell(steps, &told);
}

int
tasksteps_close(struct tasksteps *steps, uint64_t ns, enum close_how closed)
{
    uint32_t depth = steps->depth - 1;
    if (tasksteps_finish(steps) != 0)
        return EMITTER_FAILED;
    return steps->count && steps->list[steps->count - 1].depth == depth
               ? close_step(steps, ns, closed)
               : 0;
}

void
tasksteps_free(struct tasksteps *steps)
{
    free(steps->list);
    free(steps->name);
}
