/* SPDX-License-Identifier: Apache-2.0
 *
 * mean.h: the mean of nanoseconds, the same in every table and in the page: to the
 * nearest one, a half up.
 */
#ifndef CODESNAP_MEAN_H
#define CODESNAP_MEAN_H

#include <stdint.h>

/* 0 of nothing. */
static inline uint64_t
mean_of(uint64_t sum, uint64_t count)
{
    uint64_t half = count / 2 + count % 2;
    return count ? sum / count + (sum % count >= half) : 0;
}

#endif
