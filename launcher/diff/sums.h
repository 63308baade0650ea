/* SPDX-License-Identifier: Apache-2.0
 *
 * sums.h: what the calls of a function, or of several, come to.
 */
#ifndef CODESNAP_SUMS_H
#define CODESNAP_SUMS_H

#include <stdbool.h>
#include <stdint.h>

/* Added to a duration before its logarithm is taken: less is a matter of the
 * recording, not of the program. */
#define SUMS_FLOOR_NS 100.0

/* What a call is measured by. */
enum measure {
    MEASURE_SELF,      /* in ns */
    MEASURE_WHOLE,     /* recursive calls too */
    MEASURE_SELF_LOG,  /* its logarithm, over the floor */
    MEASURE_WHOLE_LOG, /* the same */
    MEASURES
};

/* One measure of all calls. */
struct series {
    double sum, squares; /* and of each call's square */
    double wander;       /* the sum's variance by the parts of the recording:
                          * wander.h */
};

struct sums {
    uint64_t calls;
    uint64_t self_ns, total_ns; /* as a report has them */
    uint64_t sum_ns;            /* of all calls, recursive ones too */
    uint64_t max_ns;
    struct series series[MEASURES];
    uint32_t parts; /* of the recording in which it was called */
    bool waits;     /* waits.h */
};

/* So many calls, as if all had been alike. */
struct batch {
    uint64_t calls, ns, self_ns, longest_ns;
    double sums[MEASURES];
};

struct batch batch_of(uint64_t calls, uint64_t ns, uint64_t self_ns,
                      uint64_t longest_ns);

/* Its total_ns is for the caller to add. */
void sums_count(struct sums *sums, const struct batch *batch);
void sums_add(struct sums *sums, const struct sums *more);
uint64_t sums_mean_ns(const struct sums *sums);

#endif
