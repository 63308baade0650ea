/* SPDX-License-Identifier: Apache-2.0
 *
 * packed.h: blocks of records in half their size.  The agent encodes a full
 * window into one block, the reader decodes it into the words it was made of.
 * Pure functions; FORMAT.md specifies the bytes.
 */
#ifndef CODESNAP_PACKED_H
#define CODESNAP_PACKED_H

#include <stddef.h>
#include <stdint.h>

/* A block starts with this; its first word is stored last and is never 0. */
struct packed_block {
    uint32_t size_bytes; /* of the whole block, a multiple of 8 */
    uint32_t words;      /* what it decodes to */
    uint64_t number;     /* 0, 1, 2, ... of the track */
    uint64_t base_ticks; /* what the times of its records count from */
};

/* The most bytes that count words can take. */
#define PACKED_WORST_BYTES(count) ((count)*12)

/* Encode count words, which begin and end with whole records.  out has room for
 * PACKED_WORST_BYTES(count) and is aligned to 4; returns the bytes used. */
size_t packed_encode(const uint64_t *words, size_t count, uint32_t *out);

/* Decode into room words at most.  Returns the words made: fewer than were
 * encoded if the bytes make no sense. */
size_t packed_decode(const uint32_t *in, size_t size_bytes, uint64_t *words,
                     size_t room);

#endif
