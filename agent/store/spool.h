/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.h: the spool file as the agent holds it: created once, its descriptor
 * closed at once, and from then on mapped piece by piece through the anchor.
 * Safe on any thread, with or without the GIL; allocates nothing.  Every
 * function that can fail leaves the spool broken, once and for good.
 */
#ifndef CODESNAP_AGENT_SPOOL_H
#define CODESNAP_AGENT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "formats/spool/spool.h"

/* A mapped piece of the file, secured or not. */
struct piece {
    char *address;
    uint64_t offset;
    uint32_t bytes;
};

extern enum spool_clock_kind spool_clock_kind;

/* Create DIRECTORY/PID-RANDOM.spool and map its header.  0, or -1. */
int spool_create(const char *directory);
bool spool_is_open(void);
uint32_t spool_page_bytes(void);
/* No piece of it is used any more: another one can be created. */
void spool_close(void);

/* How much of the file is taken; and who is asked before more is. */
uint64_t spool_allocated(void);
void spool_ask_before(bool (*may_take)(uint32_t bytes));

/* A fresh track number, unique in the file. */
uint64_t spool_new_track(void);

/* Take bytes (a multiple of the page size) of the file and map them; nothing
 * of it may be stored into before spool_secure.  0, or -1. */
int spool_take(struct piece *piece, uint32_t bytes);

/* Make [from, from + bytes) of a piece writable without a fault: real pages,
 * real blocks.  0, or -1 (disk full, quota, out of memory). */
int spool_secure(char *from, size_t bytes);

/* Say that all of a piece will be used soon, which makes securing it cheaper. */
void spool_expect(const struct piece *piece);

/* Unmap a piece that is full.  What it holds stays in the file. */
void spool_release(struct piece *piece);

/* Fill in and publish the header of a chunk that starts at piece->address; the
 * first page must be secured.  data_offset is set by the caller. */
struct spool_chunk *spool_begin_chunk(const struct piece *piece,
                                      const struct spool_chunk *head);

#endif
