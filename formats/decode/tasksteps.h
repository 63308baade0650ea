/* SPDX-License-Identifier: Apache-2.0
 *
 * tasksteps.h: which of the open calls are steps of tasks.  A record says so right
 * before the call's; the step ends with the call.  What the task awaits then is the
 * innermost coroutine, whose yield comes right before its own.  For the second pass.
 */
#ifndef CODESNAP_TASKSTEPS_H
#define CODESNAP_TASKSTEPS_H

#include "formats/decode/emitter.h"

struct taskstep {
    uint64_t task;
    uint64_t start_ns;
    const struct function *function;
    uint32_t depth;
    enum open_how opened;
};

/* All zeros except the emitter. */
struct tasksteps {
    struct emitter *emitter;
    struct taskstep *list; /* open ones */
    uint32_t count, room;
    /* What is thrown into a task is thrown into its innermost coroutine, and, where
     * that ends, into the one around it, each called by what is no coroutine: one step,
     * which is held back until it is known that nothing follows. */
    struct task_step held;
    uint32_t held_depth;
    bool holds;
    uint32_t
        depth; /* of the call at whose end there is something to do, and one;
                        0: none */
    bool announced;  /* the record of a step was read, its call comes next */
    uint64_t task;   /* whose */
    uint32_t called; /* the id of its function */
    const struct function *awaited;
    char *name;
    uint64_t told;
    uint64_t damaged_bytes;
};

/* All that return int give 0, or EMITTER_FAILED. */

/* The words of payload of an EXT record. */
int tasksteps_announce(struct tasksteps *steps, uint64_t ticks,
                       const uint64_t *data, unsigned words);
/* A call of that id is open now, as the call number depth, from 0 on; or something
 * else happened. */
int tasksteps_open(struct tasksteps *steps, uint32_t id,
                   const struct frame *frame, uint32_t depth);
/* The innermost call ends in a yield; words are count records before it. */
void tasksteps_yield(struct tasksteps *steps, uint32_t id,
                     const uint64_t *words, size_t count);
/* The call at depth has ended. */
int tasksteps_close(struct tasksteps *steps, uint64_t ns,
                    enum close_how closed);
/* Nothing follows: tell what is held. */
int tasksteps_finish(struct tasksteps *steps);
void tasksteps_free(struct tasksteps *steps);

#endif
