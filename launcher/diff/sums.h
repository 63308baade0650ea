/* SPDX-License-Identifier: Apache-2.0
 *
 * sums.h: what the calls of a function, or of several, come to.
 */
#ifndef CODESNAP_SUMS_H
#define CODESNAP_SUMS_H

#include <stdint.h>

struct sums {
    uint64_t calls;
    uint64_t self_ns, total_ns; /* as a report has them */
    uint64_t sum_ns;            /* of all calls, recursive ones too */
    uint64_t max_ns;
    double self_squares, sum_squares; /* of each call's, in ns^2 */
    double self_wander,
        sum_wander; /* of the parts of the recording: wander.h */
    uint32_t parts; /* in which it was called */
};

/* One call more.  Its total_ns is for the caller to add. */
void sums_count(struct sums *sums, uint64_t ns, uint64_t self_ns);
/* So many at once, of which these are the sums: as if all had been alike. */
void sums_count_many(struct sums *sums, uint64_t calls, uint64_t ns,
                     uint64_t self_ns, uint64_t longest_ns);
void sums_add(struct sums *sums, const struct sums *more);
uint64_t sums_mean_ns(const struct sums *sums);

#endif
