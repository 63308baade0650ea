/* SPDX-License-Identifier: Apache-2.0
 *
 * stray.c: see stray.h.  Both readings of the exit are followed through the
 * exits that leave what is open now; the first that only one of them explains
 * decides.  Where none does, the recorded exit counts.
 */
#include "formats/decode/stray.h"

#include "formats/spool/spool.h"

/* Calls that begin and end while we look; deeper ones are not told apart. */
#define LEVELS 64u

struct look {
    const struct frame *list;
    uint32_t ended;  /* how many are open if the calls above ended unseen */
    uint32_t going;  /* and if they go on */
    uint32_t levels; /* open since */
    uint32_t inner[LEVELS];
};

enum verdict {
    UNDECIDED,
    FITS,
    STRAY
};

/* Is it one of those that both readings take for open? */
static bool
is_further_out(const struct look *look, uint32_t id)
{
    uint32_t at = look->ended;
    uint32_t least = at > LEVELS ? at - LEVELS : 0;
    while (at > least && look->list[at - 1].id != id)
        at--;
    return at > least;
}

/* An exit of what was open already.  One that fits neither reading does not
 * belong here itself: they come in groups. */
static enum verdict
leave(struct look *look, uint32_t id)
{
    bool if_ended = look->ended > 0 && look->list[look->ended - 1].id == id;
    bool if_going = look->going > 0 && look->list[look->going - 1].id == id;
    if (if_ended != if_going)
        return if_ended ? FITS : STRAY;
    if (!if_ended)
        return is_further_out(look, id) ? FITS : UNDECIDED;
    look->ended--;
    look->going--;
    return UNDECIDED;
}

static enum verdict
take_exit(struct look *look, uint32_t id)
{
    if (look->levels == 0)
        return leave(look, id);
    if (look->levels > LEVELS || look->inner[look->levels - 1] == id)
        look->levels--;
    return UNDECIDED;
}

static void
take_enter(struct look *look, uint32_t id)
{
    if (look->levels < LEVELS)
        look->inner[look->levels] = id;
    look->levels++;
}

static enum verdict
take(struct look *look, uint64_t word)
{
    uint32_t id =
        (uint32_t)(word >> SPOOL_KIND_BITS) & (SPOOL_FUNCTION_LIMIT - 1);
    switch (word & 15) {
    case SPOOL_ENTER_PYTHON:
    case SPOOL_ENTER_C:
    case SPOOL_RESUME:
    case SPOOL_THROW: take_enter(look, id); return UNDECIDED;
    case SPOOL_EXIT:
    case SPOOL_EXIT_EXCEPTION:
    case SPOOL_EXIT_CONTROL:
    case SPOOL_YIELD:
    case SPOOL_EXIT_UNOPENED:
    case SPOOL_EXIT_UNSEEN: return take_exit(look, id);
    default: return UNDECIDED;
    }
}

/* A record that is not whole, or says that calls were missed, ends the look. */
static size_t
length_of(uint64_t word)
{
    unsigned type = word >> SPOOL_KIND_BITS & ((1u << SPOOL_EXT_TYPE_BITS) - 1);
    if ((word & 15) != SPOOL_EXT)
        return word != 0;
    return type == SPOOL_EXT_GAP || type == SPOOL_EXT_TRACK_END
               ? 0
               : (word >> 16 & SPOOL_EXT_WORDS_MAX) + 1;
}

bool
stray_fits(const struct frames *stack, uint32_t at, const uint64_t *words,
           size_t count)
{
    struct look look = {.list = stack->list, .going = stack->count};
    enum verdict verdict = UNDECIDED;
    size_t length = 1;
    look.ended = at - 1;
    if (count > STRAY_WORDS)
        count = STRAY_WORDS;
    for (size_t i = 0; i < count && verdict == UNDECIDED; i += length) {
        length = length_of(words[i]);
        if (length == 0)
            break;
        verdict = take(&look, words[i]);
    }
    return verdict != STRAY;
}
