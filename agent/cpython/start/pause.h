/* SPDX-License-Identifier: Apache-2.0
 *
 * pause.h: recording that the program itself turns off and on, for all threads
 * or for one.  With the GIL (or attached, free-threaded).
 */
#ifndef CODESNAP_PAUSE_H
#define CODESNAP_PAUSE_H

#include <stdbool.h>

#include "agent/track/thread.h"

/* By the program, or by an order from outside, which another one ends; the program
 * itself may always. */
enum pauser {
    PAUSER_NOBODY,
    PAUSER_PROGRAM,
    PAUSER_ORDERS
};

/* Take the hooks out, in all threads.  false: nothing was being recorded. */
bool pause_begin(void);
bool pause_begin_by(enum pauser who);
/* Nothing is recorded before it is ordered, or the program asks for it; surely as in
 * sentinel.h. */
void pause_await(bool surely);
/* Who paused it, as long as nothing is recorded for that reason. */
enum pauser pause_pauser(void);
/* Put them in again, or for the first time.  false: nothing can be recorded. */
bool pause_end(void);
/* Take them out, never to come in again.  Was that done? */
void pause_for_good(void);
bool pause_is_over(void);
/* Tell who gives orders (orders.h) what is so now. */
void pause_answer(void);
/* A recording ends, and nothing is recorded until another one starts. */
void pause_stay(void);
void pause_forget(void);

/* This thread if its events are to be recorded now, else NULL. */
struct thread *pause_thread(void);

/* This thread's events are dropped between the two, which nest. */
void pause_mute(void);
void pause_unmute(void);

#endif
