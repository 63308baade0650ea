/* SPDX-License-Identifier: Apache-2.0
 *
 * fates.h: what becomes of exceptions.  Whoever reads a track is told of one where it
 * is raised, so the first pass looks for who catches it: the first call that it does
 * not end.  Memory grows with the exceptions, 20 bytes each, up to a bound; of those
 * beyond it nothing is known.
 */
#ifndef CODESNAP_FATES_H
#define CODESNAP_FATES_H

#include "formats/decode/callstack.h"

enum fate_end {
    FATE_UNKNOWN,
    FATE_CAUGHT,
    FATE_NOBODY /* caught it */
};

struct fate {
    uint32_t caught; /* the id of the function that caught it */
    uint32_t line;   /* of its handler; 0: not known */
    uint32_t calls;  /* that it ended */
    uint8_t end;     /* enum fate_end */
    bool control;    /* it was no error where it ended its last call */
};

#define FATES_UNDER_WAY 16

struct fates {
    struct fate *kept;
    uint32_t count, room;
    uint32_t at; /* in the second pass: the next one */
    /* The last exceptions, at the end those that were raised or went on last. */
    struct under_way {
        uint32_t fate, number, line;
        uint32_t depth; /* of the call that it is in */
    } list[FATES_UNDER_WAY];
    uint32_t under_way;
    struct {
        uint32_t number; /* of the exception; 0: none was found */
        uint32_t id;     /* of the call */
        unsigned kind;
    } last_exit; /* by an exception */
};

/* The first pass: the payload of an EXT EXCEPTION.  0, or EMITTER_FAILED. */
int fates_collect(struct fates *fates, const struct callstack *stack,
                  const uint64_t *data, unsigned words);
/* The same of at least two words, which lie behind the exit of the call that it is
 * about. */
int fates_collect_late(struct fates *fates, const struct callstack *stack,
                       const uint64_t *data);
/* A record of that kind is about to end the innermost call. */
void fates_exit(struct fates *fates, const struct callstack *stack, uint32_t id,
                unsigned kind);
/* With so many calls open the next exit is to be told. */
uint32_t fates_floor(const struct fates *fates);
/* The pass is over. */
void fates_finish(struct fates *fates, const struct callstack *stack);

/* The second pass: what becomes of the next one. */
struct fate fates_next(struct fates *fates);

void fates_free(struct fates *fates);

#endif
