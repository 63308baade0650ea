/* SPDX-License-Identifier: Apache-2.0
 *
 * orders.h: the session's page of control (formats/spool/control.h) as a process
 * of the session holds it: what is wanted from outside, and what is answered.
 * Safe on any thread, with or without the GIL; allocates nothing.  Without a page
 * nothing is wanted, and nothing else changes.
 */
#ifndef CODESNAP_ORDERS_H
#define CODESNAP_ORDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/spool/control.h"

/* Map the page of the session in that folder, and let go of it. */
void orders_join(const char *folder);
void orders_leave(void);

extern const struct control *orders_page; /* NULL: there is none */
extern uint64_t orders_seen;              /* the sequence acted upon */

/* Has anything been ordered since?  Two loads: in a slow path of any event. */
static inline bool
orders_are_new(void)
{
    return orders_page && __atomic_load_n(&orders_page->sequence,
                                          __ATOMIC_ACQUIRE) != orders_seen;
}

/* What is wanted now; it counts as seen.  A state only if it was not yet. */
struct orders {
    enum control_state wanted;
    /* 0: nobody said so; CONTROL_NO_NUMBER, CONTROL_NO_TIME: none */
    uint32_t most_calls, most_overhead;
    uint64_t shortest_ns;
};
struct orders orders_take(void);
/* The state that was wanted last, without acting on anything. */
enum control_state orders_wanted(void);

/* This process can't do that (CONTROL_UNBOUND, CONTROL_KEEPS_SHORT), whatever it
 * answers. */
void orders_refuse(uint32_t what);
/* This process does so from here on, and has acted on what it has seen.  A forked
 * child, which does what its parent did, says so again. */
void orders_answer(enum control_state state);
void orders_answer_again(void);

/* The session's spools take so many bytes more: what they have taken in all; 0
 * without a page. */
uint64_t orders_count_bytes(uint64_t bytes);

/* Somebody outside takes samples of the processes, and did so a moment ago. */
bool orders_are_metered(uint64_t now_ns);

/* One more snapshot is asked for.  In a signal handler, too. */
void orders_ask_snapshot(void);

/* The trigger with that number means a function, or an exception, that was met. */
void orders_tell_met(uint32_t trigger);
/* A snapshot is to be written; the number is set here. */
void orders_post(struct control_post *post);
/* One was passed over, as the same was a moment ago. */
void orders_count_passed(void);
/* Where this thread's calls that are triggers are shown; NULL: nowhere.  And free it,
 * if it is this process's. */
struct control_watch *orders_claim_watch(uint32_t tid);
void orders_release_watch(struct control_watch *watch);

/* When the recording is to begin, or to end, for all of the session: the first
 * process that asks decides that it is in so many nanoseconds.  CLOCK_MONOTONIC. */
uint64_t orders_begin_ns(uint64_t delay_ns);
uint64_t orders_end_ns(uint64_t duration_ns);
/* That time, if it was decided; else 0. */
uint64_t orders_known_end_ns(void);

#endif
