/* SPDX-License-Identifier: Apache-2.0
 *
 * calltexts.h: what is known of open calls beside their names: arguments and what
 * they return, a JSON object each.  A stack, as the calls are.
 */
#ifndef CODESNAP_CALLTEXTS_H
#define CODESNAP_CALLTEXTS_H

#include <stddef.h>
#include <stdint.h>

/* All zeros: none. */
struct calltexts {
    char *bytes;
    size_t used, room;
};

/* The innermost call's, which began at *at (0: it has none yet, and then it begins
 * there), has these members, too: of a JSON object of count bytes, which need not be
 * clean.  0; 1 where it is none; -1 without memory. */
int calltexts_add(struct calltexts *texts, uint32_t *at, const char *object,
                  size_t count);

/* A clean JSON object. */
static inline const char *
calltexts_of(const struct calltexts *texts, uint32_t at)
{
    return texts->bytes + at - 1;
}

/* The call has ended. */
static inline void
calltexts_drop(struct calltexts *texts, uint32_t at)
{
    texts->used = at - 1;
}

void calltexts_free(struct calltexts *texts);

#endif
