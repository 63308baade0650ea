/* SPDX-License-Identifier: Apache-2.0
 *
 * ring.h: a spool that keeps only the latest part of the recording: a row of slots
 * that all processes of the file share, of which the oldest full one is used
 * again.  Nothing is reused before the header says that what lies before it is
 * dropped: so whoever reads that word last knows from when on all is there.  No
 * lock: a slot changes hands by one exchange of its word, and what a dead process
 * held is found.  Any thread; allocates nothing.
 */
#ifndef CODESNAP_RING_H
#define CODESNAP_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"

/* Spools that are created from here on keep so much; 0: no such limit.  Both 0: they
 * keep all. */
void ring_ask(uint64_t bytes, uint64_t ns);
bool ring_is_asked(void);

/* How large the header with the slots' words is, and how much of it is secured when
 * it is made; and fill in its part.  secure: as spool_secure. */
uint32_t ring_header_bytes(uint32_t page_bytes);
uint32_t ring_first_bytes(uint32_t page_bytes);
void ring_begin(struct spool_header *header,
                int (*secure)(char *from, size_t bytes));
/* The spool is not this one any more. */
void ring_end(void);
/* A forked child: it holds nothing yet. */
void ring_leave(void);

/* The calling process's spool is a ring. */
bool ring_is_on(void);

/* A slot for this process: where it lies in the file, or 0: there is none.  What was
 * in it is for the caller to clean; used: there was something. */
uint64_t ring_take(bool *used);

/* A slot may hold several pieces: one more, and one less.  With the last one it is
 * full, and ages; ring_take counts the first one. */
void ring_hold(uint64_t offset);
void ring_let_go(uint64_t offset);
/* It is free at once: nothing that is in it is wanted any more. */
void ring_free(uint64_t offset);

/* What was recorded before is dropped, which may be news: time passes. */
uint64_t ring_dropped(void);
/* So is what was before ticks, from here on; returns what is in the end. */
uint64_t ring_drop(uint64_t ticks);
/* Names of so many bytes take more of the ring than they may: written anew they
 * take three times as much for a while. */
bool ring_is_crowded(uint64_t names_bytes);

#endif
