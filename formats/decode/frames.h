/* SPDX-License-Identifier: Apache-2.0
 *
 * frames.h: open spans, as a stack.
 */
#ifndef CODESNAP_FRAMES_H
#define CODESNAP_FRAMES_H

#include <stdbool.h>

#include "formats/base/list.h"
#include "formats/trace/trace.h"

#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define always_inline inline __attribute__((always_inline))

struct frame {
    uint64_t start_ns;
    const struct function *function;
    uint32_t id;
    uint32_t depth; /* as shown: prior calls count too */
    uint32_t text;  /* as in calltexts.h; 0: none */
    bool passed;    /* its arguments were not looked at */
    enum open_how opened;
};

struct frames {
    struct frame *list;
    uint32_t count, room;
};

/* One more, to be filled in; NULL without memory. */
static always_inline struct frame *
frames_push(struct frames *frames)
{
    if (unlikely(frames->count == frames->room) &&
        list_grow((void **)&frames->list, &frames->room,
                  sizeof *frames->list) != 0)
        return NULL;
    return &frames->list[frames->count++];
}

#endif
