/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.h: the calls of a trace summed up by function, and by caller and
 * function, as cProfile counts them.  The tracer's own work is in no sum but
 * its own.  Memory grows with the number of functions and of such pairs.
 */
#ifndef CODESNAP_PROFILE_H
#define CODESNAP_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "formats/shape/stretch.h"
#include "formats/trace/trace.h"

/* A generator or coroutine that was called once runs in many steps; any other call
 * is one step.  What had begun before the recording of its thread, as all that is
 * open where a process forks, is a span, but no step.  Recursive spans are those
 * made while the same function is open already in that thread; total_ns is of the
 * others, so that no time is there twice. */
struct profile_function {
    uint64_t spans, steps, calls, recursive;
    uint64_t self_ns, total_ns;
    uint64_t self_off_ns, total_off_ns; /* of these, not on the processor */
    uint64_t sum_ns;         /* of all spans, recursive ones too, each whole */
    uint64_t min_ns, max_ns; /* of a whole span */
    bool condensed; /* of some spans the sums alone are known: then recursive
                       and min_ns are not */
    uint32_t open;  /* calls of it now */
    uint32_t last_pair; /* that was found for it */
};

struct profile_pair {
    uint32_t caller, function;
    uint32_t open;
    uint64_t spans, calls, recursive; /* while the same pair is open */
    uint64_t self_ns, total_ns;
    uint64_t outermost_ns; /* of the calls while the function was not open */
};

struct profile_frame {
    uint32_t function, pair;
    uint64_t child_ns;  /* in calls below it, the tracer's work included */
    uint64_t tracer_ns; /* the tracer's work in it and below */
    uint64_t tracer_whole_ns;      /* that outside of the stretch, too */
    uint64_t off_ns, off_below_ns; /* off the processor, in itself and below */
};

/* The caller of outermost calls. */
#define PROFILE_NOBODY UINT32_MAX

struct profile {
    struct stretch stretch; /* of which self and total time are */
    bool cpu;               /* all times are those on the processor */
    struct profile_function *functions; /* by number, as in the trace */
    uint32_t function_count;
    struct profile_pair *pairs; /* the first one is not used */
    uint32_t pair_count, pair_room;
    uint32_t *slots; /* pairs by caller and function */
    uint32_t slot_count;
    struct profile_frame *frames; /* the open calls, behind an empty one */
    uint32_t depth, frame_room;
};

/* Of all of the trace, unless another stretch is set then.  0, or -1 with errno;
 * profile_free is for both cases. */
int profile_begin(struct profile *profile, const struct trace *trace);
void profile_free(struct profile *profile);

/* In the order that track_read gives; 0, or -1 with errno.  profile_close
 * returns the call's nanoseconds without the tracer's work. */
int profile_open(struct profile *profile, const struct span *span);
uint64_t profile_close(struct profile *profile, const struct span *span);

/* In the innermost open call. */
void profile_wait(struct profile *profile, const struct wait *wait);

/* Calls right below the innermost open one.  Pairs don't count them. */
void profile_add(struct profile *profile, const struct condensed *condensed);

/* All pairs by function, then by caller; call it when everything was read. */
void profile_sort(struct profile *profile);

#endif
