/* SPDX-License-Identifier: Apache-2.0
 *
 * exceptions.h: exceptions as instants, where each is raised, with what becomes of it.
 */
#ifndef CODESNAP_DECODE_EXCEPTIONS_H
#define CODESNAP_DECODE_EXCEPTIONS_H

#include "formats/decode/fates.h"

struct exceptions {
    struct fates fates;
    bool
        ahead; /* the next record was told, before the exit that it lies behind */
    uint64_t told;
    uint64_t damaged_bytes; /* left out: they make no sense */
    char *text;             /* of the last one, or NULL */
    size_t text_room;
};

/* The second pass: the payload of an EXT EXCEPTION.  0, or EMITTER_FAILED. */
int exceptions_tell(struct exceptions *exceptions, struct callstack *stack,
                    uint64_t ticks, const uint64_t *data, unsigned words);

void exceptions_free(struct exceptions *exceptions);

#endif
