/* SPDX-License-Identifier: Apache-2.0
 *
 * preroll.c: see preroll.h.
 */
#include "formats/decode/preroll.h"

#include <stdlib.h>

#include "formats/base/list.h"
#include "formats/spool/spool.h"

static uint32_t
id_of(uint64_t word)
{
    return (uint32_t)(word >> SPOOL_KIND_BITS) & (SPOOL_FUNCTION_LIMIT - 1);
}

static int
push(struct preroll *preroll, uint32_t call)
{
    if (preroll->count == preroll->room &&
        list_grow((void **)&preroll->calls, &preroll->room,
                  sizeof *preroll->calls) != 0)
        return -1;
    preroll->calls[preroll->count++] = call;
    return 0;
}

int
preroll_begin(struct preroll *preroll, const uint32_t *stack, uint32_t stored,
              uint32_t depth)
{
    preroll->count = 0;
    preroll->hidden = depth - stored;
    for (uint32_t i = stored; i-- > 0;)
        if (push(preroll, stack[i]) != 0)
            return -1;
    return 0;
}

/* It ends, with all that is open in it; or one of those that are not known. */
static void
leave(struct preroll *preroll, uint32_t id)
{
    uint32_t at = preroll->count;
    while (at > 0 && preroll->calls[at - 1] >> SPOOL_KIND_BITS != id)
        at--;
    if (at > 0)
        preroll->count = at - 1;
    else if (preroll->count == 0 && preroll->hidden > 0)
        preroll->hidden--;
}

static void
keep_outermost(struct preroll *preroll, uint64_t depth)
{
    uint64_t known = depth > preroll->hidden ? depth - preroll->hidden : 0;
    if (depth < preroll->hidden)
        preroll->hidden = (uint32_t)depth;
    if (known < preroll->count)
        preroll->count = (uint32_t)known;
}

static void
take_extended(struct preroll *preroll, const uint64_t *record)
{
    unsigned type =
        record[0] >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1);
    unsigned words = record[0] >> 16 & SPOOL_EXT_WORDS_MAX;
    if (type == SPOOL_EXT_GAP && words >= 3)
        keep_outermost(preroll, record[3]);
}

static int
take(struct preroll *preroll, const uint64_t *record)
{
    uint64_t word = record[0];
    switch (word & 15) {
    case SPOOL_ENTER_PYTHON:
    case SPOOL_ENTER_C:
    case SPOOL_RESUME:
    case SPOOL_THROW:
        return push(preroll,
                    id_of(word) << SPOOL_KIND_BITS | (uint32_t)(word & 15));
    case SPOOL_EXIT:
    case SPOOL_EXIT_EXCEPTION:
    case SPOOL_EXIT_CONTROL:
    case SPOOL_EXIT_UNSEEN:
    case SPOOL_EXIT_UNOPENED:
    case SPOOL_YIELD: leave(preroll, id_of(word)); return 0;
    case SPOOL_EXT: take_extended(preroll, record); return 0;
    default: return 0;
    }
}

static void
set_base(struct preroll *preroll, uint64_t ticks)
{
    if (ticks <= preroll->bound_ticks)
        preroll->base_ticks = ticks;
}

int
preroll_words(struct preroll *preroll, const uint64_t *words, size_t count,
              size_t *used)
{
    int result = 0;
    size_t length;
    for (*used = 0; *used < count && result == 0; *used += length) {
        const uint64_t *record = words + *used;
        uint64_t word = record[0];
        length = 1;
        if (word == 0)
            return 0;
        if ((word & 15) == SPOOL_TIME) {
            set_base(preroll, word >> SPOOL_KIND_BITS);
            continue;
        }
        if (preroll->base_ticks + (word >> SPOOL_TIME_SHIFT) >=
            preroll->until_ticks)
            return 1;
        if ((word & 15) == SPOOL_EXT)
            length += word >> 16 & SPOOL_EXT_WORDS_MAX;
        if (length > count - *used)
            return 0;
        result = take(preroll, record);
    }
    return result;
}

const uint32_t *
preroll_stack(struct preroll *preroll)
{
    for (uint32_t i = 0, k = preroll->count; i + 1 < k; i++) {
        uint32_t call = preroll->calls[i];
        preroll->calls[i] = preroll->calls[--k];
        preroll->calls[k] = call;
    }
    return preroll->calls;
}

void
preroll_free(struct preroll *preroll)
{
    free(preroll->calls);
    preroll->calls = NULL;
}
