/* SPDX-License-Identifier: Apache-2.0
 *
 * toll.h: which functions the latest records of a thread are of, and how long it
 * took to make them: what the recording costs, read off what was recorded, so that
 * the event path counts nothing.  Calls nothing of the interpreter's.
 */
#ifndef CODESNAP_TOLL_H
#define CODESNAP_TOLL_H

#include "agent/track/thread.h"

#define TOLL_FUNCTIONS 256

struct toll {
    uint64_t span_ticks; /* from the first of these records until now */
    uint32_t python_calls, c_calls;
    uint32_t
        count; /* of the functions below, the most frequent ones first; what
                       has no room is in the sums alone */
    struct toll_function {
        uint32_t id, calls;
        bool in_c;
    } functions[TOLL_FUNCTIONS];
};

/* Those in its window that were made at since_ticks or later, until ticks, which is
 * now.  Generators' steps
 * count as calls. */
void toll_read(const struct thread *thread, uint64_t since_ticks,
               uint64_t ticks, struct toll *toll);

/* Can its window hold so much that it costs more than share of the time since it
 * began, of which the thread ran busy?  Reads no record. */
struct toll_price {
    double python_ns, c_ns; /* of one call */
    double ticks_per_ns;
};
bool toll_may_be_high(const struct thread *thread, uint64_t ticks, double busy,
                      const struct toll_price *price, double share);

/* How many of the functions, from the most frequent one on, have to go unrecorded
 * until the rest costs no more than share of the time that the program itself
 * took.  Only those that were called at least least times go. */
uint32_t toll_surplus(const struct toll *toll, const struct toll_price *price,
                      double share, uint32_t least);
/* What they all cost, in nanoseconds. */
double toll_cost_ns(const struct toll *toll, const struct toll_price *price);
/* And as a share of the time that the program itself took. */
double toll_share(const struct toll *toll, const struct toll_price *price);

#endif
