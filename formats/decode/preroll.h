/* SPDX-License-Identifier: Apache-2.0
 *
 * preroll.h: which calls of a track are open at a time that lies inside a chunk: for
 * a recording of which only what follows is to be told.  Walks the records before
 * that time; what does not fit there is passed over without a word.
 */
#ifndef CODESNAP_PREROLL_H
#define CODESNAP_PREROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct preroll {
    uint64_t until_ticks;
    uint64_t base_ticks;  /* what the next record's time counts from */
    uint64_t bound_ticks; /* no TIME record may be later */
    uint32_t *calls;      /* the open ones, outermost first: id << 4 | kind */
    uint32_t count, room;
    uint32_t hidden; /* further ones outside of them, which are not known */
};

/* These calls are open, innermost first, of depth in all.  0, or -1 without
 * memory. */
int preroll_begin(struct preroll *preroll, const uint32_t *stack,
                  uint32_t stored, uint32_t depth);

/* Take count words, the first *used of which lay before that time.  1 where it is
 * reached, 0 where it may lie behind them, or -1 without memory. */
int preroll_words(struct preroll *preroll, const uint64_t *words, size_t count,
                  size_t *used);

/* The open calls, innermost first, as a chunk has them: it turns them round. */
const uint32_t *preroll_stack(struct preroll *preroll);
void preroll_free(struct preroll *preroll);

#endif
