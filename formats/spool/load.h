/* SPDX-License-Identifier: Apache-2.0
 *
 * load.h: what a process uses now, as the kernel says: memory, the processor, files,
 * threads.  Opens files of /proc and closes them at once; what they don't say is
 * LOAD_UNKNOWN.
 */
#ifndef CODESNAP_LOAD_H
#define CODESNAP_LOAD_H

#include <stdint.h>

#define LOAD_UNKNOWN UINT64_MAX

struct load {
    uint64_t at_ns; /* CLOCK_MONOTONIC */
    uint64_t resident_bytes;
    uint64_t cpu_ns; /* since it began, of all its threads */
    /* Since it began, too; of another process those of the threads that live. */
    uint64_t voluntary_switches, involuntary_switches;
    uint64_t files; /* open descriptors */
    uint64_t threads;
};

/* Of a process; 0: the calling one.  Any thread; errno may change. */
struct load load_now(uint32_t pid);

/* The values that people look at, in this order.  Those of the processor are of the
 * time between two loads of one process. */
enum load_value {
    LOAD_MEMORY,
    LOAD_CPU,
    LOAD_VOLUNTARY,
    LOAD_INVOLUNTARY,
    LOAD_FILES,
    LOAD_THREADS,
    LOAD_VALUES
};
/* The counter and its series, or "" where it has but one. */
const char *load_counter(enum load_value value);
const char *load_series(enum load_value value);
/* -1: not known.  before may be NULL. */
double load_value(const struct load *now, const struct load *before,
                  enum load_value value);

#endif
