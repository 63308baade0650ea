/* SPDX-License-Identifier: Apache-2.0
 *
 * stall.h: on a busy machine any function takes long now and then, because its
 * thread does not run: the more often, the more time it spends.  What is no more
 * than that is told apart here from functions that take long by themselves.
 */
#ifndef CODESNAP_STALL_H
#define CODESNAP_STALL_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/slow/spread.h"

/* A call from outside of Python that takes as long may wait. */
#define STALL_WAITS_NS 20000

/* Of a function, by its own time in each call. */
struct stall {
    struct spread self;
    bool outside;       /* of Python: it may wait for the world, too */
    bool known_wait;    /* that is all it does: waits.h */
    double usual_ns;    /* the median */
    uint64_t least_ns;  /* what is shorter is usual */
    uint64_t real;      /* bit by size: stalls of it are its own doing */
    double exposure_ns; /* the time in which it could be interrupted */
};

/* What interrupts the program, as far as it is known. */
struct stall_machine {
    double cpu_ns, delay_ns; /* how long it ran, and waited for a processor */
    double other_ns;         /* spent in work that is in no function's spread */
    double other_waits;      /* calls that wait and are in none */
    double contenders; /* threads of one process that want to run at once */
};

/* Set what follows from the spreads of all functions. */
void stall_judge(struct stall *stalls, uint32_t count,
                 const struct stall_machine *machine);

/* Sizes of stalls: each half an octave more than the one before. */
enum {
    STALL_SIZES = 48,
    STALL_SIZE_BINS = SPREAD_OCTAVE / 2,
    STALL_FIRST_BIN = 15 * SPREAD_OCTAVE /* 2^15 ns; shorter ones don't count */
};

static inline unsigned
stall_size(uint64_t ns)
{
    uint32_t bin = spread_bin(ns);
    uint32_t size =
        bin < STALL_FIRST_BIN ? 0 : (bin - STALL_FIRST_BIN) / STALL_SIZE_BINS;
    return size < STALL_SIZES ? size : STALL_SIZES - 1;
}

/* Of the function's own time in a call, what is a mere interruption. */
static inline uint64_t
stall_of(const struct stall *stall, uint64_t self_ns)
{
    if (self_ns < stall->least_ns)
        return 0;
    uint64_t extra_ns = self_ns - (uint64_t)stall->usual_ns;
    return stall->real >> stall_size(extra_ns) & 1 ? 0 : extra_ns;
}

#endif
