/* SPDX-License-Identifier: Apache-2.0
 *
 * verdict.h: from the sums of all calls to what is worth looking at: each group of
 * slow calls once, under the name of the function that explains it.
 */
#ifndef CODESNAP_VERDICT_H
#define CODESNAP_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/slow/cells.h"
#include "formats/slow/role.h"
#include "formats/trace/trace.h"

/* What the slow calls of a function do that usual ones don't. */
enum cause {
    CAUSE_CODE,      /* its own code takes longer, or its thread did not run */
    CAUSE_CALLEE,    /* the extra time is in culprit */
    CAUSE_MORE,      /* culprit is called more often */
    CAUSE_ONLY,      /* culprit is called in slow calls alone */
    CAUSE_LOCK,      /* culprit waits for a lock */
    CAUSE_GARBAGE,   /* a collection runs */
    CAUSE_IMPORT,    /* a module is imported */
    CAUSE_EXCEPTION, /* an exception ends it, or culprit */
    CAUSE_MANY       /* many callees take a little longer */
};

#define VERDICT_DIFFERENCE 160

struct verdict {
    uint32_t function;
    uint64_t calls, slow_calls;
    uint64_t threshold_ns; /* as long calls are slow */
    uint64_t lost_ns, usual_ns, worst_ns;
    bool own;
    bool first; /* the only slow call is the first one */
    enum cause cause;
    uint32_t culprit;     /* a function's number, or CELLS_ITSELF */
    enum wait_kind waits; /* most of the extra time; 0: none, or not known */
    uint64_t extra_ns;    /* of a slow call, */
    uint64_t waits_ns;    /* and this much of it it waited; */
    uint32_t holder, holder_function; /* as in cells.h */
    double more, usual_more; /* how often a slow and a usual call calls it */
    char difference[VERDICT_DIFFERENCE]; /* in its arguments, in words: as in
                                            evidence.h */
    uint32_t *seen_by; /* own functions further out, the nearest one first */
    uint32_t seen_count;
};

struct verdicts {
    struct verdict *list; /* in rank order */
    uint32_t count;
};

/* What is known of each function. */
struct verdict_facts {
    bool own;
    bool by_own; /* called by one of the user's own, and nobody else */
    enum role role;
    uint32_t first_bin; /* of its first call */
};

/* What all slow calls of a function must lose at least to be worth looking at. */
double verdict_least_ns(const struct trace *trace);

/* cells are sorted.  NULL without memory. */
struct verdicts *verdicts_find(const struct trace *trace,
                               const struct cells *cells,
                               const struct verdict_facts *facts);
void verdicts_free(struct verdicts *verdicts);

#endif
