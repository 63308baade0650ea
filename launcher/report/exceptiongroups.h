/* SPDX-License-Identifier: Apache-2.0
 *
 * exceptiongroups.h: exceptions of one type that the same line raised and the same
 * call caught.
 */
#ifndef CODESNAP_EXCEPTIONGROUPS_H
#define CODESNAP_EXCEPTIONGROUPS_H

#include "formats/base/list.h"
#include "formats/trace/exception.h"

struct exceptiongroup {
    const struct function *type;
    char *function, *caught; /* as in struct exception */
    char *message;           /* of the first one */
    bool differ;             /* others have other messages */
    uint32_t line, caught_line;
    bool uncaught, control;
    uint64_t count, calls; /* that they ended */
    uint64_t lost_ns;      /* how long those took, inner ones in outer ones */
    uint64_t first_ns;
};

/* All zeros at first. */
struct exceptiongroups {
    struct exceptiongroup *list;
    uint32_t count, room;
    uint32_t *slots; /* number + 1, by a hash of what is equal; 0: free */
    uint32_t slot_count;
};

/* The number of its group; -1 without memory. */
int64_t exceptiongroups_add(struct exceptiongroups *groups,
                            const struct instant *instant,
                            const struct exception *exception);
/* Those whose calls took longest first; none can be added any more. */
void exceptiongroups_sort(struct exceptiongroups *groups);
void exceptiongroups_free(struct exceptiongroups *groups);

#endif
